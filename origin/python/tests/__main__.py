"""Runs every test, and ends with one line that counts: ``python -m tests``."""

import sys
import unittest

result = unittest.TextTestRunner().run(unittest.defaultTestLoader.discover("tests", top_level_dir="."))
failed = {getattr(test, "test_case", test).id() for test, _ in result.failures + result.errors}
print(f"{result.testsRun - len(failed)} passed, {len(failed)} failed")
sys.exit(not result.wasSuccessful())

"""Judges stored passwords with other people's programs: argon2-cffi, and PBKDF2 of Python's own hashlib.

Reads a JSON list of {"phc", "pepper", "password"} and prints, for each, whether the PHC string is that of this
password under this pepper (hexadecimal). What is hashed is told in src/kit/password/hash.rs: HMAC-SHA-256 over the UTF-8
of the NFC password, as base64url.
"""

import base64
import hashlib
import hmac
import json
import sys
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError


def seasoned(password: str, pepper: bytes) -> bytes:
    text = unicodedata.normalize("NFC", password).encode()
    return base64.urlsafe_b64encode(hmac.digest(pepper, text, "sha256")).rstrip(b"=")


def decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


def is_right(phc: str, given: bytes) -> bool:
    if phc.startswith("$argon2id$"):
        try:
            return PasswordHasher().verify(phc, given)
        except VerifyMismatchError:
            return False
    _, name, cost, salt, digest = phc.split("$")
    if name != "pbkdf2-sha256" or not cost.startswith("i="):
        raise ValueError(phc)
    found = hashlib.pbkdf2_hmac("sha256", given, decoded(salt), int(cost[2:]), len(decoded(digest)))
    return hmac.compare_digest(found, decoded(digest))


cases = json.load(sys.stdin)
print(json.dumps([is_right(case["phc"], seasoned(case["password"], bytes.fromhex(case["pepper"]))) for case in cases]))

"""The vectors that every verifier passes: origin/vectors/."""

import base64
import json
import unittest
from pathlib import Path
from typing import Any

from edgeward_origin import MemoryNonces, Person, Received, Refused, Verified, Verifier

_FOLDER = Path(__file__).parents[2] / "vectors"


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _plain(verified: Verified) -> dict[str, Any]:
    """In the words of the vectors."""
    identity, link = verified.identity, verified.link
    person = identity if isinstance(identity, Person) else None
    return {
        "identity": {
            "account": identity.account,
            "session": person.session if person else None,
            "roles": list(person.roles) if person else [],
            "methods": list(person.methods) if person else [],
            "authenticatedAt": person.authenticated_at if person else None,
            "email": person.email if person else None,
            "audience": identity.audience,
            "target": identity.target,
            "request": identity.request,
        },
        "link": link and {"id": link.id, "path": link.path, "claims": link.claims},
        "digest": verified.digest,
    }


class Vectors(unittest.TestCase):
    maxDiff = None

    def test_identity(self) -> None:
        self._judge_all("identity")

    def test_assertion(self) -> None:
        self._judge_all("assertion")

    def _judge_all(self, name: str) -> None:
        file = json.loads((_FOLDER / f"{name}.json").read_text())
        for vector in file["vectors"]:
            with self.subTest(vector["name"]):
                self.assertEqual(self._judge(file["settings"] | vector["settings"], vector["request"]), vector["expected"])

    def _judge(self, settings: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        nonces = MemoryNonces()
        for nonce, until in settings["seen"].items():
            nonces.take(nonce, until, 0)
        given = {name: settings[name] for name in ("audience", "jwks", "issuer") if name in settings}
        if "keys" in settings:
            given["keys"] = {name: _bytes(key) for name, key in settings["keys"].items()}
        verifier = Verifier(**given, nonces=nonces, now=lambda: settings["now"])
        headers = [(name, value) for name, value in request["headers"]]
        try:
            return _plain(verifier.verify(Received(request["method"], request["target"], headers)))
        except Refused as refused:
            return {"refused": refused.reason}

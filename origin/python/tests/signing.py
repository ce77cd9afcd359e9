"""Signs as Edgeward does, written by hand from docs/identity.md: the signer and the verifier cannot be wrong in the
same way."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY = secrets.token_bytes(32)
KEYS = "k1:" + base64.urlsafe_b64encode(KEY).decode().rstrip("=")
AUDIENCE = "https://app.example.com"


def signed(target: str, method: str = "GET") -> dict[str, str]:
    """The headers for somebody who asks for a target now."""
    created = int(time.time())
    identity = (
        f'account="acc_ann", session="ses_1", roles=(), at={created}, methods=(password), aud="{AUDIENCE}", '
        f'target="{target}", id="req_1"'
    )
    path, _, query = target.partition("?")
    parameters = (
        f'("@method" "@path" "@query" "edgeward-identity");created={created};expires={created + 15};'
        f'nonce="{secrets.token_urlsafe(16)}";keyid="k1";tag="edgeward"'
    )
    base = (
        f'"@method": {method}\n"@path": {path}\n"@query": ?{query}\n"edgeward-identity": {identity}\n'
        f'"@signature-params": {parameters}'
    )
    mac = base64.b64encode(hmac.new(KEY, base.encode(), hashlib.sha256).digest()).decode()
    return {"Edgeward-Identity": identity, "Signature-Input": f"edgeward={parameters}", "Signature": f"edgeward=:{mac}:"}


def _encoded(value: bytes | dict[str, Any]) -> str:
    text = json.dumps(value).encode() if isinstance(value, dict) else value
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


@dataclass(frozen=True)
class Pair:
    """An Ed25519 key."""

    key_id: str
    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def published(self) -> dict[str, str]:
        """The public half, as a set has it."""
        x = _encoded(self.private.public_key().public_bytes_raw())
        return {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": self.key_id, "alg": "EdDSA", "use": "sig"}


PAIR = Pair("a1")
JWKS = {"keys": [PAIR.published()]}


def asserted(target: str, method: str = "GET", pair: Pair = PAIR, now: int | None = None) -> dict[str, str]:
    """The header of an assertion for somebody who asks for a target now."""
    at = int(time.time()) if now is None else now
    claims = {
        "iss": AUDIENCE, "aud": AUDIENCE, "iat": at, "exp": at + 15, "jti": secrets.token_urlsafe(16), "htm": method,
        "htu": AUDIENCE + target, "sub": "acc_ann", "sid": "ses_1", "roles": [], "methods": ["password"], "auth_time": at,
    }
    signed = _encoded({"alg": "EdDSA", "typ": "edgeward+jwt", "kid": pair.key_id}) + "." + _encoded(claims)
    return {"Edgeward-Assertion": signed + "." + _encoded(pair.private.sign(signed.encode()))}

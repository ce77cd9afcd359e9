"""The assertion: a JWT (RFC 7519) by Ed25519, of one fixed shape, for this method and this URL.

What the token says of itself chooses nothing: one algorithm, one type, keys from the given set alone. A header with
anything more is refused (``crit`` among it), and nothing is read that was not signed.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .identity import LINK_ID, Anonymous, Link, Person
from .refused import Refused, demand
from .signature import Signed
from .times import demand_timely

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_OF_A_PERSON = ("sid", "roles", "methods", "auth_time", "email")


@dataclass(frozen=True)
class Token:
    """A token of the right form, of which nothing is believed yet."""

    key_id: str
    signed: bytes
    claims: bytes
    signature: bytes


def token_of(headers: Mapping[str, str]) -> Token:
    """Reads what ``received`` gave."""
    demand("edgeward-assertion" in headers, "missing_header")
    parts = headers["edgeward-assertion"].split(".")
    demand(len(parts) == 3, "malformed_assertion")
    head, claims = (_bytes(part, "malformed_assertion") for part in parts[:2])
    header = _object(head, "malformed_assertion")
    demand(header.get("alg") == "EdDSA", "wrong_algorithm")
    demand(header.get("typ") == "edgeward+jwt", "wrong_type")
    demand(header.keys() == {"alg", "typ", "kid"} and _is_name(header["kid"]), "malformed_assertion")
    signature = _bytes(parts[2], "malformed_signature")
    demand(len(signature) == 64, "malformed_signature")
    return Token(header["kid"], f"{parts[0]}.{parts[1]}".encode(), claims, signature)


def asserted_for(method: str, token: Token, key: Ed25519PublicKey, issuer: str, now: int) -> Signed:
    """What was asserted for this method. ``issuer``: the origin of Edgeward's ``PUBLIC_URL``."""
    try:
        key.verify(token.signature, token.signed)
    except InvalidSignature as error:
        raise Refused("wrong_signature") from error
    claims = _Claims(token.claims)
    said = {name: claims.read(name, _is_text) for name in ("iss", "aud", "htm", "htu")}
    created, expires = (int(claims.read(name, _is_whole)) for name in ("iat", "exp"))
    request = claims.read("jti", _is_name)
    about = {"audience": said["aud"], "target": said["htu"].removeprefix(issuer), "request": request}
    identity, link = claims.identity(about), claims.link()
    digest = claims.maybe("content_digest", _is_text)
    demand_timely(created, expires, now)
    demand(said["iss"] == issuer, "wrong_issuer")
    demand(said["htm"] == method, "wrong_method")
    demand(said["htu"].startswith(issuer), "wrong_target")
    return Signed(identity, link, digest, request, expires)


class _Claims:
    def __init__(self, text: bytes) -> None:
        self._all = _object(text, "malformed_identity")

    def read(self, name: str, kind: Callable[[Any], bool]) -> Any:
        demand(kind(self._all.get(name)), "malformed_identity")
        return self._all[name]

    def maybe(self, name: str, kind: Callable[[Any], bool]) -> Any:
        return self.read(name, kind) if name in self._all else None

    def identity(self, about: dict[str, str]) -> Anonymous | Person:
        """Who has no ``sub`` is nobody, and then nothing else is said of them."""
        if "sub" not in self._all:
            demand(not self._all.keys() & set(_OF_A_PERSON), "malformed_identity")
            return Anonymous(**about)
        return Person(
            account=self.read("sub", _is_text),
            session=self.read("sid", _is_text),
            roles=tuple(self.read("roles", _are_texts)),
            methods=tuple(self.read("methods", _are_texts)),
            authenticated_at=int(self.read("auth_time", _is_whole)),
            email=self.maybe("email", _is_text),
            **about,
        )

    def link(self) -> Link | None:
        if "link" not in self._all:
            return None
        link = self._all["link"]
        demand(isinstance(link, dict), "malformed_link")
        link_id, path, claims = (link.get(name) for name in ("id", "path", "claims"))
        demand(_is_text(link_id) and LINK_ID.fullmatch(link_id) is not None, "malformed_link")
        demand(_is_text(path) and path.startswith("/"), "malformed_link")
        demand(isinstance(claims, dict) and all(_is_plain(value) for value in claims.values()), "malformed_link")
        return Link(id=link_id, path=path, claims=claims)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(item) for item in value)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _is_whole(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value <= 999_999_999_999 and value == int(value)


def _is_plain(value: Any) -> bool:
    return type(value) in (str, bool) or (type(value) in (int, float) and abs(value) < 1e15)


def _bytes(part: str, reason: str) -> bytes:
    """Base64url as every encoder writes it: without padding, and the loose bits zero."""
    try:
        read = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError as error:
        raise Refused(reason) from error
    demand(base64.urlsafe_b64encode(read).decode().rstrip("=") == part, reason)
    return read


def _object(text: bytes, reason: str) -> dict[str, Any]:
    try:
        read = json.loads(text.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(reason) from error
    demand(isinstance(read, dict), reason)
    return read  # type: ignore[no-any-return]


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")

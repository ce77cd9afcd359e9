"""From the two dictionaries (RFC 9651) to who is asking, and by which link."""

import base64
import hashlib
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import http_sf

from .refused import Refused, demand

LINK_ID = re.compile(r"lnk_[a-z2-7]{26}")


@dataclass(frozen=True)
class Anonymous:
    """Nobody is signed in, or the access rule is ``public``."""

    audience: str
    target: str
    request: str

    @property
    def account(self) -> None:
        return None


@dataclass(frozen=True)
class Person:
    """Somebody is signed in.

    ``account`` says who, for good. ``authenticated_at``: when they proved it, in seconds since 1970; ``methods``: how.
    ``email`` is there where ``IDENTITY_EMAIL`` is on.
    """

    account: str
    session: str
    roles: tuple[str, ...]
    methods: tuple[str, ...]
    authenticated_at: int
    email: str | None
    audience: str
    target: str
    request: str


@dataclass(frozen=True)
class Link:
    """The smart link that a request came by: it lets in at ``path`` and below."""

    id: str
    path: str
    claims: dict[str, str | int | float | bool]


@dataclass(frozen=True)
class Verified:
    """What Edgeward signed for one request."""

    identity: Anonymous | Person
    link: Link | None
    digest: str | None = None

    def is_digest_of(self, body: bytes) -> bool:
        """Whether these are the bytes whose digest was signed (RFC 9530, ``sha-256``).

        False where none was: for paths whose access rule does not say ``digest``.
        """
        value = base64.b64encode(hashlib.sha256(body).digest()).decode()
        return self.digest is not None and self.digest == f"sha-256=:{value}:"


def identity_of(header: str) -> Anonymous | Person:
    """Reads ``Edgeward-Identity``. Members that a later Edgeward may add are ignored."""
    reason = "malformed_identity"
    members = _dictionary(header, reason)

    def read(name: str, kind: type) -> Any:
        value = members.get(name)
        demand(type(value) is kind, reason)
        return value

    def texts(name: str, kind: type) -> tuple[str, ...]:
        items: list[Any] = read(name, list)
        demand(all(type(item) is kind for item in items), reason)
        return tuple(str(item) for item in items)

    about = {"audience": read("aud", str), "target": read("target", str), "request": read("id", str)}
    account = members.get("account")
    if type(account) is http_sf.Token and str(account) == "anonymous":
        demand(not members.keys() & {"session", "roles", "at", "methods", "email"}, reason)
        return Anonymous(**about)
    email = members.get("email")
    demand(email is None or type(email) in (str, http_sf.DisplayString), reason)
    return Person(
        account=read("account", str),
        session=read("session", str),
        roles=texts("roles", str),
        methods=texts("methods", http_sf.Token),
        authenticated_at=read("at", int),
        email=None if email is None else str(email),
        **about,
    )


def link_of(header: str) -> Link:
    """Reads ``Edgeward-Link``: its id and path, and everything else as claims."""
    reason = "malformed_link"
    members = _dictionary(header, reason)
    link, path = members.pop("id", None), members.pop("path", None)
    demand(type(link) is str and LINK_ID.fullmatch(link) is not None, reason)
    demand(type(path) is str and path.startswith("/"), reason)
    return Link(id=link, path=path, claims={name: _claim(value, reason) for name, value in members.items()})


def is_below(target: str, path: str) -> bool:
    """Whether a target lies at a path or below it, by whole segments."""
    asked = target.split("?")[0]
    return path == "/" or asked == path or asked.startswith(path + "/")


def _claim(value: Any, reason: str) -> str | int | float | bool:
    if type(value) is Decimal:
        return float(value)
    if type(value) is http_sf.DisplayString:
        return str(value)
    if type(value) in (str, int, bool):
        return value  # type: ignore[no-any-return]
    raise Refused(reason)


def _dictionary(text: str, reason: str) -> dict[str, Any]:
    """The members of a dictionary in its canonical form (RFC 9651 §4.1), without parameters.

    Everything else is refused, so that no two readers can take one text for two things. What is read here was
    signed: it is not a border that strangers reach.
    """
    try:
        parsed: Any = http_sf.parse(text.encode("ascii"), tltype="dictionary")
        demand(isinstance(parsed, dict) and http_sf.ser(parsed) == text, reason)
    except (http_sf.StructuredFieldError, UnicodeError, ValueError) as error:
        raise Refused(reason) from error
    return {name: _bare(member, reason) for name, member in parsed.items()}


def _bare(member: Any, reason: str) -> Any:
    value, parameters = member
    demand(not parameters, reason)
    return [_bare(item, reason) for item in value] if isinstance(value, list) else value

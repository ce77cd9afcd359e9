"""The signature after RFC 9421: ``hmac-sha256`` over method, path, query and the headers of ours.

``Signature-Input`` is read as one fixed shape, and refused when it is any other: a verifier that lets the sender
choose what is covered lets the sender choose what is checked. The MAC is compared before anything it covers is parsed.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

from .identity import Anonymous, Link, Person, identity_of, link_of
from .refused import demand
from .times import demand_timely

_INPUT = re.compile(
    r"edgeward=(\([^()]*\));"
    r"created=(0|[1-9][0-9]{0,11});expires=(0|[1-9][0-9]{0,11});"
    r'nonce="([A-Za-z0-9_-]{1,64})";keyid="([A-Za-z0-9_-]{1,64})";tag="([^"\\]*)"',
)
_SIGNATURE = re.compile(r"edgeward=:([A-Za-z0-9+/]{43}=):")


@dataclass(frozen=True)
class Signed:
    """What was signed for a request, in either form."""

    identity: Anonymous | Person
    link: Link | None
    digest: str | None
    nonce: str
    expires: int


def signed_for(method: str, target: str, headers: Mapping[str, str], keys: Mapping[str, bytes], now: int) -> Signed:
    """What was signed for this request. ``headers``: what ``received`` gave."""
    for name in ("edgeward-identity", "signature-input", "signature"):
        demand(name in headers, "missing_header")
    path, mark, query = target.partition("?")
    values = {
        "@method": method,
        "@path": path,
        "@query": "?" + query,
        "edgeward-identity": headers["edgeward-identity"],
    }
    if "edgeward-link" in headers:
        values["edgeward-link"] = headers["edgeward-link"]
    weighed = ' "content-digest")' in headers["signature-input"]
    if weighed:
        demand("content-digest" in headers, "missing_header")
        values["content-digest"] = headers["content-digest"]

    created, expires, nonce, key_id = _input(headers["signature-input"], list(values))
    key = keys.get(key_id)
    demand(key is not None, "unknown_key")
    assert key is not None

    lines = [f'"{name}": {value}' for name, value in values.items()]
    lines.append('"@signature-params": ' + headers["signature-input"].removeprefix("edgeward="))
    # What is not ASCII was not signed, however it is spelled here.
    base = "\n".join(lines).encode("utf-8", "backslashreplace")
    expected = hmac.new(key, base, hashlib.sha256).digest()
    demand(hmac.compare_digest(_mac(headers["signature"]), expected), "wrong_signature")

    demand_timely(created, expires, now)
    link = headers.get("edgeward-link")
    return Signed(
        identity_of(headers["edgeward-identity"]),
        None if link is None else link_of(link),
        headers["content-digest"] if weighed else None,
        nonce,
        expires,
    )


def _input(text: str, names: list[str]) -> tuple[int, int, str, str]:
    match = _INPUT.fullmatch(text)
    demand(match is not None, "malformed_input")
    assert match is not None
    components, created, expires, nonce, key_id, tag = match.groups()
    demand(components == "(" + " ".join(f'"{name}"' for name in names) + ")", "wrong_components")
    demand(tag == "edgeward", "wrong_tag")
    return int(created), int(expires), nonce, key_id


def _mac(text: str) -> bytes:
    match = _SIGNATURE.fullmatch(text)
    demand(match is not None, "malformed_signature")
    assert match is not None
    mac = base64.b64decode(match[1])
    # As every encoder writes it: the loose bits are zero.
    demand(base64.b64encode(mac).decode() == match[1], "malformed_signature")
    return mac

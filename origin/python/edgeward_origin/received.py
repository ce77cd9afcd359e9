"""What of a request's headers is ours: each once, under its one spelling.

An application, or a server before it, may read ``Edgeward_Identity`` as ``Edgeward-Identity``. So whoever sends
another spelling of one of our names is refused, whatever else they send.
"""

import re
from collections.abc import Iterable

from .refused import demand

_OURS = frozenset({"edgeward-assertion", "edgeward-identity", "edgeward-link", "signature", "signature-input"})
_DIGEST = "content-digest"
_ODD = re.compile(r"[^a-z0-9]")


def received(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers of ours by lower-case name. ``headers``: every pair, as it came."""
    pairs = [(name.lower(), value) for name, value in headers]
    for name, _ in pairs:
        demand(name in _OURS or _ODD.sub("-", name) not in _OURS, "alias_header")
    found: dict[str, str] = {}
    # Anybody may send a digest. One that is there once, under its one spelling, may be one that was signed.
    digests = [(name, value) for name, value in pairs if _ODD.sub("-", name) == _DIGEST]
    if len(digests) == 1 and digests[0][0] == _DIGEST:
        found[_DIGEST] = digests[0][1]
    for name, value in pairs:
        if name in _OURS:
            demand(name not in found, "duplicate_header")
            found[name] = value
    return found

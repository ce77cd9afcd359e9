"""Verifies who Edgeward says is asking.

There is no way to get half an identity: whatever is missing, doubled, stale, meant for another request or another
application, or not understood, is refused.
"""

from .identity import Anonymous, Link, Person, Verified
from .nonces import AsyncNonces, MemoryNonces, Nonces
from .refused import Refused
from .verifier import Received, Verifier

__all__ = [
    "Anonymous",
    "AsyncNonces",
    "Link",
    "MemoryNonces",
    "Nonces",
    "Person",
    "Received",
    "Refused",
    "Verified",
    "Verifier",
]

"""The verifier: a request in, who is asking out."""

import base64
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from .assertion import asserted_for, token_of
from .identity import Verified, is_below
from .keyset import key_set
from .nonces import AsyncNonces, MemoryNonces, Nonces
from .received import received
from .refused import Refused, demand
from .signature import Signed, signed_for
from .times import CLOCK_DIFFERENCE

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Received:
    """Any request.

    ``target``: path and query as they were received, undecoded. ``headers``: every pair, doubles too. ``rerouted``:
    whether the application routes on something else. ``sees_empty_query``: False where a server does not tell ``/x?``
    from ``/x``, which the signature does not either.
    """

    method: str
    target: str
    headers: Iterable[tuple[str, str]]
    rerouted: bool = False
    sees_empty_query: bool = True


class Verifier:
    """Believes what Edgeward signed for ``audience``, in one form; what the other one says is not read.

    One of the two: ``keys``, to check the signature: ``IDENTITY_KEYS`` as Edgeward has it, or key id to bytes; or
    ``jwks``, to check assertions: the URL of Edgeward's ``/auth/jwks.json``, or such a set as text or object.

    ``audience``: Edgeward's ``AUDIENCE``, which is the origin of its ``PUBLIC_URL`` unless set. ``issuer``: the origin
    of ``PUBLIC_URL``, where that is not the audience; assertions alone have it. ``nonces``: where nonces are
    remembered; in this process unless given. ``now``: the time in seconds since 1970. Raises ``ValueError`` for
    settings that cannot be right.
    """

    def __init__(
        self,
        *,
        audience: str,
        keys: str | Mapping[str, bytes] | None = None,
        jwks: str | Mapping[str, Any] | None = None,
        issuer: str | None = None,
        nonces: Nonces | AsyncNonces | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        if not isinstance(audience, str) or not audience:
            raise ValueError("audience: say whom identities are for")
        if (keys is None) == (jwks is None):
            raise ValueError("give keys (IDENTITY_KEYS) or jwks (the URL of /auth/jwks.json), not both")
        self._keys = {} if keys is None else _keys(keys)
        self._set = None if jwks is None else key_set(jwks)
        self._issuer = audience if issuer is None else issuer
        if jwks is not None and not re.fullmatch(r"https?://[a-z0-9.:[\]-]+", self._issuer):
            raise ValueError("issuer: the origin of Edgeward's PUBLIC_URL, as in https://app.example.com")
        self._audience = audience
        self._nonces = MemoryNonces() if nonces is None else nonces
        self._now = now

    def verify(self, request: Received) -> Verified:
        """Who is asking, or ``Refused``."""
        now, headers = int(self._now()), received(request.headers)
        if self._set is None:
            signed = signed_for(request.method, request.target, headers, self._keys, now)
        else:
            token = token_of(headers)
            signed = asserted_for(request.method, token, self._set.find(token.key_id, now), self._issuer, now)
        self._judge(request, signed)
        if request.method not in _SAFE:
            try:
                first = self._nonces.take(signed.nonce, signed.expires + CLOCK_DIFFERENCE, now)
            except Exception as error:
                raise Refused("nonce_store_failed") from error
            demand(first is True, "replayed")
        return Verified(signed.identity, signed.link, signed.digest)

    async def averify(self, request: Received) -> Verified:
        """The same, with a store of nonces that may be awaited, and waiting for keys without holding others up."""
        now, headers = int(self._now()), received(request.headers)
        if self._set is None:
            signed = signed_for(request.method, request.target, headers, self._keys, now)
        else:
            token = token_of(headers)
            key = await self._set.afind(token.key_id, now)
            signed = asserted_for(request.method, token, key, self._issuer, now)
        self._judge(request, signed)
        if request.method not in _SAFE:
            try:
                taken = self._nonces.take(signed.nonce, signed.expires + CLOCK_DIFFERENCE, now)
                first = await taken if isawaitable(taken) else taken
            except Exception as error:
                raise Refused("nonce_store_failed") from error
            demand(first is True, "replayed")
        return Verified(signed.identity, signed.link, signed.digest)

    def _judge(self, request: Received, signed: Signed) -> None:
        demand(signed.identity.audience == self._audience, "wrong_audience")
        target = signed.identity.target
        if not request.sees_empty_query and "?" not in request.target:
            target = target.removesuffix("?")
        demand(target == request.target, "wrong_target")
        demand(not request.rerouted, "routed_elsewhere")
        demand(signed.link is None or is_below(request.target, signed.link.path), "link_elsewhere")


def _keys(keys: str | Mapping[str, bytes]) -> dict[str, bytes]:
    """A key that is short, or written in a way that reads as other bytes, is a mistake to be seen at once."""
    if isinstance(keys, str):
        entries = [entry.strip().partition(":") for entry in keys.split(",")]
        ring = {name: _key(name, text) for name, _, text in entries}
    else:
        ring = dict(keys)
    for name, key in ring.items():
        if not name or not isinstance(key, bytes) or len(key) < 32:
            raise ValueError("keys: id:base64url,id:base64url, each of 32 bytes or more")
    return ring


def _key(name: str, text: str) -> bytes:
    key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(key).decode().rstrip("=") != text:
        raise ValueError(f"the key {name} is not base64url")
    return key

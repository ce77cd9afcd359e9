"""Which nonces were used. Each request that changes something is believed once."""

import threading
from collections import OrderedDict
from collections.abc import Awaitable
from typing import Protocol


class Nonces(Protocol):
    """Where nonces are remembered. One for all processes that serve an application."""

    def take(self, nonce: str, until: int, now: int) -> bool:
        """Takes a nonce, once: False when it was taken before.

        It must be one step: of two that ask at once, one gets True. ``until``: when it may be forgotten; ``now``:
        the time; both in seconds since 1970.
        """
        ...


class AsyncNonces(Protocol):
    """The same, to be awaited: for ``EdgewardASGI`` and ``Verifier.averify``."""

    def take(self, nonce: str, until: int, now: int) -> Awaitable[bool]: ...


class MemoryNonces:
    """Remembers in this process alone.

    ``most``: how many at once. When they are that many, requests that change something are refused.
    """

    def __init__(self, most: int = 100_000) -> None:
        self._until: OrderedDict[str, int] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()

    def take(self, nonce: str, until: int, now: int) -> bool:
        with self._lock:
            # They are good for about as long, so the first to come is about the first to go.
            while self._until and next(iter(self._until.values())) <= now:
                self._until.popitem(last=False)
            if self._until.get(nonce, 0) > now:
                return False
            if len(self._until) >= self._most:
                raise MemoryError("too many nonces to remember")
            self._until[nonce] = until
            self._until.move_to_end(nonce)
            return True

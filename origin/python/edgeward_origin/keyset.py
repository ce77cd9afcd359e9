"""The public keys of assertions: a set (RFC 7517) that is given, or fetched and kept for five minutes.

Who sends a made-up key id can cause a fetch, but not many: one at a time, and one in five seconds. A fetch that fails
leaves what is known in use for an hour, so that a key taken away is not believed for ever; then, or where nothing is
known, everything is refused.
"""

import asyncio
import base64
import json
import re
import threading
import urllib.request
from collections.abc import Mapping
from concurrent.futures import Future, wait
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .refused import Refused

_FRESH_FOR = 300
_KEPT_FOR = 3600
_BETWEEN_FETCHES = 5
_LONGEST_FETCH = 3
_LARGEST_SET = 64 * 1024
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class FixedKeys:
    """A set that is given."""

    def __init__(self, keys: dict[str, Ed25519PublicKey]) -> None:
        self._keys = keys

    def find(self, key_id: str, now: int) -> Ed25519PublicKey:
        key = self._keys.get(key_id)
        if key is None:
            raise Refused("unknown_key")
        return key

    async def afind(self, key_id: str, now: int) -> Ed25519PublicKey:
        return self.find(key_id, now)


class FetchedKeys:
    """A set at a URL. Fetches run in a thread of their own, and all who need one wait for the same."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: dict[str, Ed25519PublicKey] = {}
        self._fetched_at = self._failed_at = self._sought_at = float("-inf")
        self._failure: Exception | None = None
        self._flight: Future[None] | None = None
        self._lock = threading.Lock()

    def find(self, key_id: str, now: int) -> Ed25519PublicKey:
        """The key of this id, or ``Refused``. ``now``: seconds since 1970."""
        key, flight = self._look(key_id, now)
        if flight is not None:
            wait([flight], timeout=_LONGEST_FETCH)
            key = self._landed(flight, key_id, now)
        return self._found(key)

    async def afind(self, key_id: str, now: int) -> Ed25519PublicKey:
        """The same, awaited."""
        key, flight = self._look(key_id, now)
        if flight is not None:
            await asyncio.wait([asyncio.wrap_future(flight)], timeout=_LONGEST_FETCH)
            key = self._landed(flight, key_id, now)
        return self._found(key)

    def _look(self, key_id: str, now: int) -> tuple[Ed25519PublicKey | None, Future[None] | None]:
        """A key that may be used, or a fetch to wait for, or neither."""
        with self._lock:
            key = self._known_for(_FRESH_FOR, key_id, now)
            if key is not None:
                return key, None
            if self._flight is None and self._may_fetch(now):
                self._flight = Future()
                threading.Thread(target=self._fetch, args=(self._flight, now), daemon=True).start()
            return self._known_for(_KEPT_FOR, key_id, now), self._flight

    def _landed(self, flight: Future[None], key_id: str, now: int) -> Ed25519PublicKey | None:
        if not flight.done():
            self._settle(flight, now, TimeoutError(f"{self._url} gives no answer"))
        with self._lock:
            return self._known_for(_KEPT_FOR, key_id, now)

    def _found(self, key: Ed25519PublicKey | None) -> Ed25519PublicKey:
        if key is not None:
            return key
        if self._failure is not None:
            raise Refused("keys_unavailable") from self._failure
        raise Refused("unknown_key")

    def _known_for(self, span: int, key_id: str, now: int) -> Ed25519PublicKey | None:
        return self._keys.get(key_id) if self._is_younger(span, now) else None

    def _is_younger(self, span: int, now: int) -> bool:
        # A clock that was set back makes old what is from later.
        return self._fetched_at <= now < self._fetched_at + span

    def _may_fetch(self, now: int) -> bool:
        def is_long(since: float) -> bool:
            return not since <= now < since + _BETWEEN_FETCHES

        if not self._is_younger(_FRESH_FOR, now):
            return is_long(self._failed_at)
        if not is_long(self._sought_at):
            return False
        self._sought_at = now
        return True

    def _fetch(self, flight: Future[None], now: int) -> None:
        try:
            answer: dict[str, Ed25519PublicKey] | Exception = _keys_in(json.loads(_text(self._url)))
        except Exception as error:
            answer = error
        self._settle(flight, now, answer)
        flight.set_result(None)

    def _settle(self, flight: Future[None], now: int, answer: dict[str, Ed25519PublicKey] | Exception) -> None:
        with self._lock:
            if self._flight is not flight:
                return
            self._flight = None
            if isinstance(answer, Exception):
                self._failure, self._failed_at = answer, now
            else:
                self._keys, self._fetched_at, self._failure = answer, now, None


def key_set(jwks: str | Mapping[str, Any]) -> FixedKeys | FetchedKeys:
    """``jwks``: the URL of a set, or the set as text or object."""
    if isinstance(jwks, str) and re.match("https?:", jwks):
        return FetchedKeys(_url(jwks))
    try:
        keys = _keys_in(json.loads(jwks) if isinstance(jwks, str) else jwks)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError("jwks: give the URL of /auth/jwks.json, or what is there") from error
    if not keys:
        raise ValueError("jwks: there is no Ed25519 key in the set")
    return FixedKeys(keys)


def _url(text: str) -> str:
    """Who can change the set on its way can be anybody, so it comes by https, or from this machine."""
    url = urlsplit(text)
    if url.scheme != "https" and url.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError("jwks: the URL must be https, except on loopback")
    if not url.hostname or url.username is not None:
        raise ValueError("jwks: the URL must name a host, and hold no password")
    return text


def _keys_in(jwks: Any) -> dict[str, Ed25519PublicKey]:
    """The keys of a set that can be ours, by id. Other kinds may stand beside them; one id must not name two."""
    found: dict[str, Ed25519PublicKey] = {}
    keys = jwks["keys"]
    if not isinstance(keys, list):
        raise ValueError("keys is no list")
    for key in keys:
        public = _public(key) if isinstance(key, Mapping) else None
        if public is None:
            continue
        if key["kid"] in found:
            raise ValueError("two keys have one id")
        found[key["kid"]] = Ed25519PublicKey.from_public_bytes(public)
    return found


def _public(key: Mapping[str, Any]) -> bytes | None:
    said = (key.get("kty"), key.get("crv"), key.get("alg", "EdDSA"), key.get("use", "sig"))
    key_id, x = key.get("kid"), key.get("x")
    if said != ("OKP", "Ed25519", "EdDSA", "sig") or not isinstance(key_id, str) or not _ID.fullmatch(key_id):
        return None
    if not isinstance(x, str) or not re.fullmatch("[A-Za-z0-9_-]{43}", x):
        return None
    public = base64.urlsafe_b64decode(x + "=")
    return public if base64.urlsafe_b64encode(public).decode() == x + "=" else None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *told: Any) -> None:
        return None


def _text(url: str) -> bytes:
    # What is fetched without TLS comes from this machine, and so from no proxy.
    direct = [] if url.startswith("https:") else [urllib.request.ProxyHandler({})]
    opener = urllib.request.build_opener(_NoRedirect, *direct)
    request = urllib.request.Request(url, headers={"Accept": "application/json"})
    with opener.open(request, timeout=_LONGEST_FETCH) as answer:
        text: bytes = answer.read(_LARGEST_SET + 1)
        if answer.status != 200 or len(text) > _LARGEST_SET:
            raise ValueError(f"{url} answered {answer.status} with {len(text)} bytes or more")
        return text

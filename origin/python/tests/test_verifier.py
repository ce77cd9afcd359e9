"""What the vectors cannot say: settings that are mistakes, stores that fail, servers that route on something else."""

import asyncio
import json
import threading
import unittest
from typing import Any

from edgeward_origin import MemoryNonces, Received, Refused, Verifier
from edgeward_origin.asgi import EdgewardASGI
from edgeward_origin.wsgi import EdgewardWSGI

from .signing import AUDIENCE, JWKS, KEYS, PAIR, signed


def _post(headers: dict[str, str]) -> Received:
    return Received("POST", "/orders", list(headers.items()))


class Store:
    def __init__(self, answer: Any) -> None:
        self.answer, self.taken = answer, 0

    def take(self, nonce: str, until: int, now: int) -> Any:
        self.taken += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Settings(unittest.TestCase):
    def test_settings_that_cannot_be_right_are_mistakes(self) -> None:
        wrong: list[dict[str, Any]] = [
            {"keys": ""}, {"keys": "k1"}, {"keys": "k1:AAAA"}, {"keys": KEYS + "="}, {"keys": KEYS.replace("k1:", ":")},
            {"keys": {"k1": b"x" * 31}}, {"keys": {"k1": "x" * 32}}, {"audience": ""}, {"audience": None},
        ]
        for settings in wrong:
            with self.subTest(settings), self.assertRaises(ValueError):
                Verifier(**{"keys": KEYS, "audience": AUDIENCE, **settings})

    def test_for_assertions_too(self) -> None:
        key = PAIR.published()
        wrong: list[dict[str, Any]] = [
            {"keys": KEYS}, {"jwks": None}, {"jwks": ""}, {"jwks": "{"}, {"jwks": "null"}, {"jwks": {}}, {"jwks": {"keys": []}},
            {"jwks": {"keys": {}}}, {"jwks": {"keys": [{**key, "kty": "EC"}]}}, {"jwks": {"keys": [key, key]}},
            {"jwks": "http://app.example.com/auth/jwks.json"}, {"jwks": "https://ann:secret@app.example.com/"}, {"jwks": "https://"},
            {"jwks": "ftp://localhost/"}, {"audience": "shop"}, {"issuer": AUDIENCE + "/"}, {"issuer": ""}, {"issuer": "app.example.com"},
            {"issuer": "https://App.example.com"},
        ]
        for settings in wrong:
            with self.subTest(settings), self.assertRaises(ValueError):
                Verifier(**{"jwks": JWKS, "audience": AUDIENCE, **settings})
        right: list[dict[str, Any]] = [
            {"jwks": json.dumps(JWKS)}, {"jwks": "https://app.example.com/auth/jwks.json"}, {"jwks": "http://[::1]:8/"},
            {"audience": "shop", "issuer": AUDIENCE},
        ]
        for settings in right:
            Verifier(**{"jwks": JWKS, "audience": AUDIENCE, **settings})


class Replays(unittest.TestCase):
    def test_of_many_that_replay_one_nonce_at_once_one_is_believed(self) -> None:
        verifier, request = Verifier(keys=KEYS, audience=AUDIENCE), _post(signed("/orders", "POST"))
        believed: list[int] = []

        def ask() -> None:
            try:
                verifier.verify(request)
                believed.append(1)
            except Refused:
                pass

        threads = [threading.Thread(target=ask) for _ in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(believed), 1)

    def test_a_store_that_fails_or_answers_something_odd_lets_nothing_through(self) -> None:
        full = MemoryNonces(most=1)
        full.take("another", 2**40, 0)

        async def awaited(nonce: str, until: int, now: int) -> bool:
            raise ConnectionError

        class Awaited:
            take = staticmethod(awaited)

        for store, reason in [
            (full, "nonce_store_failed"), (Store(OSError()), "nonce_store_failed"), (Store("OK"), "replayed"), (Store(None), "replayed"),
            (Awaited(), "nonce_store_failed"),
        ]:
            verifier = Verifier(keys=KEYS, audience=AUDIENCE, nonces=store)
            with self.assertRaises(Refused) as refused:
                asyncio.run(verifier.averify(_post(signed("/orders", "POST"))))
            self.assertEqual(refused.exception.reason, reason)
            if not isinstance(store, Awaited):
                with self.assertRaises(Refused):
                    verifier.verify(_post(signed("/orders", "POST")))

    def test_nobody_fills_the_store_without_a_key(self) -> None:
        store = Store(True)
        headers = {**signed("/orders", "POST"), "Signature": "edgeward=:" + "A" * 43 + "=:"}
        with self.assertRaises(Refused):
            Verifier(keys=KEYS, audience=AUDIENCE, nonces=store).verify(_post(headers))
        self.assertEqual(store.taken, 0)

    def test_nonces_are_forgotten_when_their_time_is_over(self) -> None:
        nonces = MemoryNonces(most=10)
        for second in range(1000):
            self.assertTrue(nonces.take(f"n{second}", second + 5, second))
            self.assertFalse(nonces.take(f"n{second}", second + 5, second))


class Rerouted(unittest.TestCase):
    """Servers and middleware may hand on another path than was signed."""

    def _wsgi(self, **environ: str) -> str:
        reasons: list[str] = []
        app = EdgewardWSGI(lambda environ, start: [b"in"], keys=KEYS, audience=AUDIENCE, log=reasons.append)
        headers = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in signed("/public/%C3%BC?a=1").items()}
        told = {"RAW_URI": "/public/%C3%BC?a=1", "PATH_INFO": "/public/\xc3\xbc", "QUERY_STRING": "a=1", "SCRIPT_NAME": ""}
        app({"REQUEST_METHOD": "GET", **told, **headers, **environ}, lambda status, headers: None)
        return reasons.pop() if reasons else "in"

    def test_wsgi(self) -> None:
        self.assertEqual(self._wsgi(), "in")
        self.assertEqual(self._wsgi(SCRIPT_NAME="/public", PATH_INFO="/\xc3\xbc"), "in")
        self.assertEqual(self._wsgi(RAW_URI="", REQUEST_URI="/public/%C3%BC?a=1"), "in")
        self.assertEqual(self._wsgi(RAW_URI=""), "target_unknown")
        self.assertEqual(self._wsgi(PATH_INFO="/private"), "routed_elsewhere")
        self.assertEqual(self._wsgi(SCRIPT_NAME="/private"), "routed_elsewhere")
        self.assertEqual(self._wsgi(QUERY_STRING="a=2"), "routed_elsewhere")
        self.assertEqual(self._wsgi(**{"HTTP_EDGEWARD.IDENTITY": "x"}), "alias_header")

    def _asgi(self, **scope: Any) -> str:
        reasons: list[str] = []

        async def inner(scope: Any, receive: Any, send: Any) -> None:
            reasons.append("in")

        sent: list[dict[str, Any]] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> dict[str, Any]:
            return {"type": "websocket.connect"}

        headers = [(name.lower().encode(), value.encode()) for name, value in signed("/public/%C3%BC?a=1").items()]
        told = {"type": "http", "method": "GET", "raw_path": b"/public/%C3%BC", "path": "/public/ü", "query_string": b"a=1", "headers": headers}
        app = EdgewardASGI(inner, keys=KEYS, audience=AUDIENCE, log=reasons.append)
        asyncio.run(app({**told, **scope}, receive, send))
        (reason,) = reasons
        if reason != "in":
            kinds = [message["type"] for message in sent]
            self.assertIn(kinds, [["http.response.start", "http.response.body"], ["websocket.close"]])
        return reason

    def test_asgi(self) -> None:
        self.assertEqual(self._asgi(), "in")
        self.assertEqual(self._asgi(type="websocket"), "in")
        self.assertEqual(self._asgi(type="websocket", headers=[]), "missing_header")
        self.assertEqual(self._asgi(path="/private"), "routed_elsewhere")
        self.assertEqual(self._asgi(raw_path=None), "target_unknown")
        self.assertEqual(self._asgi(type="other"), "target_unknown")
        self.assertEqual(self._asgi(query_string=b"a=2"), "wrong_signature")

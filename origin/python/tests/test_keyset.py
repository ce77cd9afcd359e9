"""The fetched set of keys: how often it is fetched, and what holds when it cannot be."""

import asyncio
import json
import socket
import threading
import time
import unittest
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from edgeward_origin import Received, Refused, Verifier

from .signing import AUDIENCE, Pair, asserted

_Instead = Callable[[BaseHTTPRequestHandler], None]


class _World(unittest.TestCase):
    """A verifier that fetches its keys from a server of ours, by a clock of ours."""

    def setUp(self) -> None:
        world = self
        self.now, self.asked, self.instead = 1_800_000_000, 0, None  # type: tuple[int, int, _Instead | None]
        self.pair = Pair("a1")
        self.keys = [self.pair]
        self.over = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                world.asked += 1
                if world.instead:
                    return world.instead(self)
                _answer(self, json.dumps({"keys": [pair.published() for pair in world.keys]}))

            def log_message(self, *told: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(lambda: (self.over.set(), server.shutdown(), thread.join(), server.server_close()))
        url = f"http://127.0.0.1:{server.server_port}/auth/jwks.json"
        self.verifier = Verifier(jwks=url, audience=AUDIENCE, now=lambda: self.now)

    def _request(self, pair: Pair) -> Received:
        return Received("GET", "/", list(asserted("/", pair=pair, now=self.now).items()))

    def ask(self, pair: Pair | None = None) -> str:
        try:
            return str(self.verifier.verify(self._request(pair or self.pair)).identity.account)
        except Refused as refused:
            self.cause = refused.__cause__
            return refused.reason

    async def aask(self, pair: Pair) -> str:
        try:
            return str((await self.verifier.averify(self._request(pair))).identity.account)
        except Refused as refused:
            return refused.reason


class Kept(_World):
    def test_a_set_is_fetched_once_for_many_and_kept_for_five_minutes(self) -> None:
        with ThreadPoolExecutor(30) as pool:
            self.assertEqual(set(pool.map(self.ask, [self.pair] * 30)), {"acc_ann"})
        self.now += 299
        self.ask()
        self.assertEqual(self.asked, 1)
        self.now += 1
        self.ask()
        self.ask()
        self.assertEqual(self.asked, 2)

    def test_so_it_is_where_it_is_awaited_and_one_who_leaves_takes_nothing_from_the_others(self) -> None:
        async def all_at_once() -> list[str]:
            asking = [asyncio.create_task(self.aask(self.pair)) for _ in range(30)]
            await asyncio.sleep(0)
            asking.pop(0).cancel()
            return await asyncio.gather(*asking)

        self.assertEqual(set(asyncio.run(all_at_once())), {"acc_ann"})
        self.assertEqual(self.asked, 1)

    def test_a_key_that_is_taken_away_is_believed_for_five_minutes_at_most(self) -> None:
        self.ask()
        self.keys = [Pair("a2")]
        self.now += 299
        self.assertEqual(self.ask(), "acc_ann")
        self.now += 1
        with ThreadPoolExecutor(3) as pool:
            self.assertEqual(set(pool.map(self.ask, [self.pair] * 3)), {"unknown_key"})

    def test_a_new_key_is_found_at_once_and_made_up_ones_cause_few_fetches(self) -> None:
        self.ask()
        new = Pair("a2")
        self.keys = [new, self.pair]
        with ThreadPoolExecutor(20) as pool:
            self.assertEqual(set(pool.map(self.ask, [new] * 20)), {"acc_ann"})
        self.assertEqual(self.asked, 2)
        for fetches in (2, 3):
            made_up = {self.ask(Pair(f"made-up-{n}")) for n in range(20)}
            self.assertEqual((made_up, self.asked), ({"unknown_key"}, fetches))
            self.now += 5


class Failing(_World):
    def test_what_is_known_holds_for_an_hour_and_nothing_without_it(self) -> None:
        twice = json.dumps({"keys": [self.pair.published()] * 2})
        failures: dict[str, _Instead] = {
            "an error": lambda handler: _answer(handler, '{"keys":[]}', 503),
            "a redirect": lambda handler: _answer(handler, "", 302, {"Location": "/elsewhere"}),
            "no JSON": lambda handler: _answer(handler, "<html>"),
            "no set": lambda handler: _answer(handler, "[]"),
            "no list": lambda handler: _answer(handler, '{"keys":{}}'),
            "an id twice": lambda handler: _answer(handler, twice),
            "too much": lambda handler: _answer(handler, " " * 64 * 1024 + '{"keys":[]}'),
            "an end too early": lambda handler: _answer(handler, '{"keys":[', 200, {"Content-Length": "100"}),
            "a closed door": lambda handler: handler.connection.shutdown(socket.SHUT_RDWR),
        }
        for what, instead in failures.items():
            with self.subTest(what):
                self._fails_with(instead)

    def _fails_with(self, instead: _Instead) -> None:
        self.now += 10_000
        asked, self.instead = self.asked, instead
        self.assertEqual(self.ask(), "keys_unavailable")
        self.assertIsInstance(self.cause, Exception)
        self.assertEqual(self.ask(), "keys_unavailable")
        self.assertEqual(self.asked, asked + 1, "not again at once")
        self.instead, self.now = None, self.now + 5
        self.assertEqual(self.ask(), "acc_ann")
        self.instead, self.now = instead, self.now + 3599
        self.assertEqual(self.ask(), "acc_ann")
        self.assertEqual(self.ask(Pair("a2")), "keys_unavailable")
        self.assertEqual(self.asked, asked + 3)
        self.now += 1
        self.assertEqual(self.ask(), "keys_unavailable")
        self.instead, self.now = None, self.now + 5
        self.assertEqual(self.ask(), "acc_ann")

    def test_who_never_comes_to_an_end_is_not_waited_for(self) -> None:
        def endless(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.flush_headers()
            # A byte now and then keeps every single read from running out of time.
            while not self.over.wait(0.5):
                handler.wfile.write(b"X-More: yes\r\n")
                handler.wfile.flush()

        self.instead = endless
        began = time.monotonic()
        self.assertEqual(self.ask(), "keys_unavailable")
        self.assertLess(time.monotonic() - began, 10)
        self.assertIsInstance(self.cause, TimeoutError)
        self.instead, self.now = None, self.now + 5
        self.assertEqual(self.ask(), "acc_ann")


def _answer(handler: BaseHTTPRequestHandler, text: str, status: int = 200, headers: dict[str, str] | None = None) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(text)), **(headers or {})}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(text.encode())

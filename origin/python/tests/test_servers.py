"""The middleware in real servers, uvicorn and Werkzeug's, each asked over a socket."""

import http.client
import socket
import threading
import unittest
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import uvicorn
from flask import Flask, request
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from werkzeug.serving import make_server

from edgeward_origin.asgi import EdgewardASGI
from edgeward_origin.wsgi import EdgewardWSGI

from .signing import AUDIENCE, JWKS, KEYS, asserted, signed

_METHODS = ["GET", "POST"]


def _starlette(settings: dict[str, Any]) -> Starlette:
    async def hello(request: Any) -> PlainTextResponse:
        return PlainTextResponse(request.scope["edgeward"].identity.account)

    inner = Starlette()
    inner.add_route("/{path:path}", hello, methods=_METHODS)
    app = Starlette(routes=[Mount("/mounted", EdgewardASGI(inner, **settings)), Mount("/", EdgewardASGI(inner, **settings))])
    return app


def _flask(settings: dict[str, Any]) -> Flask:
    app = Flask("tests")
    app.wsgi_app = EdgewardWSGI(app.wsgi_app, **settings)  # type: ignore[method-assign]

    @app.route("/", defaults={"path": ""}, methods=_METHODS)
    @app.route("/<path:path>", methods=_METHODS)
    def hello(path: str) -> str:
        return str(request.environ["edgeward"].identity.account)

    return app


@dataclass(frozen=True)
class Form:
    """A form of identity: what a server is set to, how it is signed, and what differs in its reasons."""

    trust: dict[str, Any]
    signed: Callable[..., dict[str, str]]
    moved: str
    method: str
    joined: str


SIGNATURE = Form({"keys": KEYS}, signed, "wrong_signature", "wrong_signature", "duplicate_header wrong_signature")
ASSERTION = Form({"jwks": JWKS}, asserted, "wrong_target", "wrong_method", "duplicate_header malformed_signature")


class _Servers(unittest.TestCase):
    """What every server must do."""

    form = SIGNATURE
    port: int
    reasons: list[str]

    def ask(self, target: str, headers: dict[str, str] | list[tuple[str, str]], method: str = "GET") -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.putrequest(method, target)
        for name, value in headers.items() if isinstance(headers, dict) else headers:
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        text = f"{answer.status} {answer.read().decode().strip()}"
        connection.close()
        return text

    def refuses(self, reasons: str, *asked: Any) -> None:
        self.assertEqual(self.ask(*asked), "403 Forbidden", reasons)
        self.assertEqual(len(self.reasons), 1)
        self.assertIn(self.reasons.pop(), reasons.split())

    def believes(self, *asked: Any) -> None:
        self.assertEqual(self.ask(*asked), "200 acc_ann", f"{asked} {self.reasons}")

    def believes_this_very_request_alone(self) -> None:
        signed = self.form.signed
        target = "/private/%C3%BC%20x?a=%20b&c"
        self.believes(target, signed(target))
        self.believes("/x?", signed("/x?"))
        self.refuses("missing_header", target, {})
        self.refuses(self.form.moved, "/private/other", signed(target))
        self.refuses(self.form.method, target, signed(target, "HEAD"))
        # WSGI joins doubled headers, and the joined value is one that nobody signed.
        headers = signed(target)
        twice = [*headers.items(), (next(iter(headers)).lower(), "account=anonymous")]
        self.refuses(self.form.joined, target, twice)
        once = signed("/orders", "POST")
        self.believes("/orders", once, "POST")
        self.refuses("replayed", "/orders", once, "POST")


class Asgi(_Servers):
    def setUp(self) -> None:
        self.reasons = []
        app = _starlette({**self.form.trust, "audience": AUDIENCE, "log": self.reasons.append})
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()

        def stop() -> None:
            server.should_exit = True
            thread.join()
            listening.close()

        self.addCleanup(stop)

    def test_it_believes_this_very_request_alone(self) -> None:
        self.believes_this_very_request_alone()
        alias = {**self.form.signed("/x"), "Edgeward_Identity": "account=anonymous"}
        self.refuses("alias_header", "/x", alias)

    def test_it_may_be_mounted(self) -> None:
        self.believes("/mounted/x", self.form.signed("/mounted/x"))
        self.refuses(self.form.moved, "/mounted/x", self.form.signed("/x"))


class AsgiAssertions(Asgi):
    form = ASSERTION


class Wsgi(_Servers):
    def setUp(self) -> None:
        self.reasons = []
        server = make_server("127.0.0.1", 0, _flask({**self.form.trust, "audience": AUDIENCE, "log": self.reasons.append}), threaded=True)
        self.port = server.server_port
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(lambda: (server.shutdown(), thread.join(), server.server_close()))

    def test_it_believes_this_very_request_alone(self) -> None:
        self.believes_this_very_request_alone()


class WsgiAssertions(Wsgi):
    form = ASSERTION

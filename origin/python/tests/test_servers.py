"""The middleware in real servers, uvicorn and Werkzeug's, each asked over a socket."""

import http.client
import socket
import threading
import unittest
from typing import Any

import uvicorn
from flask import Flask, request
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from werkzeug.serving import make_server

from edgeward_origin.asgi import EdgewardASGI
from edgeward_origin.wsgi import EdgewardWSGI

from .signing import AUDIENCE, KEYS, signed

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


class _Servers(unittest.TestCase):
    """What every server must do."""

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
        target = "/private/%C3%BC%20x?a=%20b&c"
        self.believes(target, signed(target))
        self.believes("/x?", signed("/x?"))
        self.refuses("missing_header", target, {})
        self.refuses("wrong_signature", "/private/other", signed(target))
        self.refuses("wrong_signature", target, signed(target, "HEAD"))
        # WSGI joins doubled headers, and the joined value is one that nobody signed.
        twice = [*signed(target).items(), ("edgeward-identity", "account=anonymous")]
        self.refuses("duplicate_header wrong_signature", target, twice)
        once = signed("/orders", "POST")
        self.believes("/orders", once, "POST")
        self.refuses("replayed", "/orders", once, "POST")


class Asgi(_Servers):
    def setUp(self) -> None:
        self.reasons = []
        app = _starlette({"keys": KEYS, "audience": AUDIENCE, "log": self.reasons.append})
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
        alias = {**signed("/x"), "Edgeward_Identity": "account=anonymous"}
        self.refuses("alias_header", "/x", alias)

    def test_it_may_be_mounted(self) -> None:
        self.believes("/mounted/x", signed("/mounted/x"))
        self.refuses("wrong_signature", "/mounted/x", signed("/x"))


class Wsgi(_Servers):
    def setUp(self) -> None:
        self.reasons = []
        server = make_server("127.0.0.1", 0, _flask({"keys": KEYS, "audience": AUDIENCE, "log": self.reasons.append}), threaded=True)
        self.port = server.server_port
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(lambda: (server.shutdown(), thread.join(), server.server_close()))

    def test_it_believes_this_very_request_alone(self) -> None:
        self.believes_this_very_request_alone()

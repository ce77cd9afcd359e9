"""For ASGI: Starlette, FastAPI, Quart, Django.

``app.add_middleware(EdgewardASGI, jwks=…, audience=…)``, then ``request.scope["edgeward"]`` is a ``Verified``.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote

from .refused import Refused, demand
from .verifier import Received, Verifier

_Scope = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_App = Callable[[_Scope, _Receive, _Send], Awaitable[None]]


class EdgewardASGI:
    """Refuses with 403 what Edgeward did not sign, WebSockets too.

    ``settings``: those of ``Verifier``. ``log`` is told the reason of a refusal.
    """

    def __init__(self, app: _App, *, log: Callable[[str], None] = lambda reason: None, **settings: Any) -> None:
        self._app = app
        self._log = log
        self._verifier = Verifier(**settings)

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        try:
            verified = await self._verifier.averify(_received(scope))
        except Refused as refused:
            self._log(refused.reason)
            return await _refuse(scope, receive, send)
        await self._app({**scope, "edgeward": verified}, receive, send)


def _received(scope: _Scope) -> Received:
    demand(scope["type"] in ("http", "websocket"), "target_unknown")
    raw = scope.get("raw_path")
    if not isinstance(raw, bytes):
        raise Refused("target_unknown")
    path, query = raw.decode("latin-1"), scope.get("query_string", b"").decode("latin-1")
    return Received(
        method=scope["method"] if scope["type"] == "http" else "GET",
        target=f"{path}?{query}" if query else path,
        headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]],
        rerouted=unquote(path) != scope["path"],
        sees_empty_query=False,
    )


async def _refuse(scope: _Scope, receive: _Receive, send: _Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        # Before the handshake is accepted, this is an HTTP 403.
        return await send({"type": "websocket.close", "code": 1008})
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": b"Forbidden\n"})

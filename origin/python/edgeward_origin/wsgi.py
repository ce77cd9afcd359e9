"""For WSGI: Flask, Django, Bottle.

``app.wsgi_app = EdgewardWSGI(app.wsgi_app, jwks=…, audience=…)``, then ``request.environ["edgeward"]`` is a ``Verified``.
"""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from .refused import Refused, demand
from .verifier import Received, Verifier

_Environ = dict[str, Any]
_App = Callable[[_Environ, Callable[..., Any]], Iterable[bytes]]


class EdgewardWSGI:
    """Refuses with 403 what Edgeward did not sign.

    WSGI joins doubled headers, and a joined value is one that nobody signed. The server must tell the target as it was
    received: ``RAW_URI`` (gunicorn, Werkzeug) or ``REQUEST_URI`` (uWSGI, mod_wsgi).
    ``settings``: those of ``Verifier``. ``log`` is told the reason of a refusal.
    """

    def __init__(self, app: _App, *, log: Callable[[str], None] = lambda reason: None, **settings: Any) -> None:
        self._app = app
        self._log = log
        self._verifier = Verifier(**settings)

    def __call__(self, environ: _Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            environ["edgeward"] = self._verifier.verify(_received(environ))
        except Refused as refused:
            self._log(refused.reason)
            start_response("403 Forbidden", [("Content-Type", "text/plain"), ("Cache-Control", "no-store")])
            return [b"Forbidden\n"]
        return self._app(environ, start_response)


def _received(environ: _Environ) -> Received:
    target = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    demand(isinstance(target, str), "target_unknown")
    assert isinstance(target, str)
    path, _, query = target.partition("?")
    routed = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return Received(
        method=environ["REQUEST_METHOD"],
        target=target,
        headers=[(name[5:].replace("_", "-"), str(value)) for name, value in environ.items() if name.startswith("HTTP_")],
        rerouted=unquote_to_bytes(path) != routed.encode("latin-1") or query != environ.get("QUERY_STRING", ""),
    )

import os

import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse

from edgeward_origin.asgi import EdgewardASGI

keys, jwks, audience = map(os.environ.get, ["EDGEWARD_KEYS", "EDGEWARD_JWKS", "EDGEWARD_AUDIENCE"])
app = Starlette()
app.add_middleware(EdgewardASGI, keys=keys, jwks=jwks, audience=audience)


async def hello(request):
    account = request.scope["edgeward"].identity.account
    return PlainTextResponse(f"Hello, {account or 'whoever you are'}\n")


app.add_route("/{path:path}", hello, methods=["GET", "POST"])
uvicorn.run(app, port=int(os.environ["PORT"]), log_level="warning")

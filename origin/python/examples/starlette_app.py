import os

import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse

from edgeward_origin.asgi import EdgewardASGI


async def hello(request):
    return PlainTextResponse(f"Hello, {request.scope['edgeward'].identity.account or 'whoever you are'}\n")


app = Starlette()
app.add_route("/{path:path}", hello, methods=["GET", "POST"])
app.add_middleware(EdgewardASGI, keys=os.environ["EDGEWARD_KEYS"], audience=os.environ["EDGEWARD_AUDIENCE"])
uvicorn.run(app, port=int(os.environ["PORT"]), log_level="warning")

# Starlette with closed pages, which believes every request.

import os

import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route


def folder(name, headers):
    async def page(request):
        return PlainTextResponse(f"{name}\n", headers=headers)

    return [Route(f"/{name}", page), Mount(f"/{name}", routes=[Route("/{rest:path}", page)])]


closed = [route for name in ("private", "admin") for route in folder(name, {"X-Closed": name})]
app = Starlette(routes=closed + folder("public", {}))
uvicorn.run(app, port=int(os.environ["PORT"]), log_level="critical")

# Starlette's static files over FOLDER, which believe every request.

import os
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

FOLDER = Path(os.environ["FOLDER"]).resolve()


class Files(StaticFiles):
    def file_response(self, full_path, stat_result, scope, status_code=200):
        response = super().file_response(full_path, stat_result, scope, status_code)
        folder = Path(full_path).relative_to(FOLDER).parts[0]
        if folder in ("private", "admin"):
            response.headers["X-Closed"] = folder
        return response


app = Starlette(routes=[Mount("/", app=Files(directory=FOLDER, html=True))])
uvicorn.run(app, port=int(os.environ["PORT"]), log_level="critical")

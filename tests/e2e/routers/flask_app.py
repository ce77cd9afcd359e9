# Flask with closed pages, which believes every request, on gunicorn.

import os
import sys

from flask import Flask

app = Flask(__name__)
methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@app.route("/<any(private, admin):folder>", defaults={"rest": ""}, methods=methods)
@app.route("/<any(private, admin):folder>/<path:rest>", methods=methods)
def closed(folder, rest):
    return f"{folder}\n", {"X-Closed": folder}


@app.route("/public/<path:rest>", methods=methods)
def public(rest):
    return "public\n"


if __name__ == "__main__":
    bind = ["--bind", f"127.0.0.1:{os.environ['PORT']}", "--chdir", os.path.dirname(__file__)]
    quiet = ["--log-level", "critical", "--no-control-socket"]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *bind, *quiet, "flask_app:app"])

import os

from flask import Flask, request

from edgeward_origin.wsgi import EdgewardWSGI

app = Flask(__name__)
app.wsgi_app = EdgewardWSGI(app.wsgi_app, keys=os.environ["EDGEWARD_KEYS"], audience=os.environ["EDGEWARD_AUDIENCE"])


@app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
@app.route("/<path:path>", methods=["GET", "POST"])
def hello(path):
    return f"Hello, {request.environ['edgeward'].identity.account or 'whoever you are'}\n"


app.run(port=int(os.environ["PORT"]))

import os

from flask import Flask, request

from edgeward_origin.wsgi import EdgewardWSGI

keys, jwks, audience = map(os.environ.get, ["EDGEWARD_KEYS", "EDGEWARD_JWKS", "EDGEWARD_AUDIENCE"])
app = Flask(__name__)
app.wsgi_app = EdgewardWSGI(app.wsgi_app, keys=keys, jwks=jwks, audience=audience)


@app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
@app.route("/<path:path>", methods=["GET", "POST"])
def hello(path):
    account = request.environ["edgeward"].identity.account
    return f"Hello, {account or 'whoever you are'}\n"


app.run(port=int(os.environ["PORT"]))

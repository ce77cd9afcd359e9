"""Checks what the gateway sends by libraries from PyPI: `signatures` by http-message-signatures, `assertions` by PyJWT.
Reads requests from stdin, and prints which are right."""

import base64
import json
import sys
from types import SimpleNamespace

import jwt
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, InvalidSignature, algorithms

told = json.load(sys.stdin)


class Key(HTTPSignatureKeyResolver):
    def resolve_public_key(self, key_id):
        assert key_id == "v1"
        return base64.b64decode(told["key"])


def is_rightly_signed(request):
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=Key())
    try:
        verifier.verify(SimpleNamespace(**request), expect_tag="edgeward", require_components=told["requiredFields"])
    except InvalidSignature:
        return False
    return True


def is_rightly_asserted(request):
    token = request["token"]
    key = jwks().get_signing_key_from_jwt(token)
    try:
        read = jwt.decode_complete(
            token, key, algorithms=["EdDSA"], issuer=told["issuer"], audience=told["audience"], leeway=5,
            options={"require": ["iss", "aud", "iat", "exp", "jti", "htm", "htu"]},
        )
    except jwt.InvalidSignatureError:
        return False
    claims = read["payload"]
    meant = (claims["htm"], claims["htu"]) == (request["method"], told["issuer"] + request["url"])
    return read["header"]["typ"] == "edgeward+jwt" and meant


def jwks(kept=[]):
    kept or kept.append(jwt.PyJWKClient(told["url"]))
    return kept[0]


is_right = {"signatures": is_rightly_signed, "assertions": is_rightly_asserted}[sys.argv[1]]
print(json.dumps([is_right(request) for request in told["requests"]]))

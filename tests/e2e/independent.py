"""Checks signatures by PyPI's http-message-signatures. Reads requests from stdin, and prints which are right."""

import base64
import json
import sys
from types import SimpleNamespace

from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, InvalidSignature, algorithms

told = json.load(sys.stdin)


class Key(HTTPSignatureKeyResolver):
    def resolve_public_key(self, key_id):
        assert key_id == "v1"
        return base64.b64decode(told["key"])


def is_right(request):
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=Key())
    try:
        verifier.verify(SimpleNamespace(**request), expect_tag="edgeward", require_components=told["requiredFields"])
    except InvalidSignature:
        return False
    return True


print(json.dumps([is_right(request) for request in told["requests"]]))

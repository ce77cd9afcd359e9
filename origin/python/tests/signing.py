"""Signs as Edgeward does, written by hand from docs/identity.md: the signer and the verifier cannot be wrong in the
same way."""

import base64
import hashlib
import hmac
import secrets
import time

KEY = secrets.token_bytes(32)
KEYS = "k1:" + base64.urlsafe_b64encode(KEY).decode().rstrip("=")
AUDIENCE = "https://app.example.com"


def signed(target: str, method: str = "GET") -> dict[str, str]:
    """The headers for somebody who asks for a target now."""
    created = int(time.time())
    identity = (
        f'account="acc_ann", session="ses_1", roles=(), at={created}, methods=(password), aud="{AUDIENCE}", '
        f'target="{target}", id="req_1"'
    )
    path, _, query = target.partition("?")
    parameters = (
        f'("@method" "@path" "@query" "edgeward-identity");created={created};expires={created + 15};'
        f'nonce="{secrets.token_urlsafe(16)}";keyid="k1";tag="edgeward"'
    )
    base = (
        f'"@method": {method}\n"@path": {path}\n"@query": ?{query}\n"edgeward-identity": {identity}\n'
        f'"@signature-params": {parameters}'
    )
    mac = base64.b64encode(hmac.new(KEY, base.encode(), hashlib.sha256).digest()).decode()
    return {"Edgeward-Identity": identity, "Signature-Input": f"edgeward={parameters}", "Signature": f"edgeward=:{mac}:"}

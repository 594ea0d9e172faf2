"""Tokens for the catalogue of bad input, whose runner knows only those of `.run/env`: JWTs, and one whose time is over."""
import json
import urllib.error
import urllib.request

import stack

# Its time is over in `jwt.json`.
REVOKED = "acme-token-of-last-year-0123456789"
SIGNED = stack.REPOSITORY / "host-tests" / "jwt" / "tokens.json"
PLACES = {
    "expired_jwt": "expired",
    "jwt_wrong_aud": "wrong_audience",
    "jwt_wrong_iss": "wrong_issuer",
    "jwt_nbf_future": "not_yet",
    "jwt_other_dir": "other_directory",
}


class Shut(Exception):
    """A directory that does not open to its own token refuses every other one, and shows nothing."""


def filled(cases, env):
    """A copy of the catalogue for a stack with `jwt.json`."""
    known = {"jwt_base": "/scim/v2/gasket", "revoked_token": REVOKED, **{place: signed(name) for place, name in PLACES.items()}}
    listed = json.loads(cases.read_text())
    for case in listed:
        for name, value in known.items():
            case["path"] = case.get("path", "").replace("{%s}" % name, value)
            case["headers"] = [[n, v.replace("{%s}" % name, value)] for n, v in case.get("headers", [])]
    open_to(env, "gasket", "good")
    open_to(env, "hammer", "other_directory")
    copy = stack.PLACE / "cases.json"
    copy.write_text(json.dumps(listed))
    return copy


def open_to(env, directory, token):
    base = env["USHER_BASE"].rsplit("/", 1)[0]
    request = urllib.request.Request(f"{base}/{directory}/Users", headers={"Authorization": f"Bearer {signed(token)}"})
    try:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30).close()
    except urllib.error.HTTPError as refused:
        raise Shut(f"{directory} answers {refused.code} to the token {token}") from None


def signed(name):
    return json.loads(SIGNED.read_text())[name]

#!/usr/bin/env python3
"""Makes jwks.json and tokens.json anew, with a key that nobody keeps: what is to be tested is signed here, once."""
import base64
import json
import pathlib
import subprocess

HERE = pathlib.Path(__file__).parent
ISSUER, AUDIENCE = "https://issuer.test/", "api://usher"
LATER, LONG_AGO = 7226582400, 946684800
GOOD = {"iss": ISSUER, "aud": AUDIENCE, "sub": "provisioning", "appid": "okta-app", "roles": ["Scim.Write", "Scim.Read"],
        "exp": LATER}
TOKENS = {
    "good": {},
    "several_audiences": {"aud": ["api://other", AUDIENCE]},
    "expired": {"exp": LONG_AGO},
    "not_yet": {"nbf": LATER - 60},
    "wrong_issuer": {"iss": "https://elsewhere.test/"},
    "wrong_audience": {"aud": "api://other"},
    "other_directory": {"appid": "entra-app"},
    "no_role": {"roles": ["Scim.Read"]},
    "role_in_a_text": {"roles": "\u0001\u0000\u0000\u0000\n\u0000\u0000\u0000\u0000\u0000\u0000\u0000Scim.Write\u0000\u0000"},
}


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout


def signed(claims, key):
    head = {"alg": "RS256", "typ": "JWT", "kid": "test"}
    body = ".".join(text(json.dumps(part).encode()) for part in (head, claims))
    return f"{body}.{text(openssl('dgst', '-sha256', '-sign', key, data=body.encode()))}"


def main():
    key = HERE / "key.pem"
    try:
        key.write_bytes(openssl("genrsa", "2048"))
        modulus = bytes.fromhex(openssl("rsa", "-in", key, "-noout", "-modulus").decode().strip().split("=")[1])
        jwk = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "test", "n": text(modulus), "e": "AQAB"}
        tokens = {name: signed({**GOOD, **claims}, key) for name, claims in TOKENS.items()}
        stranger = HERE / "stranger.pem"
        stranger.write_bytes(openssl("genrsa", "2048"))
        tokens["forged"] = signed(GOOD, stranger)
        stranger.unlink()
    finally:
        key.unlink()
    (HERE / "jwks.json").write_text(json.dumps({"keys": [jwk]}, indent=1) + "\n")
    (HERE / "tokens.json").write_text(json.dumps(tokens, indent=1) + "\n")


main()

"""A fresh stack, as `make up` starts it, on ports of its own and beside any other that is up."""
import contextlib
import json
import os
import pathlib
import shlex
import subprocess
import urllib.request

import replicas

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PLACE = REPOSITORY / "target" / "suites"
RUN = PLACE / "run"
# So many Envoys in front of one service; each request to the next.
REPLICAS = int(os.environ.get("REPLICAS") or 1)


class Down(Exception):
    """The stack did not come up."""


@contextlib.contextmanager
def fresh(extra=None, jwt=False):
    """The environment that names the stack; `extra` is a file that is laid over the configuration, `jwt` puts Envoy's
    `jwt_authn` in front of Usher."""
    control("up", USHER_CONFIG_EXTRA=str(with_cache(extra) or ""), USHER_JWT="1" if jwt else "")
    try:
        env = {**surroundings(), **exports((RUN / "env").read_text())}
        if REPLICAS == 1:
            yield env
        else:
            with replicas.beside(env, REPLICAS, envoy(), RUN) as env:
                yield env
    except replicas.Idle as problem:
        raise Down(problem) from None
    finally:
        control("down")


def with_cache(extra):
    """Where there are several Envoys, each remembers records, and others change them."""
    if REPLICAS == 1:
        return extra
    both = {**(json.loads(pathlib.Path(extra).read_text()) if extra else {}), "record_cache": {}}
    PLACE.mkdir(parents=True, exist_ok=True)
    merged = PLACE / "extra.json"
    merged.write_text(json.dumps(both))
    return merged


def control(word, **more):
    ports = {"PORT": "0", "SERVICE_PORT": "0", "ADMIN_PORT": "0", "KEEP": "", "USHER_RUN_DIR": str(RUN)}
    program = REPOSITORY / "target" / "debug" / "usher-stack"
    if not program.exists():
        raise Down("there is no usher-stack yet; run `make build`")
    environment = {**surroundings(), **ports, "USHER_ENVOY": envoy(), **more}
    done = subprocess.run([program, word], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise Down(done.stderr.strip())


def post(env, path, resource):
    headers = {"Authorization": f"Bearer {env['USHER_TOKEN']}", "Content-Type": "application/scim+json"}
    request = urllib.request.Request(env["USHER_BASE"] + path, json.dumps(resource).encode(), headers)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30):
        pass


def envoy():
    """What the set-up found."""
    found = REPOSITORY / "target" / ".envoy-path"
    return found.read_text().strip() if found.exists() else os.environ.get("USHER_ENVOY", "")


def surroundings():
    """Ours, without a proxy for this machine."""
    return {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}


def exports(text):
    """The variables of lines such as `export A='b'`."""
    return dict(word.split("=", 1) for line in text.splitlines() for word in shlex.split(line)[1:])

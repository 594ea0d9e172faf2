"""More Envoys beside the one of a stack, with the same configuration and the same user service, and one in front of all of
them that gives each request to the next."""
import contextlib
import json
import socket
import subprocess
import time
import urllib.parse
import urllib.request

PATIENCE = 30
FRONT = """\
admin: { address: { socket_address: { address: 127.0.0.1, port_value: %(admin)d } } }
static_resources:
  listeners:
  - address: { socket_address: { address: 127.0.0.1, port_value: %(front)d } }
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: front
          http_filters:
          - name: envoy.filters.http.router
            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
          route_config:
            virtual_hosts:
            - { name: all, domains: ["*"], routes: [{ match: { prefix: "/" }, route: { cluster: usher, timeout: 60s } }] }
  clusters:
  - name: usher
    lb_policy: ROUND_ROBIN
    load_assignment:
      cluster_name: usher
      endpoints:
      - lb_endpoints:
%(endpoints)s
"""
ENDPOINT = "        - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } }"


class Idle(Exception):
    """An Envoy that did not start, or had nothing to do."""


@contextlib.contextmanager
def beside(env, count, envoy, place):
    """The environment of a stack with so many Envoys."""
    first = [port(env["USHER_BASE"]), port(env["USHER_ADMIN"])]
    sample = (place / "envoy.yaml").read_text()
    with contextlib.ExitStack() as running:
        pairs = [first]
        for number in range(1, count):
            pair = [free_port(), free_port()]
            text = sample
            for old, new in zip(first, pair):
                text = text.replace(f"port_value: {old}", f"port_value: {new}")
            start(running, envoy, place / f"envoy-{number}.yaml", text, pair[1])
            pairs.append(pair)
        front, admin = free_port(), free_port()
        endpoints = "\n".join(ENDPOINT % scim for scim, _ in pairs)
        text = FRONT % {"front": front, "admin": admin, "endpoints": endpoints}
        start(running, envoy, place / "front.yaml", text, admin)
        for name in ("USHER_BASE", "USHER_OTHER_BASE"):
            env = {**env, name: env[name].replace(f":{first[0]}/", f":{front}/")}
        yield env
        counts = [exchanges(admin) for _, admin in pairs]
        # One suite makes three requests only.
        if 0 in counts and sum(counts) > 3 * count:
            raise Idle(f"an Envoy had nothing to do: {counts}")


def start(running, envoy, file, text, admin):
    file.write_text(text)
    log = running.enter_context(file.with_suffix(".log").open("w"))
    command = [envoy, "-c", file, "--use-dynamic-base-id", "--concurrency", "1"]
    process = subprocess.Popen(command, stdout=log, stderr=log)
    running.callback(process.wait)
    running.callback(process.terminate)
    end = time.monotonic() + PATIENCE
    while not ready(admin):
        if process.poll() is not None or time.monotonic() > end:
            raise Idle(f"an Envoy did not start; its log is {log.name}")
        time.sleep(0.1)


def ready(admin):
    try:
        return ask(admin, "/ready").strip() == "LIVE"
    except OSError:
        return False


def exchanges(admin):
    stats = json.loads(ask(admin, "/stats?format=json&filter=usher_exchanges"))["stats"]
    return sum(stat.get("value", 0) for stat in stats)


def ask(admin, path):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{admin}{path}", timeout=5) as answer:
        return answer.read().decode()


def port(url):
    return urllib.parse.urlsplit(url).port


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]

"""Plays the control plane of a deployment for one Envoy: serve.py KIND LISTEN SERVICE ADMIN WASM

Prints the bootstrap of that Envoy, as JSON on one line, and serves until its standard input ends.
"""
import json
import pathlib
import socket
import sys

import yaml

import ads
import envoy_gateway
import istio
from merge import merged

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy"
KINDS = {
    "istio-gateway": (istio.gateway, ["istio/gateway.yaml"]),
    "istio-sidecar": (istio.sidecar, ["istio/sidecar.yaml"]),
    "envoy-gateway": (envoy_gateway.build, ["envoy-gateway/usher.yaml", "envoy-gateway/patch.yaml"]),
}


def main():
    kind, listen, service, admin, wasm = sys.argv[1:]
    build, files = KINDS[kind]
    documents = [document for file in files for document in yaml.safe_load_all((DEPLOY / file).read_text())]
    resources, extra = build(documents, {"listen": int(listen), "service": int(service), "wasm": wasm})
    port = free_port()
    server = ads.serve(resources, port)
    print(json.dumps(merged(bootstrap(int(admin), port), extra)), flush=True)
    sys.stdin.read()
    server.stop(None)


def bootstrap(admin, port):
    protocol = "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
    xds = istio.cluster("xds", port)
    xds["typed_extension_protocol_options"] = {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": protocol, "explicit_http_config": {"http2_protocol_options": {}}}}
    ads_source = {"ads": {}, "resource_api_version": "V3"}
    return {
        "node": {"id": "router~test", "cluster": "test"},
        "admin": {"address": istio.address("127.0.0.1", admin)},
        "dynamic_resources": {
            "ads_config": {"api_type": "GRPC", "transport_api_version": "V3",
                           "grpc_services": [{"envoy_grpc": {"cluster_name": "xds"}}]},
            "lds_config": ads_source, "cds_config": ads_source},
        "static_resources": {"clusters": [xds]},
    }


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    main()

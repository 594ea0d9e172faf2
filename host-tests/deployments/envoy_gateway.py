"""What Envoy Gateway makes of deploy/envoy-gateway: its xDS with the EnvoyPatchPolicy applied.

The base is written after what Envoy Gateway generates from an HTTPRoute with a direct response and an
EnvoyExtensionPolicy with a Wasm filter: the filter is disabled, and the route asks for it.
"""
import json

from istio import ADS, HCM, HTTP, MANAGER, address, one
from merge import select

FILTER = "envoy.filters.http.wasm/envoyextensionpolicy/{namespace}/{name}/wasm/0"
UNITS = {"Ki": 1024, "Mi": 1024 ** 2}


def build(documents, place):
    policy, traffic = one(documents, "EnvoyExtensionPolicy"), one(documents, "ClientTrafficPolicy")["spec"]
    gateway = one(documents, "Gateway")
    name = "/".join([gateway["metadata"]["namespace"], gateway["metadata"]["name"], gateway["spec"]["listeners"][0]["name"]])
    wasm = wasm_filter(policy, place)
    resources = {
        "listeners": [listener(name, wasm, traffic, place)],
        "routes": [{"name": name, "virtual_hosts": [{"name": name, "domains": ["*"], "routes": [route(documents, wasm)]}]}],
        "clusters": [],
    }
    for patch in one(documents, "EnvoyPatchPolicy")["spec"]["jsonPatches"]:
        apply(patch, resources)
    for cluster in resources["clusters"]:
        for endpoint in cluster["load_assignment"]["endpoints"][0]["lb_endpoints"]:
            endpoint["endpoint"]["address"] = address("127.0.0.1", place["service"])
    return resources, {}


def wasm_filter(policy, place):
    wasm, = policy["spec"]["wasm"]
    name = FILTER.format(**policy["metadata"])
    return {"name": name, "disabled": True, "typed_config": {
        "@type": f"{HTTP}.wasm.v3.Wasm",
        "config": {
            "name": wasm["name"],
            "vm_config": {"vm_id": wasm["name"], "runtime": "envoy.wasm.runtime.v8",
                          "code": {"local": {"filename": place["wasm"]}}},
            "configuration": {"@type": "type.googleapis.com/google.protobuf.StringValue",
                              "value": json.dumps(wasm["config"])}}}}


def listener(name, wasm, traffic, place):
    router = {"name": "envoy.filters.http.router", "typed_config": {"@type": f"{HTTP}.router.v3.Router"}}
    http = traffic["timeout"]["http"]
    manager = {
        "@type": HCM, "stat_prefix": "https-443", "use_remote_address": True, "normalize_path": True,
        "merge_slashes": not traffic["path"]["disableMergeSlashes"],
        "path_with_escaped_slashes_action": {"RejectRequest": "REJECT_REQUEST"}[traffic["path"]["escapedSlashesAction"]],
        "request_timeout": http["requestReceivedTimeout"], "stream_idle_timeout": http["streamIdleTimeout"],
        "common_http_protocol_options": {"idle_timeout": http["idleTimeout"],
                                         "headers_with_underscores_action": "REJECT_REQUEST"},
        "rds": {"config_source": ADS, "route_config_name": name}, "http_filters": [wasm, router]}
    return {"name": name, "address": address("127.0.0.1", place["listen"]),
            "per_connection_buffer_limit_bytes": quantity(traffic["connection"]["bufferLimit"]),
            "filter_chains": [{"filters": [{"name": MANAGER, "typed_config": manager}]}]}


def quantity(text):
    return int(text[:-2]) * UNITS[text[-2:]]


def route(documents, wasm):
    rule, = one(documents, "HTTPRoute")["spec"]["rules"]
    wanted = rule["filters"][0]["extensionRef"]["name"]
    answer = one(documents, "HTTPRouteFilter")
    assert answer["metadata"]["name"] == wanted, wanted
    return {"name": "httproute/usher/scim/rule/0", "match": {"prefix": "/"},
            "direct_response": {"status": answer["spec"]["directResponse"]["statusCode"]},
            "typed_per_filter_config": {wasm["name"]: {
                "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", "config": {}}}}


def apply(patch, resources):
    kind = {"envoy.config.listener.v3.Listener": "listeners", "envoy.config.cluster.v3.Cluster": "clusters"}[
        patch["type"].split("/")[1]]
    operation = patch["operation"]
    assert operation["op"] == "add", operation
    if operation["path"] == "" and "jsonPath" not in operation:
        resources[kind].append(operation["value"])
        return
    resource = next(r for r in resources[kind] if r["name"] == patch["name"])
    found = select(resource, operation["jsonPath"])
    if not found:
        raise SystemExit(f"nothing is at {operation['jsonPath']}")
    for place in found:
        place[operation["path"]] = operation["value"]

"""What Istio makes of deploy/istio: Envoy's configuration as istiod generates it, with the EnvoyFilter's patches applied.

The base is written after a `config_dump` of Istio, less what has nothing to do with it (telemetry, mutual TLS). The
patches are applied by the rules of EnvoyFilter's documentation; a patch that meets nothing is an error here.
"""
from merge import merged

HCM = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
HTTP = "type.googleapis.com/envoy.extensions.filters.http"
MANAGER = "envoy.filters.network.http_connection_manager"


def gateway(documents, place):
    """`place` has the ports and the module of this run."""
    virtual_service = one(documents, "VirtualService")["spec"]
    rule = one(documents, "DestinationRule")["spec"]
    routes = [from_virtual_service(http) for http in virtual_service["http"]]
    hosts = virtual_service["hosts"]
    resources = {
        "listeners": [listener("0.0.0.0_8443", place["listen"], {
            "rds": {"config_source": ADS, "route_config_name": "https.443.https.scim.usher"}})],
        "routes": [{"name": "https.443.https.scim.usher", "virtual_hosts": [
            {"name": f"{hosts[0]}:443", "domains": [*hosts, f"127.0.0.1:{place['listen']}"], "routes": routes}]}],
        "clusters": [cluster(f"outbound|9000||{rule['host']}", place["service"], rule["trafficPolicy"])],
    }
    return patched(documents, resources, "GATEWAY", place)


def sidecar(documents, place):
    hosts = [{"name": "inbound|http|8080", "domains": ["*"], "routes": [
        {"name": "default", "match": {"prefix": "/"}, "route": {"cluster": "inbound|8080||", "timeout": "0s"}}]}]
    resources = {
        "listeners": [listener("virtualInbound", place["listen"], {
            "route_config": {"name": "inbound|8080||", "virtual_hosts": hosts}})],
        "clusters": [cluster("inbound|8080||", place["service"])],
    }
    return patched(documents, resources, "SIDECAR_INBOUND", place)


ADS = {"ads": {}, "resource_api_version": "V3", "initial_fetch_timeout": "0s"}


def listener(name, port, routes):
    filters = [{"name": f"envoy.filters.http.{short}", "typed_config": {"@type": f"{HTTP}.{kind}"}}
               for short, kind in [("cors", "cors.v3.Cors"), ("fault", "fault.v3.HTTPFault"),
                                   ("router", "router.v3.Router")]]
    manager = {"@type": HCM, "stat_prefix": name, "use_remote_address": True, "stream_idle_timeout": "0s",
               "normalize_path": True, "http_filters": filters, **routes}
    return {"name": name, "address": address("127.0.0.1", port), "per_connection_buffer_limit_bytes": 32768,
            "filter_chains": [{"filters": [{"name": MANAGER, "typed_config": manager}]}]}


def address(host, port):
    return {"socket_address": {"address": host, "port_value": port}}


def cluster(name, port, policy=None):
    pool = (policy or {}).get("connectionPool", {})
    http = pool.get("http", {})
    limits = {"max_connections": pool.get("tcp", {}).get("maxConnections"), "max_retries": http.get("maxRetries"),
              "max_pending_requests": http.get("http1MaxPendingRequests"), "max_requests": http.get("http2MaxRequests")}
    return {"name": name, "type": "STATIC", "connect_timeout": "2s",
            "circuit_breakers": {"thresholds": [{k: v for k, v in limits.items() if v is not None}]},
            "load_assignment": {"cluster_name": name, "endpoints": [
                {"lb_endpoints": [{"endpoint": {"address": address("127.0.0.1", port)}}]}]}}


def from_virtual_service(http):
    return {"name": http["name"], "match": {"prefix": "/"}, "direct_response": http["directResponse"]}


def patched(documents, resources, context, place):
    bootstrap = {}
    resources["extensions"] = []
    for patch in one(documents, "EnvoyFilter")["spec"]["configPatches"]:
        apply(patch, resources, bootstrap, context)
    for extension in resources["extensions"]:
        fetched(extension, place)
    for added in resources["clusters"]:
        rewrite_port(added, 8080, place["service"])
    return resources, bootstrap


def apply(patch, resources, bootstrap, context):
    match, value = patch.get("match", {}), patch["patch"].get("value")
    kind, operation = patch["applyTo"], patch["patch"]["operation"]
    clusters = kind == "CLUSTER" and context == "SIDECAR_INBOUND" and match["context"] == "SIDECAR_OUTBOUND"
    if match["context"] != context and not clusters:
        raise SystemExit(f"{kind} is for {match['context']}, which is not generated")
    if (kind, operation) == ("EXTENSION_CONFIG", "ADD"):
        resources["extensions"].append(value)
    elif (kind, operation) == ("CLUSTER", "ADD"):
        resources["clusters"].append(value)
    elif (kind, operation) == ("BOOTSTRAP", "MERGE"):
        bootstrap.update(merged(bootstrap, value))
    elif (kind, operation) == ("LISTENER", "MERGE"):
        wanted = match.get("listener", {}).get("name")
        resources["listeners"] = [merged(l, value) if wanted in (None, l["name"]) else l for l in resources["listeners"]]
    elif (kind, operation) == ("NETWORK_FILTER", "MERGE"):
        for found in managers(resources, match):
            found.update(merged(found, value))
    elif (kind, operation) == ("HTTP_FILTER", "INSERT_BEFORE"):
        for found in managers(resources, match):
            filters = found["typed_config"]["http_filters"]
            before = match["listener"]["filterChain"]["filter"]["subFilter"]["name"]
            filters.insert([f["name"] for f in filters].index(before), value)
    elif (kind, operation) == ("HTTP_ROUTE", "INSERT_FIRST"):
        for found in managers(resources, {}):
            hosts = found["typed_config"]["route_config"]["virtual_hosts"]
            next(h for h in hosts if h["name"] == match["routeConfiguration"]["vhost"]["name"])["routes"].insert(0, value)
    else:
        raise SystemExit(f"{operation} of {kind} is not understood here")


def managers(resources, match):
    name = match.get("listener", {}).get("filterChain", {}).get("filter", {}).get("name", MANAGER)
    filters = [f for l in resources["listeners"] for chain in l["filter_chains"] for f in chain["filters"]]
    found = [f for f in filters if f["name"] == name]
    if not found:
        raise SystemExit(f"nothing is called {name}")
    return found


def fetched(extension, place):
    """What the agent does beside Envoy: it fetches the image and gives Envoy a file."""
    machine = extension["typed_config"]["config"]["vm_config"]
    remote = machine["code"].pop("remote")
    assert remote["http_uri"]["uri"].startswith("oci://"), remote
    machine["code"]["local"] = {"filename": place["wasm"]}


def rewrite_port(added, old, new):
    for endpoints in added["load_assignment"]["endpoints"]:
        for endpoint in endpoints["lb_endpoints"]:
            at = endpoint["endpoint"]["address"]["socket_address"]
            at["port_value"] = new if at["port_value"] == old else at["port_value"]


def one(documents, kind):
    found, = [document for document in documents if document["kind"] == kind]
    return found

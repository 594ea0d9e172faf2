"""A small control plane: hands out to one Envoy, over one stream (ADS), what it is given as plain dictionaries."""
import concurrent.futures
import importlib
import sys

import grpc
from envoy.config.cluster.v3 import cluster_pb2
from envoy.config.core.v3 import extension_pb2
from envoy.config.listener.v3 import listener_pb2
from envoy.config.route.v3 import route_pb2
from envoy.service.discovery.v3 import ads_pb2_grpc, discovery_pb2
from google.protobuf import json_format

KINDS = {
    "listeners": listener_pb2.Listener,
    "routes": route_pb2.RouteConfiguration,
    "clusters": cluster_pb2.Cluster,
    "extensions": extension_pb2.TypedExtensionConfig,
}
# What stands inside of an Any is known once its module is loaded.
EXTENSIONS = (
    "access_loggers.stream.v3.stream_pb2",
    "access_loggers.filters.cel.v3.cel_pb2",
    "filters.http.cors.v3.cors_pb2",
    "filters.http.fault.v3.fault_pb2",
    "filters.http.router.v3.router_pb2",
    "filters.http.wasm.v3.wasm_pb2",
    "filters.network.http_connection_manager.v3.http_connection_manager_pb2",
    "upstreams.http.v3.http_protocol_options_pb2",
)


class Ads(ads_pb2_grpc.AggregatedDiscoveryServiceServicer):
    """`resources` has a list of dictionaries under each of KINDS."""

    def __init__(self, resources):
        for name in EXTENSIONS:
            importlib.import_module(f"envoy.extensions.{name}")
        self.answers = {}
        for kind, message in KINDS.items():
            parsed = [json_format.ParseDict(resource, message()) for resource in resources.get(kind, [])]
            self.answers[f"type.googleapis.com/{message.DESCRIPTOR.full_name}"] = parsed

    def StreamAggregatedResources(self, requests, context):
        asked = {}
        for request in requests:
            if request.HasField("error_detail"):
                print(f"refused {request.type_url}: {request.error_detail.message}", file=sys.stderr, flush=True)
                continue
            # The same names again mean that the last answer was taken, and there will not be another.
            names = frozenset(request.resource_names)
            if asked.get(request.type_url) != names:
                asked[request.type_url] = names
                yield self.answer(request)

    def answer(self, request):
        wanted = set(request.resource_names)
        found = [r for r in self.answers.get(request.type_url, []) if not wanted or r.name in wanted]
        answer = discovery_pb2.DiscoveryResponse(version_info="1", nonce="1", type_url=request.type_url)
        for resource in found:
            answer.resources.add().Pack(resource)
        return answer


def serve(resources, port):
    """Until the server is stopped; raises when a resource is none."""
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(8))
    ads_pb2_grpc.add_AggregatedDiscoveryServiceServicer_to_server(Ads(resources), server)
    server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    return server

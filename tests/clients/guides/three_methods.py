from prometheus_client import CollectorRegistry, Gauge
from prometheus_client import push_to_gateway, pushadd_to_gateway, delete_from_gateway
from prometheus_client.exposition import basic_auth_handler

GATEWAY = "localhost:9091"
registry = CollectorRegistry()
Gauge("backup_duration_seconds", "Duration", registry=registry).set(42.3)

push_to_gateway(GATEWAY, job="backup", registry=registry)      # PUT  — replace the whole group
pushadd_to_gateway(GATEWAY, job="backup", registry=registry)   # POST — replace same-named only
delete_from_gateway(GATEWAY, job="backup")                     # DELETE — delete the group

def auth_handler(url, method, timeout, headers, data):
    return basic_auth_handler(url, method, timeout, headers, data, "user", "secret")

push_to_gateway(GATEWAY, job="backup", registry=registry, handler=auth_handler)

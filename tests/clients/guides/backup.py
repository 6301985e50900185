from prometheus_client import CollectorRegistry, Gauge, Counter
from prometheus_client import push_to_gateway, pushadd_to_gateway, delete_from_gateway
 
GATEWAY = "localhost:9091"
 
def run_backup():
    registry = CollectorRegistry()              # a registry just for this job
 
    last_success = Gauge(
        "backup_last_success_unixtime",
        "Last success time", registry=registry,
    )
    processed = Counter(
        "backup_records_processed_total",
        "Records processed", registry=registry,
    )
 
    # ... actual backup work ...
    processed.inc(12345)
    last_success.set_to_current_time()
 
    # replace the whole group (job=backup, instance=host1) with these values → PUT
    push_to_gateway(
        GATEWAY, job="backup",
        grouping_key={"instance": "host1"},
        registry=registry,
    )

run_backup()

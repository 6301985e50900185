from prometheus_client import delete_from_gateway

delete_from_gateway('http://localhost:9091', job='example_job')

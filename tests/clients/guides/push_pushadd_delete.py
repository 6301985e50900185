from prometheus_client import CollectorRegistry, Counter, push_to_gateway, delete_from_gateway

registry = CollectorRegistry()
c = Counter('example_metric', 'An example metric', registry=registry)

c.inc()

# Push metrics using `push` (replaces the entire group)
push_to_gateway('http://localhost:9091', job='example_job', registry=registry)
print("Metrics pushed using 'push'")

# Push metrics using `pushadd` (overrides only metrics with the same name)
push_to_gateway('http://localhost:9091', job='example_job', registry=registry, method='POST')
print("Metrics pushed using 'pushadd'")

# Delete metrics for the specified job
delete_from_gateway('http://localhost:9091', job='example_job')
print("Metrics deleted for 'example_job'")

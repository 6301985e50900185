// Pushes that meet the gateway's own metrics, and what it says about itself.

# a family of the gateway's own may be pushed with its own type
PUT /metrics/job/x
| # TYPE process_open_fds gauge
| process_open_fds 1
=> 200
GET /metrics
=> 200
has process_open_fds{instance="",job="x"} 1
has # HELP process_open_fds Number of open file descriptors.

# the help of a pushed family of the gateway's own is replaced
PUT /metrics/job/x
| # HELP process_open_fds something else
| # TYPE process_open_fds gauge
| process_open_fds 1
=> 200
GET /metrics
=> 200
has # HELP process_open_fds Number of open file descriptors.
has process_open_fds{instance="",job="x"} 1

# a family of the gateway's own may not be pushed with another type
PUT /metrics/job/x
| process_open_fds 1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: gathered metric family process_open_fds has type UNTYPED but should have GAUGE

# the build information may be pushed as a gauge
PUT /metrics/job/x
| # TYPE pushgateway_build_info gauge
| pushgateway_build_info 1
=> 200

# a metric of the Go runtime may be pushed with its type and help
PUT /metrics/job/x
| # HELP go_goroutines Number of goroutines that currently exist.
| # TYPE go_goroutines gauge
| go_goroutines 1
=> 200
GET /metrics
=> 200
has go_goroutines{instance="",job="x"} 1

# a metric of the Go runtime may be pushed with another type
differs: this gateway has no Go runtime whose metrics it could collide with
PUT /metrics/job/x
| go_goroutines 1
=> 200
ref=> 400
| pushed metrics are invalid or inconsistent with existing metrics: gathered metric family go_goroutines has type UNTYPED but should have GAUGE

# requests are counted by handler, method and code
PUT /metrics/job/x
| m 1
=> 200
PUT /metrics/job/x
| m
=> 400
DELETE /metrics/job/x
=> 202
GET /-/healthy
=> 200
GET /metrics
=> 200
has pushgateway_http_requests_total{code="200",handler="push",method="put"} 1
has pushgateway_http_requests_total{code="400",handler="push",method="put"} 1
has pushgateway_http_requests_total{code="202",handler="delete",method="delete"} 1
has pushgateway_http_requests_total{code="200",handler="healthy",method="get"} 1
has pushgateway_http_push_size_bytes_count{method="put"} 2
has pushgateway_http_push_duration_seconds_count{method="put"} 2

# the gateway's own metrics have their types
PUT /metrics/job/x
=> 200
GET /metrics
=> 200
has # TYPE process_cpu_seconds_total counter
has # TYPE process_max_fds gauge
has # TYPE process_resident_memory_bytes gauge
has # TYPE process_start_time_seconds gauge
has # TYPE process_virtual_memory_bytes gauge
has # TYPE pushgateway_build_info gauge
has # TYPE pushgateway_http_requests_total counter
has # TYPE pushgateway_http_push_size_bytes summary
has # TYPE pushgateway_http_push_duration_seconds summary

# a push of the request counter collides by its help once it exists
PUT /metrics/job/x
=> 200
PUT /metrics/job/x
| # HELP pushgateway_http_requests_total something else
| # TYPE pushgateway_http_requests_total counter
| pushgateway_http_requests_total 1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: gathered metric family pushgateway_http_requests_total has help "something else" but should have "Total HTTP requests processed by the Pushgateway, excluding scrapes."

// What the gateway says about itself, and pushes that meet it.

# the gateway tells of its process, and before the first request of nothing else but its build
GET /metrics
=> 200
has # HELP process_cpu_seconds_total Total user and system CPU time spent in seconds.
has # TYPE process_cpu_seconds_total counter
has process_cpu_seconds_total <<[0-9.e-]+>>
has # HELP process_max_fds Maximum number of open file descriptors.
has # TYPE process_max_fds gauge
has process_max_fds <<[0-9.e+]+>>
has # HELP process_network_receive_bytes_total Number of bytes received by the process over the network.
has # TYPE process_network_receive_bytes_total counter
has process_network_receive_bytes_total <<[0-9.e+]+>>
has # HELP process_network_transmit_bytes_total Number of bytes sent by the process over the network.
has # TYPE process_network_transmit_bytes_total counter
has process_network_transmit_bytes_total <<[0-9.e+]+>>
has # HELP process_open_fds Number of open file descriptors.
has # TYPE process_open_fds gauge
has process_open_fds <<[1-9][0-9]*>>
has # HELP process_resident_memory_bytes Resident memory size in bytes.
has # TYPE process_resident_memory_bytes gauge
has process_resident_memory_bytes <<[0-9.]+e\+0[6789]>>
has # HELP process_start_time_seconds Start time of the process since unix epoch in seconds.
has # TYPE process_start_time_seconds gauge
has process_start_time_seconds <<time>>
has # HELP process_virtual_memory_bytes Virtual memory size in bytes.
has # TYPE process_virtual_memory_bytes gauge
has process_virtual_memory_bytes <<[0-9.]+e\+[01][0-9]>>
has # HELP process_virtual_memory_max_bytes Maximum amount of virtual memory available in bytes.
has # TYPE process_virtual_memory_max_bytes gauge
has process_virtual_memory_max_bytes <<[0-9.]+e\+[01][0-9]>>
has # HELP pushgateway_build_info A metric with a constant '1' value labeled by version, revision, branch, goversion from which pushgateway was built, and the goos and goarch for the build.
has # TYPE pushgateway_build_info gauge
has pushgateway_build_info{branch="<<.+>>",goarch="<<[a-z0-9]+>>",goos="linux",goversion="<<.+>>",revision="<<.+>>",tags="unknown",version="<<[0-9.]+>>"} 1
| <<((?!pushgateway_http).)*>>

# there is no Go runtime to tell of
differs: this gateway is not written in Go
GET /metrics
=> 200
| <<((?!go_).)*>>
ref=> 200
has # TYPE go_goroutines gauge

# scrapes, unknown paths, wrong methods and redirects are not counted
GET /metrics
=> 200
GET /nonexistent
=> 404
PATCH /metrics/job/x
=> 405
OPTIONS /metrics/job/x
=> 200
GET //status
=> 301
GET /metrics
=> 200
| <<((?!pushgateway_http).)*>>

# health and readiness are counted by their handlers
GET /-/healthy
=> 200
GET /-/ready
=> 200
GET /-/ready
=> 200
GET /metrics
=> 200
has # HELP pushgateway_http_requests_total Total HTTP requests processed by the Pushgateway, excluding scrapes.
has # TYPE pushgateway_http_requests_total counter
has pushgateway_http_requests_total{code="200",handler="healthy",method="get"} 1
has pushgateway_http_requests_total{code="200",handler="ready",method="get"} 2
| <<((?!pushgateway_http_push).)*>>

# both paths of the page are counted as one handler
differs: the original's page needs its template where it was installed
GET /status
=> 200
GET /
=> 200
GET /metrics
=> 200
has pushgateway_http_requests_total{code="200",handler="status",method="get"} 2
ref cannot

# each method has its children, in the order of code, handler and method
PUT /metrics/job/x
=> 200
POST /metrics/job/x
=> 200
POST /metrics/job@base64/eA
| m
=> 400
PUT /metrics/job@base64/eA
| m 1 1
=> 400
PUT /metrics/job/x/odd
=> 400
DELETE /metrics/job@base64/eA
=> 202
DELETE /metrics/job/x/odd
=> 400
GET /metrics
=> 200
has pushgateway_http_requests_total{code="200",handler="push",method="post"} 1
has pushgateway_http_requests_total{code="200",handler="push",method="put"} 1
has pushgateway_http_requests_total{code="202",handler="delete",method="delete"} 1
has pushgateway_http_requests_total{code="400",handler="delete",method="delete"} 1
has pushgateway_http_requests_total{code="400",handler="push",method="post"} 1
has pushgateway_http_requests_total{code="400",handler="push",method="put"} 2
has # HELP pushgateway_http_push_duration_seconds HTTP request duration for pushes to the Pushgateway.
has # TYPE pushgateway_http_push_duration_seconds summary
has pushgateway_http_push_duration_seconds{method="post",quantile="0.1"} <<[0-9.e-]+>>
has pushgateway_http_push_duration_seconds{method="post",quantile="0.5"} <<[0-9.e-]+>>
has pushgateway_http_push_duration_seconds{method="post",quantile="0.9"} <<[0-9.e-]+>>
has pushgateway_http_push_duration_seconds_sum{method="post"} <<[0-9.e-]+>>
has pushgateway_http_push_duration_seconds_count{method="post"} 2
has pushgateway_http_push_duration_seconds_count{method="put"} 3
has pushgateway_http_push_size_bytes_count{method="post"} 2
has pushgateway_http_push_size_bytes_count{method="put"} 3
| <<((?!\{method="delete").)*>>

# a deletion has neither size nor duration
DELETE /metrics/job/x
=> 202
GET /metrics
=> 200
has pushgateway_http_requests_total{code="202",handler="delete",method="delete"} 1
| <<((?!pushgateway_http_push).)*>>

# the size of a push is target, method, protocol, headers, host and declared length
connect
send
| PUT /metrics/job/x HTTP/1.1
| Host: h
| Content-Length: 4
|
|\ m 1\n
=> 200
GET /metrics
=> 200
has # HELP pushgateway_http_push_size_bytes HTTP request size for pushes to the Pushgateway.
has # TYPE pushgateway_http_push_size_bytes summary
has pushgateway_http_push_size_bytes{method="put",quantile="0.1"} 45
has pushgateway_http_push_size_bytes{method="put",quantile="0.5"} 45
has pushgateway_http_push_size_bytes{method="put",quantile="0.9"} 45
has pushgateway_http_push_size_bytes_sum{method="put"} 45
has pushgateway_http_push_size_bytes_count{method="put"} 1

# of a chunked push neither the coding nor what it carries counts
connect
send
| PUT /metrics/job/x HTTP/1.1
| Host: h
| Transfer-Encoding: chunked
|
| 4
|\ m 1\n
|
| 0
|
=> 200
GET /metrics
=> 200
has pushgateway_http_push_size_bytes_sum{method="put"} 26

# a header that comes twice counts its name once
connect
send
| PUT /metrics/job/x?a=b HTTP/1.1
| Host: h
| X-A: 1
| x-a: 22
| Content-Length: 0
|
=> 200
GET /metrics
=> 200
has pushgateway_http_push_size_bytes_sum{method="put"} 51

# a path that Go would escape anew counts as it would be escaped
connect
send
| PUT /metrics/job/{x}( HTTP/1.1
| Host: h
| Content-Length: 0
|
=> 200
GET /metrics
=> 200
has pushgateway_http_push_size_bytes_sum{method="put"} 50

# quantiles are those of the pushes seen
connect
send
| PUT /metrics/job/x HTTP/1.1
| Host: h
| Content-Length: 0
|
| PUT /metrics/job/x1 HTTP/1.1
| Host: h
| Content-Length: 0
|
| PUT /metrics/job/x12 HTTP/1.1
| Host: h
| Content-Length: 0
|
| PUT /metrics/job/x123 HTTP/1.1
| Host: h
| Content-Length: 0
|
=> 200
=> 200
=> 200
=> 200
GET /metrics
=> 200
has pushgateway_http_push_size_bytes{method="put",quantile="0.1"} 41
has pushgateway_http_push_size_bytes{method="put",quantile="0.5"} 42
has pushgateway_http_push_size_bytes{method="put",quantile="0.9"} 44
has pushgateway_http_push_size_bytes_sum{method="put"} 170
has pushgateway_http_push_size_bytes_count{method="put"} 4

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

# a push of the request counter collides by the lack of a help too
PUT /metrics/job/x
=> 200
PUT /metrics/job/x
| # TYPE pushgateway_http_requests_total counter
| pushgateway_http_requests_total 1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: gathered metric family pushgateway_http_requests_total has help "" but should have "Total HTTP requests processed by the Pushgateway, excluding scrapes."

# a push of the request counter with its help collides by its type
PUT /metrics/job/x
=> 200
PUT /metrics/job/x
| # HELP pushgateway_http_requests_total Total HTTP requests processed by the Pushgateway, excluding scrapes.
| pushgateway_http_requests_total 1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: gathered metric family pushgateway_http_requests_total has type UNTYPED but should have COUNTER

# a push of the request counter with its help and type is one family with it, in order
PUT /metrics/job/x
=> 200
PUT /metrics/job/x
| # HELP pushgateway_http_requests_total Total HTTP requests processed by the Pushgateway, excluding scrapes.
| # TYPE pushgateway_http_requests_total counter
| pushgateway_http_requests_total{code="100"} 1
| pushgateway_http_requests_total{code="300"} 2
| pushgateway_http_requests_total 3
| pushgateway_http_requests_total{a="1",b="2"} 4
=> 200
GET /-/healthy
=> 200
GET /metrics
=> 200
| <<# HELP .*>>
|\ # HELP pushgateway_http_requests_total Total HTTP requests processed by the Pushgateway, excluding scrapes.\n# TYPE pushgateway_http_requests_total counter\npushgateway_http_requests_total{instance="",job="x"} 3\npushgateway_http_requests_total{code="100",instance="",job="x"} 1\npushgateway_http_requests_total{code="200",handler="healthy",method="get"} 1\npushgateway_http_requests_total{code="200",handler="push",method="put"} 2\npushgateway_http_requests_total{code="300",instance="",job="x"} 2\npushgateway_http_requests_total{a="1",b="2",instance="",job="x"} 4\n

# the build information is one family with what was pushed by its name, in order
PUT /metrics/job/x
| # TYPE pushgateway_build_info gauge
| pushgateway_build_info 1
| pushgateway_build_info{a="1",b="2",c="3",d="4",e="5",f="6",g="7"} 2
=> 200
GET /metrics
=> 200
| <<# HELP .*>>
|\ # TYPE pushgateway_build_info gauge\npushgateway_build_info{instance="",job="x"} 1\npushgateway_build_info{branch="<<.+>>"} 1\npushgateway_build_info{a="1",b="2",c="3",d="4",e="5",f="6",g="7",instance="",job="x"} 2\n<<# HELP .*>>

# pushed series stand behind the one of the gateway's own
PUT /metrics/job/x
| # TYPE process_open_fds gauge
| process_open_fds{l="a"} 1
| process_open_fds{l="b"} 2
=> 200
GET /metrics
=> 200
has process_open_fds{instance="",job="x",l="a"} 1
has process_open_fds{instance="",job="x",l="b"} 2
has process_open_fds <<[0-9]+>>

# a name with a suffix collides with the summary of pushes
PUT /metrics/job/x
=> 200
PUT /metrics/job/x
| pushgateway_http_push_size_bytes_count 1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric named "pushgateway_http_push_size_bytes_count" collides with previously collected summary named "pushgateway_http_push_size_bytes"
PUT /metrics/job/x
| pushgateway_http_push_duration_seconds_sum 1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric named "pushgateway_http_push_duration_seconds_sum" collides with previously collected summary named "pushgateway_http_push_duration_seconds"
PUT /metrics/job/x
| pushgateway_http_push_size_bytes_bucket 1
=> 200

# names that are only like the gateway's own collide with nothing
PUT /metrics/job/x
| # TYPE process_open summary
| process_open_sum 1
| process_open_count 1
| # TYPE pushgateway_http_requests histogram
| pushgateway_http_requests_count 1
| process_open_fds_count 1
=> 200

# several faults against the gateway's own metrics are listed
PUT /metrics/job/x
=> 200
PUT /metrics/job/x
| process_open_fds 1
| pushgateway_http_push_size_bytes_sum 1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: 2 error(s) occurred:
| * <<gathered metric family process_open_fds has .*|collected .* summary named "pushgateway_http_push_size_bytes">>
| * <<gathered metric family process_open_fds has .*|collected .* summary named "pushgateway_http_push_size_bytes">>

# the first push of all is already judged by the counter that will count it
differs: there the push is accepted, and from then on every scrape fails with what is said here
PUT /metrics/job/x
| pushgateway_http_requests_total 1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: gathered metric family pushgateway_http_requests_total has help "" but should have "Total HTTP requests processed by the Pushgateway, excluding scrapes."
ref=> 200
GET /metrics
=> 200
has pushgateway_http_requests_total{code="400",handler="push",method="put"} 1
ref=> 500

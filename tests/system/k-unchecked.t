// Without the consistency check a push is answered at once, and what is inconsistent fails the scrape.

# a push is answered 202 at once
start --push.disable-consistency-check
PUT /metrics/job/x
| m 1
=> 202
Content-Length: 0
no Content-Type
empty
GET /metrics
=> 200
has m{instance="",job="x"} 1

# a bad path and a body that cannot be parsed are still 400
start --push.disable-consistency-check
PUT /metrics/job/x/a
| m 1
=> 400
| odd number of components in label string "/a"
PUT /metrics/job/x
| m x
=> 400
| text format parsing error in line 1: expected float as value, got "x"
GET /metrics
=> 200
stored

# a timestamp is dropped silently and leaves the failure time
start --push.disable-consistency-check
PUT /metrics/job/x
| m 1 1700000000000
=> 202
GET /metrics
=> 200
pushed
GET /metrics
=> 200
has push_failure_time_seconds{instance="",job="x"} <<time>>
has push_time_seconds{instance="",job="x"} 0

# a series given twice fails the scrape
start --push.disable-consistency-check
PUT /metrics/job/x
| m 1
| m 2
=> 202
GET /metrics
=> 500
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| An error has occurred while serving metrics:
|
| collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:2}} was collected before with the same name and label values
GET /-/healthy
=> 200
DELETE /metrics/job/x
=> 202
GET /metrics
=> 200
stored

# two types of one family fail the scrape
start --push.disable-consistency-check
PUT /metrics/job/x
| # TYPE m gauge
| m 1
=> 202
PUT /metrics/job/y
| # TYPE m counter
| m 2
=> 202
GET /metrics
=> 500
has collected metric "m" { <<.*>>} is not a <<(GAUGE|COUNTER)>>
PUT /metrics/job/y
| # TYPE m gauge
| m 2
=> 202
GET /metrics
=> 200
has m{instance="",job="y"} 2

# without the check what contradicts the gateway's own metrics fails the scrape
start --push.disable-consistency-check
PUT /metrics/job/x
| process_open_fds 1
=> 202
PUT /metrics/job/y
| pushgateway_http_push_size_bytes_count 3
| # TYPE pushgateway_http_requests_total gauge
| pushgateway_http_requests_total 3
=> 202
GET /metrics
=> 500
| An error has occurred while serving metrics:
|
| 3 error(s) occurred:
| * gathered metric family process_open_fds has type UNTYPED but should have GAUGE
| * collected metric named "pushgateway_http_push_size_bytes_count" collides with previously collected summary named "pushgateway_http_push_size_bytes"
| * gathered metric family pushgateway_http_requests_total has help "" but should have "Total HTTP requests processed by the Pushgateway, excluding scrapes."
DELETE /metrics/job/x
=> 202
DELETE /metrics/job/y
=> 202
GET /metrics
=> 200

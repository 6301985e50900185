// The life of a group: pushed, replaced, added to, deleted.

# PUT replaces the whole group, POST only the families it names
PUT /metrics/job/backup
| a 1
| b 2
=> 200
POST /metrics/job/backup
| b 3
| c 4
=> 200
GET /metrics
=> 200
has a{instance="",job="backup"} 1
has b{instance="",job="backup"} 3
has c{instance="",job="backup"} 4
PUT /metrics/job/backup
| b 5
=> 200
GET /metrics
=> 200
pushed
| # TYPE b untyped
| b{instance="",job="backup"} 5

# a push is answered 200 with an empty body of known length and no content type
PUT /metrics/job/x
| m 1
=> 200
Content-Length: 0
Date: <<date>>
no Content-Type
no Transfer-Encoding
no Server
empty

# a refused push is answered 400 with a sentence in plain text
PUT /metrics/job/x
| m
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
Content-Length: 69
Date: <<date>>
| text format parsing error in line 1: expected float as value, got ""

# a delete is answered 202 with an empty body
DELETE /metrics/job/x
=> 202
Content-Length: 0
Date: <<date>>
no Content-Type
empty

# a scrape is the text format, version 0.0.4
GET /metrics
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
Date: <<date>>

# a scrape of an empty gateway shows no pushed metrics
GET /metrics
=> 200
stored

# the first push of a group creates it with its push times
PUT /metrics/job/x
| m 1
=> 200
GET /metrics
=> 200
stored
| # TYPE m untyped
| m{instance="",job="x"} 1
| # HELP push_failure_time_seconds Last Unix time when changing this group in the Pushgateway failed.
| # TYPE push_failure_time_seconds gauge
| push_failure_time_seconds{instance="",job="x"} 0
| # HELP push_time_seconds Last Unix time when changing this group in the Pushgateway succeeded.
| # TYPE push_time_seconds gauge
| push_time_seconds{instance="",job="x"} <<time>>

# an empty PUT creates a group that has its push times only
PUT /metrics/job/x
=> 200
GET /metrics
=> 200
pushed
GET /metrics
=> 200
has push_time_seconds{instance="",job="x"} <<time>>
has push_failure_time_seconds{instance="",job="x"} 0

# an empty PUT removes all metrics of the group and leaves the group
PUT /metrics/job/x
| m 1
=> 200
PUT /metrics/job/x
=> 200
GET /metrics
=> 200
lacks m{
has push_time_seconds{instance="",job="x"} <<time>>

# an empty POST creates a group too
POST /metrics/job/x
=> 200
GET /metrics
=> 200
has push_time_seconds{instance="",job="x"} <<time>>

# an empty POST leaves all metrics of the group
PUT /metrics/job/x
| m 1
=> 200
POST /metrics/job/x
=> 200
GET /metrics
=> 200
has m{instance="",job="x"} 1

# POST creates a group
POST /metrics/job/x
| m 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1

# POST replaces a family as a whole and merges no series
POST /metrics/job/x
| m{a="1"} 1
| m{a="2"} 2
=> 200
POST /metrics/job/x
| m{a="3"} 3
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{a="3",instance="",job="x"} 3

# POST may change the type and the help of a family
POST /metrics/job/x
| # HELP m first
| # TYPE m gauge
| m 1
=> 200
POST /metrics/job/x
| # HELP m second
| # TYPE m counter
| m 2
=> 200
GET /metrics
=> 200
pushed
| # HELP m second
| # TYPE m counter
| m{instance="",job="x"} 2

# the same push twice is the same state
PUT /metrics/job/x
| m 1
=> 200
PUT /metrics/job/x
| m 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1

# groups do not touch each other
PUT /metrics/job/x
| m 1
=> 200
PUT /metrics/job/y
| m 2
=> 200
PUT /metrics/job/x/a/b
| m 3
=> 200
PUT /metrics/job/x
| n 4
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="y"} 2
| m{a="b",instance="",job="x"} 3
| # TYPE n untyped
| n{instance="",job="x"} 4

# DELETE removes the whole group, its push times too
PUT /metrics/job/x
| m 1
=> 200
DELETE /metrics/job/x
=> 202
GET /metrics
=> 200
stored

# DELETE removes the one group with exactly these labels
PUT /metrics/job/x
| m 1
=> 200
PUT /metrics/job/x/a/b
| m 2
=> 200
DELETE /metrics/job/x
=> 202
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{a="b",instance="",job="x"} 2

# DELETE of a group that does not exist changes nothing
PUT /metrics/job/x
| m 1
=> 200
DELETE /metrics/job/y
=> 202
DELETE /metrics/job/x/instance/i
=> 202
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1

# DELETE ignores a body
PUT /metrics/job/x
| m 1
=> 200
DELETE /metrics/job/x
| this is no metric
=> 202
GET /metrics
=> 200
stored

# a deleted group can be pushed again with other types
PUT /metrics/job/x
| # TYPE m gauge
| m 1
=> 200
DELETE /metrics/job/x
=> 202
PUT /metrics/job/x
| # TYPE m counter
| m 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE m counter
| m{instance="",job="x"} 2

# a push sets every grouping label and an empty instance
PUT /metrics/job/x/dc/eu
| m{a="1"} 1
=> 200
GET /metrics
=> 200
has m{a="1",dc="eu",instance="",job="x"} 1
has push_time_seconds{dc="eu",instance="",job="x"} <<time>>
has push_failure_time_seconds{dc="eu",instance="",job="x"} 0

# a grouping label overwrites a label of the body
PUT /metrics/job/x/a/path
| m{a="body",job="body"} 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{a="path",instance="",job="x"} 1

# an instance of the body survives when the path names none
PUT /metrics/job/x
| m{instance="body"} 1
| n 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="body",job="x"} 1
| # TYPE n untyped
| n{instance="",job="x"} 2

# an instance of the path overwrites one of the body
PUT /metrics/job/x/instance/path
| m{instance="body"} 1
=> 200
GET /metrics
=> 200
has m{instance="path",job="x"} 1
has push_time_seconds{instance="path",job="x"} <<time>>

# a pushed push_time_seconds is discarded
PUT /metrics/job/x
| # TYPE push_time_seconds counter
| push_time_seconds 1
| m 1
=> 200
GET /metrics
=> 200
stored
| # TYPE m untyped
| m{instance="",job="x"} 1
| # HELP push_failure_time_seconds Last Unix time when changing this group in the Pushgateway failed.
| # TYPE push_failure_time_seconds gauge
| push_failure_time_seconds{instance="",job="x"} 0
| # HELP push_time_seconds Last Unix time when changing this group in the Pushgateway succeeded.
| # TYPE push_time_seconds gauge
| push_time_seconds{instance="",job="x"} <<time>>

# a pushed push_failure_time_seconds is discarded when the group is new
PUT /metrics/job/x
| push_failure_time_seconds 7
=> 200
GET /metrics
=> 200
has # TYPE push_failure_time_seconds gauge
has push_failure_time_seconds{instance="",job="x"} 0

# a pushed push_failure_time_seconds is discarded when the group exists
differs: the failure time is the gateway's own, never the client's
PUT /metrics/job/x
=> 200
PUT /metrics/job/x
| push_failure_time_seconds 7
=> 200
GET /metrics
=> 200
has # TYPE push_failure_time_seconds gauge
has push_failure_time_seconds{instance="",job="x"} 0
ref=> 200
has # TYPE push_failure_time_seconds untyped
has push_failure_time_seconds{instance="",job="x"} 7

# a body that cannot be parsed changes nothing and sets no failure time
PUT /metrics/job/x
| m 1
=> 200
PUT /metrics/job/x
| m 2
| n x
=> 400
GET /metrics
=> 200
has m{instance="",job="x"} 1
has push_failure_time_seconds{instance="",job="x"} 0

# a body that cannot be parsed creates no group
PUT /metrics/job/x
| m x
=> 400
GET /metrics
=> 200
stored

# a timestamp is rejected
PUT /metrics/job/x
| m 1 1700000000000
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps

# a timestamp on one sample of many rejects the push
PUT /metrics/job/x
| a 1
| b 2 0
| c 3
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps
GET /metrics
=> 200
pushed

# a negative and a signed timestamp are timestamps
PUT /metrics/job/x
| m 1 -1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps
PUT /metrics/job/x
| m 1 +1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps
PUT /metrics/job/x
|\ m 1 \t 9223372036854775807\n
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps

# a rejected push sets the failure time and leaves the metrics
PUT /metrics/job/x
| m 1
=> 200
PUT /metrics/job/x
| m 2 1700000000000
=> 400
GET /metrics
=> 200
has m{instance="",job="x"} 1
has push_time_seconds{instance="",job="x"} <<time>>
has push_failure_time_seconds{instance="",job="x"} <<time>>

# a rejected push of a new group creates it with push time zero
PUT /metrics/job/x
| m 1 1700000000000
=> 400
GET /metrics
=> 200
stored
| # HELP push_failure_time_seconds Last Unix time when changing this group in the Pushgateway failed.
| # TYPE push_failure_time_seconds gauge
| push_failure_time_seconds{instance="",job="x"} <<time>>
| # HELP push_time_seconds Last Unix time when changing this group in the Pushgateway succeeded.
| # TYPE push_time_seconds gauge
| push_time_seconds{instance="",job="x"} 0

# a push that succeeds keeps the failure time
PUT /metrics/job/x
| m 1 1700000000000
=> 400
PUT /metrics/job/x
| m 1
=> 200
GET /metrics
=> 200
has m{instance="",job="x"} 1
has push_time_seconds{instance="",job="x"} <<time>>
has push_failure_time_seconds{instance="",job="x"} <<time>>

# DELETE removes a group that has failures only
PUT /metrics/job/x
| m 1 1700000000000
=> 400
DELETE /metrics/job/x
=> 202
GET /metrics
=> 200
stored

# the content type of a text push does not matter
PUT /metrics/job/x
> Content-Type: application/json
| m 1
=> 200
PUT /metrics/job/x
> Content-Type: ;;; what
| m 2
=> 200
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0
| m 3
=> 200
PUT /metrics/job/x
> Content-Type: application/x-www-form-urlencoded
| m 4
=> 200
GET /metrics
=> 200
has m{instance="",job="x"} 4

# healthy and ready answer OK
GET /-/healthy
=> 200
Content-Type: text/plain; charset=utf-8
Content-Length: 2
Date: <<date>>
no X-Content-Type-Options
|\ OK
GET /-/ready
=> 200
Content-Type: text/plain; charset=utf-8
Content-Length: 2
|\ OK

# a query does not change what a path means
GET /-/healthy?x=1&y
=> 200
PUT /metrics/job/x?replace=no
| m 1
=> 200
GET /metrics?format=json
=> 200
has m{instance="",job="x"} 1

# an unknown path is 404
GET /nosuch
=> 404
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
Content-Length: 19
| 404 page not found

# the sample bodies are accepted and shown
PUT /metrics/job/batch
body simple.txt
=> 200
PUT /metrics/job/etl/instance/host-1
body histogram_summary.txt
=> 200
PUT /metrics/job/etl/instance/host-2/dc/
body special_values.txt
=> 200
PUT /metrics/job@base64/d2l0aC9zbGFzaA/path@base64/L3Zhci90bXA
body float_histogram.txt
=> 200
GET /metrics
=> 200
pushed
| # HELP another_metric Just an example with \\ backslash and \n newline.
| # TYPE another_metric gauge
| another_metric{instance="",job="batch"} 2398.283
| # TYPE fh histogram
| fh_bucket{instance="",job="with/slash",path="/var/tmp",le="0.5"} 1.5
| fh_bucket{instance="",job="with/slash",path="/var/tmp",le="+Inf"} 3.25
| fh_sum{instance="",job="with/slash",path="/var/tmp"} 2
| fh_count{instance="",job="with/slash",path="/var/tmp"} 3.25
| # HELP job_duration_seconds Duration of the batch job steps.
| # TYPE job_duration_seconds histogram
| job_duration_seconds_bucket{instance="host-1",job="etl",step="load",le="0.1"} 1
| job_duration_seconds_bucket{instance="host-1",job="etl",step="load",le="1"} 3
| job_duration_seconds_bucket{instance="host-1",job="etl",step="load",le="+Inf"} 4
| job_duration_seconds_sum{instance="host-1",job="etl",step="load"} 5.25
| job_duration_seconds_count{instance="host-1",job="etl",step="load"} 4
| job_duration_seconds_bucket{instance="host-1",job="etl",step="save",le="0.1"} 0
| job_duration_seconds_bucket{instance="host-1",job="etl",step="save",le="1"} 2
| job_duration_seconds_bucket{instance="host-1",job="etl",step="save",le="+Inf"} 2
| job_duration_seconds_sum{instance="host-1",job="etl",step="save"} 1.5
| job_duration_seconds_count{instance="host-1",job="etl",step="save"} 2
| # HELP rpc_latency_seconds RPC latencies.
| # TYPE rpc_latency_seconds summary
| rpc_latency_seconds{instance="host-1",job="etl",quantile="0.5"} 0.012
| rpc_latency_seconds{instance="host-1",job="etl",quantile="0.9"} 0.034
| rpc_latency_seconds{instance="host-1",job="etl",quantile="0.99"} NaN
| rpc_latency_seconds_sum{instance="host-1",job="etl"} 17.5
| rpc_latency_seconds_count{instance="host-1",job="etl"} 1027
| # HELP some_metric Just an example of a labelled counter.
| # TYPE some_metric counter
| some_metric{instance="",job="batch",label="val1"} 42
| # TYPE untyped_metric untyped
| untyped_metric{a="1",instance="",job="batch",z="9"} 1e-09
| # TYPE v untyped
| v{dc="",instance="host-2",job="etl",n="big"} 1.23456789e+08
| v{dc="",instance="host-2",job="etl",n="inf"} +Inf
| v{dc="",instance="host-2",job="etl",n="nan"} NaN
| v{dc="",instance="host-2",job="etl",n="negzero"} 0
| v{dc="",instance="host-2",job="etl",n="ninf"} -Inf
| v{dc="",instance="host-2",job="etl",n="quote\"back\\nl\n"} 1
| v{dc="",instance="host-2",job="etl",n="tiny"} 5e-324
| v{dc="",instance="host-2",job="etl",n="ä€"} 2

# the bad sample bodies are refused
PUT /metrics/job/x
body bad_crlf.txt
=> 400
| text format parsing error in line 1: expected float as value, got "1\r"
PUT /metrics/job/x
body bad_no_final_newline.txt
=> 400
| text format parsing error in line 1: unexpected end of input stream
PUT /metrics/job/x
body bad_timestamp.txt
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps
PUT /metrics/job/x
body bad_duplicate.txt
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"a"  value:"1"}  label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:2}} was collected before with the same name and label values

# a push whose client does not wait for the answer is stored
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 4
|
|\ m 1\n
close
wait 0.2
GET /metrics
=> 200
has m{instance="",job="x"} 1

# the requests of one client are applied in their order
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 8
|
|\ a 1\nb 1\n
| POST /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 4
|
|\ b 2\n
| DELETE /metrics/job/x HTTP/1.1
| Host: x
|
| POST /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 4
|
|\ c 3\n
| GET /metrics HTTP/1.1
| Host: x
|
=> 200
=> 200
=> 202
=> 200
=> 200
pushed
| # TYPE c untyped
| c{instance="",job="x"} 3

# a scrape sees a push that was answered, whoever pushed
sh
$ for i in 1 2 3 4 5 6 7 8 9 10; do
$   echo "m $i" | curl -s --data-binary @- http://$GATEWAY9091/metrics/job/x
$   curl -s http://$GATEWAY9091/metrics | grep '^m{'
$ done
| m{instance="",job="x"} 1
| m{instance="",job="x"} 2
| m{instance="",job="x"} 3
| m{instance="",job="x"} 4
| m{instance="",job="x"} 5
| m{instance="",job="x"} 6
| m{instance="",job="x"} 7
| m{instance="",job="x"} 8
| m{instance="",job="x"} 9
| m{instance="",job="x"} 10

# the push time is the time of the push
sh
$ before=$(date +%s)
$ curl -s -X PUT http://$GATEWAY9091/metrics/job/x
$ after=$(date +%s)
$ curl -s http://$GATEWAY9091/metrics | awk -v a="$before" -v b="$after" '/^push_time_seconds/ { print ($2 >= a && $2 <= b + 1) ? "in time" : $0 }'
| in time

# a body of a megabyte is a body
sh
$ seq -f 'm{s="%06g"} 1' 1 60000 >body
$ curl -s -w '%{http_code}\n' -X PUT --data-binary @body http://$GATEWAY9091/metrics/job/x
$ curl -s http://$GATEWAY9091/metrics | grep -c '^m{'
| 200
| 60000

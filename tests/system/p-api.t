// The JSON API that the original has.

# the status is build, flags and start time, readable from any origin
GET /api/v1/status
=> 200
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, Origin
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Allow-Origin: *
Access-Control-Expose-Headers: Date
Cache-Control: no-cache, no-store, must-revalidate
Content-Type: application/json
Content-Length: <<[0-9]+>>
no ETag
|\ {"status":"success","data":{"build_information":{"branch":"<<[^"]+>>","buildDate":"<<[^"]+>>","buildUser":"<<[^"]+>>","goVersion":"<<[^"]+>>","revision":"<<[^"]+>>","version":"<<[0-9.]+>>"},"flags":{<<.*>>"log.format":"logfmt",<<.*>>"log.level":"info",<<.*>>},"start_time":"<<stamp>>"}}

# flags are shown as texts, sorted by name, a repeated one joined with a comma, the route prefix as it is in force
start --web.listen-address=127.0.0.1:0 --web.external-url=http://user:secret@h/p --web.enable-admin-api --no-web.enable-lifecycle --persistence.interval=90s
GET /p/api/v1/status
=> 200
|\ {"status":"success","data":{"build_information":{<<[^}]*>>},"flags":{"log.format":"logfmt",<<.*>>"log.level":"info",<<.*>>"persistence.file":"",<<.*>>"persistence.interval":"1m30s",<<.*>>"push.disable-consistency-check":"false",<<.*>>"push.enable-utf8-names":"false",<<.*>>"web.config.file":"",<<.*>>"web.enable-admin-api":"true",<<.*>>"web.enable-lifecycle":"false",<<.*>>"web.external-url":"http://user:secret@h/p",<<.*>>"web.listen-address":"127.0.0.1:<<port>>,127.0.0.1:0",<<.*>>"web.route-prefix":"/p",<<.*>>"web.systemd-socket":"false",<<.*>>"web.telemetry-path":"/metrics"<<.*>>},"start_time":"<<stamp>>"}}
start --web.route-prefix=a/b/
GET /a/b/api/v1/status
=> 200
|\ <<.*>>"web.route-prefix":"/a/b",<<.*>>
start --web.external-url=http://h/p --web.route-prefix=/
GET /api/v1/status
=> 200
|\ <<.*>>"web.route-prefix":"",<<.*>>

# without groups the metrics are an empty list
GET /api/v1/metrics
=> 200
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, Origin
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Allow-Origin: *
Access-Control-Expose-Headers: Date
Cache-Control: no-cache, no-store, must-revalidate
Content-Type: application/json
Content-Length: 30
|\ {"status":"success","data":[]}

# a group is one object of its labels, its last push and its families, sorted by name
PUT /metrics/job/x/b/2/a/1
| # HELP z Last.
| # TYPE z counter
| z{k="v"} 1
| a 2
=> 200
GET /api/v1/metrics
=> 200
|\ {"status":"success","data":[{"a":{"time_stamp":"<<stamp>>","type":"UNTYPED","metrics":[{"labels":{"a":"1","b":"2","instance":"","job":"x"},"value":"2"}]},"labels":{"a":"1","b":"2","job":"x"},"last_push_successful":true,"push_failure_time_seconds":{"time_stamp":"<<stamp>>","type":"GAUGE","help":"Last Unix time when changing this group in the Pushgateway failed.","metrics":[{"labels":{"a":"1","b":"2","instance":"","job":"x"},"value":"0"}]},"push_time_seconds":{"time_stamp":"<<stamp>>","type":"GAUGE","help":"Last Unix time when changing this group in the Pushgateway succeeded.","metrics":[{"labels":{"a":"1","b":"2","instance":"","job":"x"},"value":"<<time>>"}]},"z":{"time_stamp":"<<stamp>>","type":"COUNTER","help":"Last.","metrics":[{"labels":{"a":"1","b":"2","instance":"","job":"x","k":"v"},"value":"1"}]}}]}

# a body of more than 2048 bytes is chunked
PUT /metrics/job/x
|\ # HELP a \{2048*h}\na 1\n
=> 200
GET /api/v1/metrics
=> 200
Transfer-Encoding: chunked
no Content-Length

# series stand in the order in which they were pushed
PUT /metrics/job/x
| m{k="b"} 1
| m{k="a",l="1"} 2
| m{k="a"} 3
| m 4
=> 200
GET /api/v1/metrics
=> 200
|\ <<.*>>"m":{"time_stamp":"<<stamp>>","type":"UNTYPED","metrics":[{"labels":{"instance":"","job":"x","k":"b"},"value":"1"},{"labels":{"instance":"","job":"x","k":"a","l":"1"},"value":"2"},{"labels":{"instance":"","job":"x","k":"a"},"value":"3"},{"labels":{"instance":"","job":"x"},"value":"4"}]}<<.*>>

# numbers are texts
PUT /metrics/job/x
| m{n="a"} NaN
| m{n="b"} +Inf
| m{n="c"} -Inf
| m{n="d"} -0
| m{n="e"} 999999.5
| m{n="f"} 1000000
| m{n="g"} 0.0001
| m{n="h"} 0.00009
| m{n="i"} 5e-324
=> 200
GET /api/v1/metrics
=> 200
|\ <<.*>>"value":"NaN"<<[^v]*>>"value":"+Inf"<<[^v]*>>"value":"-Inf"<<[^v]*>>"value":"-0"<<[^v]*>>"value":"999999.5"<<[^v]*>>"value":"1e+06"<<[^v]*>>"value":"0.0001"<<[^v]*>>"value":"9e-05"<<[^v]*>>"value":"5e-324"<<.*>>

# a summary has its quantiles sorted as texts, of equal ones the last
PUT /metrics/job/x
| # TYPE s summary
| s{quantile="0.9"} 3
| s{quantile="0.5"} 1
| s{quantile="10"} 4
| s{quantile="2"} 5
| s_sum 6
| s_count 7
=> 200
GET /api/v1/metrics
=> 200
|\ <<.*>>"s":{"time_stamp":"<<stamp>>","type":"SUMMARY","metrics":[{"count":"7","labels":{"instance":"","job":"x"},"quantiles":{"0.5":"1","0.9":"3","10":"4","2":"5"},"sum":"6"}]}<<.*>>

# a histogram has the buckets that were pushed, sorted as texts
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{le="10"} 3
| h_bucket{le="2"} 2
| h_bucket{le="+Inf"} 4
| h_sum 5
| h_count 6
| h_bucket{k="float",le="0.5"} 1.5
| h_count{k="float"} 2.5
=> 200
GET /api/v1/metrics
=> 200
|\ <<.*>>"h":{"time_stamp":"<<stamp>>","type":"HISTOGRAM","metrics":[{"buckets":{"+Inf":"4","10":"3","2":"2"},"count":"6","labels":{"instance":"","job":"x"},"sum":"5"},{"buckets":{"0.5":"1.5"},"count":"2.5","labels":{"instance":"","job":"x","k":"float"},"sum":"0"}]}<<.*>>

# a summary without anything has empty quantiles
PUT /metrics/job/x
| # TYPE s summary
| s_count 0
=> 200
GET /api/v1/metrics
=> 200
|\ <<.*>>"metrics":[{"count":"0","labels":{"instance":"","job":"x"},"quantiles":{},"sum":"0"}]<<.*>>

# native histograms are arrays of buckets, with bounds to the last bit
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
body native.pb
=> 200
GET /api/v1/metrics
=> 200
|\ <<.*>>"buckets":[[1,"-4","-2.82842712474619","1"],[1,"-2.82842712474619","-2","1"],[1,"-1.414213562373095","-1","2"],[1,"-1","-0.7071067811865475","1"],[3,"-1e-128","1e-128","2"],[0,"0.7071067811865475","1","1"],[0,"1","1.414213562373095","2"],[0,"2","2.82842712474619","1"],[0,"2.82842712474619","4","1"]],"count":"12",<<.*>>

# texts are escaped as for a page
PUT /metrics/job/x
|\ # HELP m a\x08\x0c\x01\x7f<>&\xe2\x80\xa8\xe2\x80\xa9\xff\xc3\xa9\nm{a="\x08\x0c\t\r\x01<>&\xc3\xa9\\"\\\\\\n"} 1\n
=> 200
GET /api/v1/metrics
=> 200
|\ <<.*>>"help":"a\\b\\f\\u0001\x7f\\u003c\\u003e\\u0026\\u2028\\u2029\\ufffd\xc3\xa9","metrics":[{"labels":{"a":"\\b\\f\\t\\r\\u0001\\u003c\\u003e\\u0026\xc3\xa9\\"\\\\\\n"<<.*>>

# a family named like one of the two keys takes its place
PUT /metrics/job/x
| labels 1
| last_push_successful 2
=> 200
GET /api/v1/metrics
=> 200
|\ {"status":"success","data":[{"labels":{"time_stamp":"<<stamp>>","type":"UNTYPED","metrics":[{"labels":{"instance":"","job":"x"},"value":"1"}]},"last_push_successful":{"time_stamp":"<<stamp>>","type":"UNTYPED","metrics":[{"labels":{"instance":"","job":"x"},"value":"2"}]},"push_failure_time_seconds":<<.*>>

# an empty help is left out
PUT /metrics/job/x
| # HELP m
| # TYPE m gauge
| m 1
=> 200
GET /api/v1/metrics
=> 200
|\ <<.*>>"m":{"time_stamp":"<<stamp>>","type":"GAUGE","metrics":[{<<.*>>

# after a push that failed the last push was not successful
PUT /metrics/job/x
| m 1
=> 200
PUT /metrics/job/x
| m 1 1
=> 400
GET /api/v1/metrics
=> 200
|\ <<.*>>"labels":{"job":"x"},"last_push_successful":false,<<.*>>
PUT /metrics/job/x
| m 1
=> 200
GET /api/v1/metrics
=> 200
|\ <<.*>>"labels":{"job":"x"},"last_push_successful":true,<<.*>>

# a family keeps the time of the push that brought it
PUT /metrics/job/x
| a 1
| b 1
=> 200
POST /metrics/job/x
| b 2
=> 200
sh
$ curl -s $GATEWAY9091/api/v1/metrics | python3 -c 'import json,sys; g=json.load(sys.stdin)["data"][0]; t={n: g[n]["time_stamp"] for n in ("a","b","push_time_seconds","push_failure_time_seconds")}; print(t["a"]==t["push_failure_time_seconds"], t["b"]==t["push_time_seconds"], t["a"]<t["b"])'
| True True True

# names in UTF-8 are shown as they are
start --push.enable-utf8-names
PUT /metrics/job/x/U__my_2e_label/v
| {"my.metric"} 1
=> 200
GET /api/v1/metrics
=> 200
|\ <<.*>>"labels":{"job":"x","my.label":"v"},<<.*>>"my.metric":{"time_stamp":"<<stamp>>","type":"UNTYPED","metrics":[{"labels":{"instance":"","job":"x","my.label":"v"},"value":"1"}]}<<.*>>

# a preflight of any path of the API is allowed
OPTIONS /api/v1/nonexistent
=> 200
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, Origin
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Allow-Origin: *
Access-Control-Expose-Headers: Date
Cache-Control: no-cache, no-store, must-revalidate
Content-Length: 0
no Allow
no Content-Type
empty

# a redirect of the API loses what stands before its paths
GET /api/v1/status/
=> 301
Location: /status
no Access-Control-Allow-Origin
GET /api/v1/metrics/
=> 301
Location: /metrics
GET /api/v1/Status
=> 301
Location: /status

# an unknown path and another method are answered in plain text, for this origin alone
GET /api/v1/nope
=> 404
Content-Type: text/plain; charset=utf-8
no Access-Control-Allow-Origin
| 404 page not found
POST /api/v1/status
=> 405
Allow: GET, OPTIONS
no Access-Control-Allow-Origin
| Method Not Allowed
HEAD /api/v1/metrics
=> 405

# the handlers of the API are counted by their names
GET /api/v1/status
=> 200
GET /api/v1/metrics
=> 200
OPTIONS /api/v1/metrics
=> 200
GET /api/v1/nope
=> 404
GET /metrics
=> 200
has pushgateway_http_requests_total{code="200",handler="api/v1/metrics",method="get"} 1
has pushgateway_http_requests_total{code="200",handler="api/v1/options",method="options"} 1
has pushgateway_http_requests_total{code="200",handler="api/v1/status",method="get"} 1

# a family without metrics has none
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x05\x0a\x01e\x18\x01
=> 200
GET /api/v1/metrics
=> 200
|\ {"status":"success","data":[{"e":{"time_stamp":"<<stamp>>","type":"GAUGE","metrics":[]},"labels":{"job":"x"},"last_push_successful":true,<<.*>>

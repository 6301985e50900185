// OpenMetrics 1.0, in and out, with --web.enable-openmetrics and --push.enable-openmetrics. Without
// these flags nothing is different: i-accept.t, and the tests here that have none.

# without the flag a scrape that asks for OpenMetrics gets text
GET /metrics
> Accept: application/openmetrics-text;version=1.0.0;escaping=dots
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=dots
lacks EOF

# without the flag a push of OpenMetrics is text: its counter is another family, its end a comment
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
| # TYPE c counter
| c_total 1
| # EOF
=> 200
GET /metrics
=> 200
pushed
| # TYPE c_total untyped
| c_total{instance="",job="x"} 1

# without the flag an info is an unknown type
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
| # TYPE b info
| b_info 1
| # EOF
=> 400
| text format parsing error in line 1: unknown metric type "info"

# the flag of scrapes does not read pushes
start --web.enable-openmetrics
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
| # TYPE b info
| b_info 1
| # EOF
=> 400
differs: a flag of our own
| text format parsing error in line 1: unknown metric type "info"
ref cannot

# the flag of pushes does not change scrapes
start --push.enable-openmetrics
GET /metrics
> Accept: application/openmetrics-text;version=1.0.0
=> 200
differs: a flag of our own
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
ref cannot

# what Accept makes of a scrape
start --web.enable-openmetrics
GET /metrics
> Accept: application/openmetrics-text;version=1.0.0
=> 200
differs: a flag of our own
Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores
GET /metrics
> Accept: application/openmetrics-text;version=0.0.1
=> 200
Content-Type: application/openmetrics-text; version=0.0.1; charset=utf-8; escaping=underscores
GET /metrics
> Accept: application/openmetrics-text
=> 200
Content-Type: application/openmetrics-text; version=0.0.1; charset=utf-8; escaping=underscores
GET /metrics
> Accept: application/openmetrics-text;version=1.0.0;escaping=allow-utf-8
=> 200
Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8
GET /metrics
> Accept: application/openmetrics-text;version=1.0.0;escaping=dots
=> 200
Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=dots
GET /metrics
> Accept: application/openmetrics-text;version=1.0.0;escaping=values
=> 200
Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=values
GET /metrics
> Accept: application/openmetrics-text;version=2.0.0
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
GET /metrics
> Accept: */*
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
GET /metrics
> Accept: text/plain, application/openmetrics-text;version=1.0.0
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
GET /metrics
> Accept: application/openmetrics-text;version=1.0.0;q=0.5, text/plain;q=0.6
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
GET /metrics
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
ref cannot

# what Prometheus asks for; the gateway's own counters and summaries know when they were created
start --web.enable-openmetrics
PUT /metrics/job/x
=> 200
differs: a flag of our own
GET /metrics
> Accept: application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1
=> 200
Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8
has # TYPE process_cpu_seconds counter
has # TYPE pushgateway_build_info gauge
has # TYPE pushgateway_http_requests counter
has <<pushgateway_http_requests_created.code="200",handler="push",method="put". \d+\.\d+>>
has <<pushgateway_http_push_size_bytes_created.method="put". \d+\.\d+>>
has # EOF
ref cannot

# an empty gateway ends with # EOF as well, compressed or not
start --web.enable-openmetrics
sh
$ curl -s -H 'Accept: application/openmetrics-text' http://$GATEWAY9091/metrics | tail -n 1
$ curl -s -H 'Accept: application/openmetrics-text' -H 'Accept-Encoding: gzip' http://$GATEWAY9091/metrics | gunzip | tail -n 1
| # EOF
| # EOF
differs: a flag of our own
ref cannot

# text pushes: the names of the series stay, numbers are floats, counts are not
start --web.enable-openmetrics
PUT /metrics/job/x
| # HELP c_total A "counter".
| # TYPE c_total counter
| c_total 3
| # TYPE d counter
| d 3
| # TYPE g gauge
| g{a="\n"} 1e9
| # TYPE h histogram
| h_bucket{le="0.5"} 1
| h_bucket{le="+Inf"} 2
| h_sum 3
| h_count 2
| # TYPE gh gaugehistogram
| gh_bucket{le="+Inf"} 2
| gh_sum 3
| gh_count 2
| # TYPE s summary
| s{quantile="1"} 2
| s_sum 3
| s_count 2
| u NaN
=> 200
differs: a flag of our own
GET /metrics
> Accept: application/openmetrics-text;version=1.0.0
=> 200
pushed
| # HELP c A \"counter\".
| # TYPE c counter
| c_total{instance="",job="x"} 3.0
| # TYPE d unknown
| d{instance="",job="x"} 3.0
| # TYPE g gauge
| g{a="\n",instance="",job="x"} 1e+09
| # TYPE gh gaugehistogram
| gh_bucket{instance="",job="x",le="+Inf"} 2
| gh_gsum{instance="",job="x"} 3.0
| gh_gcount{instance="",job="x"} 2
| # TYPE h histogram
| h_bucket{instance="",job="x",le="0.5"} 1
| h_bucket{instance="",job="x",le="+Inf"} 2
| h_sum{instance="",job="x"} 3.0
| h_count{instance="",job="x"} 2
| # TYPE s summary
| s{instance="",job="x",quantile="1.0"} 2.0
| s_sum{instance="",job="x"} 3.0
| s_count{instance="",job="x"} 2
| # TYPE u unknown
| u{instance="",job="x"} NaN
| # EOF
ref cannot

# every type in and out, with exemplars and times of creation
start --web.enable-openmetrics --push.enable-openmetrics
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
| # TYPE c_seconds counter
| # UNIT c_seconds seconds
| # HELP c_seconds Time spent.
| c_seconds_total 17.5 # {trace_id="abc"} 0.25 1700000000.123
| c_seconds_created 1700000000
| # TYPE g gauge
| g{a="b"} -1
| # TYPE h histogram
| h_bucket{le="1.0"} 1
| h_bucket{le="+Inf"} 3 # {trace_id="def"} 2
| h_count 3
| h_sum 5.5
| h_created 1.5
| # TYPE gh gaugehistogram
| gh_bucket{le="+Inf"} 3
| gh_gcount 3
| gh_gsum 5.5
| # TYPE s summary
| s{quantile="0.5"} 2
| s_count 3
| s_sum 5.5
| s_created 2
| # TYPE b info
| b_info{version="1.2"} 1
| # TYPE st stateset
| st{st="on"} 1
| st{st="off"} 0
| # TYPE u unknown
| u 4
| # EOF
=> 200
differs: a flag of our own
GET /metrics
=> 200
pushed
| # TYPE b_info gauge
| b_info{instance="",job="x",version="1.2"} 1
| # HELP c_seconds_total Time spent.
| # TYPE c_seconds_total counter
| c_seconds_total{instance="",job="x"} 17.5
| # TYPE g gauge
| g{a="b",instance="",job="x"} -1
| # TYPE gh histogram
| gh_bucket{instance="",job="x",le="+Inf"} 3
| gh_sum{instance="",job="x"} 5.5
| gh_count{instance="",job="x"} 3
| # TYPE h histogram
| h_bucket{instance="",job="x",le="1"} 1
| h_bucket{instance="",job="x",le="+Inf"} 3
| h_sum{instance="",job="x"} 5.5
| h_count{instance="",job="x"} 3
| # TYPE s summary
| s{instance="",job="x",quantile="0.5"} 2
| s_sum{instance="",job="x"} 5.5
| s_count{instance="",job="x"} 3
| # TYPE st gauge
| st{instance="",job="x",st="off"} 0
| st{instance="",job="x",st="on"} 1
| # TYPE u untyped
| u{instance="",job="x"} 4
GET /metrics
> Accept: application/openmetrics-text;version=1.0.0
=> 200
pushed
| # TYPE b_info gauge
| b_info{instance="",job="x",version="1.2"} 1.0
| # HELP c_seconds Time spent.
| # TYPE c_seconds counter
| # UNIT c_seconds seconds
| c_seconds_total{instance="",job="x"} 17.5 # {trace_id="abc"} 0.25 1700000000.123
| c_seconds_created{instance="",job="x"} 1700000000.0
| # TYPE g gauge
| g{a="b",instance="",job="x"} -1.0
| # TYPE gh gaugehistogram
| gh_bucket{instance="",job="x",le="+Inf"} 3
| gh_gsum{instance="",job="x"} 5.5
| gh_gcount{instance="",job="x"} 3
| # TYPE h histogram
| h_bucket{instance="",job="x",le="1.0"} 1
| h_bucket{instance="",job="x",le="+Inf"} 3 # {trace_id="def"} 2.0
| h_sum{instance="",job="x"} 5.5
| h_count{instance="",job="x"} 3
| h_created{instance="",job="x"} 1.5
| # TYPE s summary
| s{instance="",job="x",quantile="0.5"} 2.0
| s_sum{instance="",job="x"} 5.5
| s_count{instance="",job="x"} 3
| s_created{instance="",job="x"} 2.0
| # TYPE st gauge
| st{instance="",job="x",st="off"} 0.0
| st{instance="",job="x",st="on"} 1.0
| # TYPE u unknown
| u{instance="",job="x"} 4.0
| # EOF
ref cannot

# names in UTF-8, in all schemes
start --web.enable-openmetrics --push.enable-openmetrics --push.enable-utf8-names
PUT /metrics/job/x
> Content-Type: application/openmetrics-text
| # TYPE "my.runs" counter
| {"my.runs_total","my.label"="v"} 1 # {"a.b"="c"} 1
| # EOF
=> 200
differs: a flag of our own
GET /metrics
> Accept: application/openmetrics-text;version=1.0.0;escaping=allow-utf-8
=> 200
pushed
| # TYPE "my.runs" counter
| {"my.runs_total",instance="",job="x","my.label"="v"} 1.0 # {"a.b"="c"} 1.0
| # EOF
GET /metrics
> Accept: application/openmetrics-text;version=1.0.0
=> 200
pushed
| # TYPE my_runs counter
| my_runs_total{instance="",job="x",my_label="v"} 1.0 # {a_b="c"} 1.0
| # EOF
GET /metrics
> Accept: application/openmetrics-text;version=1.0.0;escaping=dots
=> 200
pushed
| # TYPE my_dot_runs_ counter
| my_dot_runs__total{instance="",job="x",my_dot_label="v"} 1.0 # {a_dot_b="c"} 1.0
| # EOF
GET /metrics
> Accept: application/openmetrics-text;version=1.0.0;escaping=values
=> 200
pushed
| # TYPE U__my_2e_runs_ counter
| U__my_2e_runs__total{instance="",job="x",U__my_2e_label="v"} 1.0 # {U__a_2e_b="c"} 1.0
| # EOF
ref cannot

# compressed bodies, and other types of body beside it
start --push.enable-openmetrics
sh
$ printf 'c_total 1\n# EOF\n' | gzip | curl -s -w '%{http_code}\n' -H 'Content-Encoding: gzip' -H 'Content-Type: application/openmetrics-text' --data-binary @- http://$GATEWAY9091/metrics/job/a
$ printf 'c_total 1\n' | curl -s -w '%{http_code}\n' -H 'Content-Type: text/plain' --data-binary @- http://$GATEWAY9091/metrics/job/b
$ printf 'c_total 1\n' | curl -s -w '%{http_code}\n' -H 'Content-Type: application/openmetrics-text; version=9' --data-binary @- http://$GATEWAY9091/metrics/job/c
| 200
| 200
| 200
differs: a flag of our own
ref cannot

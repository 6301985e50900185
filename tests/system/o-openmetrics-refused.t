// OpenMetrics bodies that are refused: the sentence and its line, one of each kind. All others are in
// tests/unit/format/test_openmetrics_parse.c.

# a body needs its # EOF
start --push.enable-openmetrics
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
| a 1
=> 400
differs: a flag of our own
| OpenMetrics format parsing error in line 2: no # EOF before the unexpected end of input stream
ref cannot

# nothing comes behind # EOF
start --push.enable-openmetrics
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
| # EOF
| a 1
=> 400
differs: a flag of our own
| OpenMetrics format parsing error in line 2: there is text after # EOF
ref cannot

# comments are no part of the format
start --push.enable-openmetrics
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
| # a comment
| # EOF
=> 400
differs: a flag of our own
| OpenMetrics format parsing error in line 1: expected a HELP, TYPE, UNIT or EOF line, found "# a comment"
ref cannot

# there is one blank between words
start --push.enable-openmetrics
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
| a  1
| # EOF
=> 400
differs: a flag of our own
| OpenMetrics format parsing error in line 1: expected float as value, got ""
ref cannot

# the types are those of OpenMetrics
start --push.enable-openmetrics
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
| # TYPE a untyped
| # EOF
=> 400
differs: a flag of our own
| OpenMetrics format parsing error in line 1: unknown metric type "untyped"
ref cannot

# metadata come first
start --push.enable-openmetrics
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
| a 1
| # TYPE a gauge
| # EOF
=> 400
differs: a flag of our own
| OpenMetrics format parsing error in line 2: metadata after samples of metric name "a"
ref cannot

# a family comes in one piece
start --push.enable-openmetrics
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
| a 1
| b 1
| a{c="d"} 1
| # EOF
=> 400
differs: a flag of our own
| OpenMetrics format parsing error in line 3: more than one metric family has the name "a"
ref cannot

# a metric comes in one piece
start --push.enable-openmetrics
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
| # TYPE s summary
| s_sum{a="1"} 1
| s_sum{a="2"} 1
| s_count{a="1"} 1
| # EOF
=> 400
differs: a flag of our own
| OpenMetrics format parsing error in line 4: the samples of a metric are not together: "s_count"
ref cannot

# a counter's sample has _total
start --push.enable-openmetrics
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
| # TYPE a counter
| a 1
| # EOF
=> 400
differs: a flag of our own
| OpenMetrics format parsing error in line 2: a counter has no sample of its own name: "a"
ref cannot

# a counter does not fall below 0
start --push.enable-openmetrics
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
| # TYPE a counter
| a_total -1
| # EOF
=> 400
differs: a flag of our own
| OpenMetrics format parsing error in line 2: a sample is negative in the counter "a"
ref cannot

# a histogram has a bucket of all
start --push.enable-openmetrics
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
| # TYPE a histogram
| a_bucket{le="1"} 1
| # EOF
=> 400
differs: a flag of our own
| OpenMetrics format parsing error in line 2: there is no bucket of le="+Inf" in the histogram "a"
ref cannot

# a unit ends the name
start --push.enable-openmetrics
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
| # UNIT a seconds
| # EOF
=> 400
differs: a flag of our own
| OpenMetrics format parsing error in line 2: the name does not end in its unit: "a"
ref cannot

# an exemplar stands at a counter or bucket
start --push.enable-openmetrics
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
| a 1 # {} 1
| # EOF
=> 400
differs: a flag of our own
| OpenMetrics format parsing error in line 1: an exemplar has no place at "a"
ref cannot

# names are legacy ones unless --push.enable-utf8-names
start --push.enable-openmetrics
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
| {"a.b"} 1
| # EOF
=> 400
differs: a flag of our own
| OpenMetrics format parsing error in line 1: invalid metric name "a.b"
ref cannot

# timestamps are refused as everywhere
start --push.enable-openmetrics
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
| a 1 1700000000.5
| # EOF
=> 400
differs: a flag of our own
| pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps
ref cannot

# the limits of a push hold
start --push.enable-openmetrics --push.max-series=1
PUT /metrics/job/x
> Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
| # TYPE c counter
| c_total 1 # {} 1
| # EOF
=> 413
differs: a flag of our own
| the push has more than 1 series (--push.max-series)
ref cannot

# a body whose compression breaks off is refused for that
start --push.enable-openmetrics
sh
$ printf 'a 1\nb 2\n# EOF\n' | gzip | head -c 22 | curl -s -w '%{http_code}\n' -H 'Content-Encoding: gzip' -H 'Content-Type: application/openmetrics-text' --data-binary @- http://$GATEWAY9091/metrics/job/a
| unexpected EOF
| 400
differs: a flag of our own
ref cannot

// How a scrape asks for names beyond ASCII letters, digits and underscores.
shared --push.enable-utf8-names

# a metric name may be any UTF-8 in quotes
PUT /metrics/job/x
| {"my.metric"} 1
| {"größe",a="b"} 2
| "my metric" 3
=> 200
GET /metrics
> Accept: text/plain;version=0.0.4;escaping=allow-utf-8
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=allow-utf-8
pushed
| # TYPE "größe" untyped
| {"größe",a="b",instance="",job="x"} 2
| # TYPE "my metric" untyped
| {"my metric",instance="",job="x"} 3
| # TYPE "my.metric" untyped
| {"my.metric",instance="",job="x"} 1

# without a wish for UTF-8 invalid characters are shown as underscores
PUT /metrics/job/x
| # HELP "my.metric" text
| # TYPE "my.metric" gauge
| {"my.metric","a.b"="c"} 1
=> 200
GET /metrics
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
pushed
| # HELP my_metric text
| # TYPE my_metric gauge
| my_metric{a_b="c",instance="",job="x"} 1

# an unknown escaping is none asked for
PUT /metrics/job/x
| {"my.metric"} 1
=> 200
GET /metrics
> Accept: text/plain;version=0.0.4;escaping=nosuch
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
has my_metric{instance="",job="x"} 1

# dots and values are two more ways to escape
PUT /metrics/job/x
| {"my.metric_x"} 1
| {"1st:ü_z"} 2
=> 200
GET /metrics
> Accept: text/plain;version=0.0.4;escaping=dots
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=dots
has my_dot_metric__x{instance="",job="x"} 1
has __st:____z{instance="",job="x"} 2
GET /metrics
> Accept: text/plain;version=0.0.4;escaping=values
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=values
has U__my_2e_metric__x{instance="",job="x"} 1
has U___31_st:_fc___z{instance="",job="x"} 2
GET /metrics
=> 200
has my_metric_x{instance="",job="x"} 1
has _st:__z{instance="",job="x"} 2

// How a scrape asks for names beyond ASCII letters, digits and underscores, and how it gets them.
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

# a name is escaped character by character
PUT /metrics/job/x
| m{" "="blank","1"="digit","a-b_c"="dash","a1.2"="digits","ab\n"="newline","q\"\\"="quotes","€"="euro","😀."="face"} 1
=> 200
GET /metrics
> Accept: text/plain;escaping=underscores
=> 200
pushed
| # TYPE m untyped
| m{_="blank",_="digit",a_b_c="dash",a1_2="digits",ab_="newline",instance="",job="x",q__="quotes",_="euro",__="face"} 1
GET /metrics
> Accept: text/plain;escaping=dots
=> 200
pushed
| # TYPE m untyped
| m{__="blank",__="digit",a__b__c="dash",a1_dot_2="digits",ab__="newline",instance="",job="x",q____="quotes",__="euro",___dot_="face"} 1
GET /metrics
> Accept: text/plain;escaping=values
=> 200
pushed
| # TYPE m untyped
| m{U___20_="blank",U___31_="digit",U__a_2d_b__c="dash",U__a1_2e_2="digits",U__ab_a_="newline",instance="",job="x",U__q_22__5c_="quotes",U___20ac_="euro",U___1f600__2e_="face"} 1
GET /metrics
> Accept: text/plain;escaping=allow-utf-8
=> 200
pushed
| # TYPE m untyped
| m{" "="blank","1"="digit","a-b_c"="dash","a1.2"="digits","ab\n"="newline",instance="",job="x","q\"\\"="quotes","€"="euro","😀."="face"} 1

# names of letters, digits, underscores and colons are left alone in every way
PUT /metrics/job/x
| # HELP a_b:c_1 x.y
| a_b:c_1{"d:e"="f.g",_h_="i"} 1
=> 200
GET /metrics
> Accept: text/plain;escaping=underscores
=> 200
pushed
| # HELP a_b:c_1 x.y
| # TYPE a_b:c_1 untyped
| a_b:c_1{_h_="i",d:e="f.g",instance="",job="x"} 1
GET /metrics
> Accept: text/plain;escaping=dots
=> 200
has a_b:c_1{_h_="i",d:e="f.g",instance="",job="x"} 1
GET /metrics
> Accept: text/plain;escaping=values
=> 200
has a_b:c_1{_h_="i",d:e="f.g",instance="",job="x"} 1
GET /metrics
> Accept: text/plain;escaping=allow-utf-8
=> 200
has a_b:c_1{_h_="i",d:e="f.g",instance="",job="x"} 1

# HELP and TYPE name what the samples name, and the help's text stays
PUT /metrics/job/x
| # HELP "a.b_c" x.y_z ü \\ \n
| # TYPE "a.b_c" counter
| {"a.b_c"} 1
=> 200
GET /metrics
> Accept: text/plain;escaping=dots
=> 200
pushed
| # HELP a_dot_b__c x.y_z ü \\ \n
| # TYPE a_dot_b__c counter
| a_dot_b__c{instance="",job="x"} 1
GET /metrics
> Accept: text/plain;escaping=values
=> 200
pushed
| # HELP U__a_2e_b__c x.y_z ü \\ \n
| # TYPE U__a_2e_b__c counter
| U__a_2e_b__c{instance="",job="x"} 1

# the suffixes of histograms and summaries stand behind the escaped name, as they are
PUT /metrics/job/x
| # TYPE "h.x" histogram
| {"h.x_bucket",le="1","a.b"="c"} 1
| {"h.x_count","a.b"="c"} 2
| {"h.x_sum","a.b"="c"} 3
| # TYPE "s.x" summary
| {"s.x",quantile="0.5"} 1
| {"s.x_count"} 2
| {"s.x_sum"} 3
=> 200
GET /metrics
> Accept: text/plain;escaping=values
=> 200
pushed
| # TYPE U__h_2e_x histogram
| U__h_2e_x_bucket{U__a_2e_b="c",instance="",job="x",le="1"} 1
| U__h_2e_x_bucket{U__a_2e_b="c",instance="",job="x",le="+Inf"} 2
| U__h_2e_x_sum{U__a_2e_b="c",instance="",job="x"} 3
| U__h_2e_x_count{U__a_2e_b="c",instance="",job="x"} 2
| # TYPE U__s_2e_x summary
| U__s_2e_x{instance="",job="x",quantile="0.5"} 1
| U__s_2e_x_sum{instance="",job="x"} 3
| U__s_2e_x_count{instance="",job="x"} 2
GET /metrics
> Accept: text/plain;escaping=dots
=> 200
pushed
| # TYPE h_dot_x histogram
| h_dot_x_bucket{a_dot_b="c",instance="",job="x",le="1"} 1
| h_dot_x_bucket{a_dot_b="c",instance="",job="x",le="+Inf"} 2
| h_dot_x_sum{a_dot_b="c",instance="",job="x"} 3
| h_dot_x_count{a_dot_b="c",instance="",job="x"} 2
| # TYPE s_dot_x summary
| s_dot_x{instance="",job="x",quantile="0.5"} 1
| s_dot_x_sum{instance="",job="x"} 3
| s_dot_x_count{instance="",job="x"} 2

# families whose escaped names are one are all shown, in the order of their names
PUT /metrics/job/x
| # HELP "a b" first
| # TYPE "a b" gauge
| {"a b"} 1
| # HELP "a.b" second
| # TYPE "a.b" counter
| {"a.b"} 2
| aAb 3
| # HELP a_b last
| a_b 4
=> 200
GET /metrics
=> 200
pushed
| # HELP a_b first
| # TYPE a_b gauge
| a_b{instance="",job="x"} 1
| # HELP a_b second
| # TYPE a_b counter
| a_b{instance="",job="x"} 2
| # TYPE aAb untyped
| aAb{instance="",job="x"} 3
| # HELP a_b last
| # TYPE a_b untyped
| a_b{instance="",job="x"} 4

# labels stay where their unescaped names put them
PUT /metrics/job/x
| m{"b.a"="1","b_"="2",bA="3",z="4","ü"="5"} 1
=> 200
GET /metrics
=> 200
has m{b_a="1",bA="3",b_="2",instance="",job="x",z="4",_="5"} 1
GET /metrics
> Accept: text/plain;escaping=values
=> 200
has m{U__b_2e_a="1",bA="3",b_="2",instance="",job="x",z="4",U___fc_="5"} 1

# series stay where their unescaped labels put them
PUT /metrics/job/x
| m{"b.a"="2","b_"="1"} 1
| m{"b.a"="1","b_"="2"} 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{b_a="1",b_="2",instance="",job="x"} 2
| m{b_a="2",b_="1",instance="",job="x"} 1

# the labels of a group are escaped, also those of its push times
PUT /metrics/job/x/a.b_c/d
| m 1
=> 200
GET /metrics
=> 200
has m{a_b_c="d",instance="",job="x"} 1
has push_time_seconds{a_b_c="d",instance="",job="x"} <<time>>
GET /metrics
> Accept: text/plain;escaping=dots
=> 200
has m{a_dot_b__c="d",instance="",job="x"} 1
has push_time_seconds{a_dot_b__c="d",instance="",job="x"} <<time>>
GET /metrics
> Accept: text/plain;escaping=values
=> 200
has m{U__a_2e_b__c="d",instance="",job="x"} 1
GET /metrics
> Accept: text/plain;escaping=allow-utf-8
=> 200
has push_time_seconds{"a.b_c"="d",instance="",job="x"} <<time>>
DELETE /metrics/job/x/a.b_c/d
=> 202

# one scrape after another, each gets what it asks for, also after a change
PUT /metrics/job/x
| {"m.x"} 1
| n 2
=> 200
GET /metrics
> Accept: text/plain;escaping=allow-utf-8
=> 200
has {"m.x",instance="",job="x"} 1
has n{instance="",job="x"} 2
GET /metrics
> Accept: text/plain;escaping=dots
=> 200
has m_dot_x{instance="",job="x"} 1
has n{instance="",job="x"} 2
POST /metrics/job/x
| {"m.x"} 3
=> 200
GET /metrics
> Accept: text/plain;escaping=dots
=> 200
has m_dot_x{instance="",job="x"} 3
GET /metrics
> Accept: text/plain;escaping=allow-utf-8
=> 200
has {"m.x",instance="",job="x"} 3
GET /metrics
=> 200
has m_x{instance="",job="x"} 3

# many series with escaped names are all shown in order
sh
$ seq -f '{"m.x","s.t"="%05g"} 1' 10000 29999 | curl -s -o out -X PUT --data-binary @- http://$GATEWAY9091/metrics/job/x
$ curl -s -H 'Accept: text/plain;escaping=dots' http://$GATEWAY9091/metrics | grep '^m_dot_x{' >all
$ wc -l <all && sort -c all && head -n 1 all && tail -n 1 all
| 20000
| m_dot_x{instance="",job="x",s_dot_t="10000"} 1
| m_dot_x{instance="",job="x",s_dot_t="29999"} 1
PUT /metrics/job/x
| m 1
=> 200

# a scrape without the flag for such names may ask for an escaping all the same
start
PUT /metrics/job/x
| m_x{a_b="c"} 1
=> 200
GET /metrics
> Accept: text/plain;version=0.0.4;escaping=dots
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=dots
has m_x{a_b="c",instance="",job="x"} 1

// Names beyond ASCII letters, digits and underscores: only with their flag.
shared --push.enable-utf8-names

# a label name may be any UTF-8 in quotes
PUT /metrics/job/x
| m{"a.b"="c","ä"="d",plain="e"} 1
=> 200
GET /metrics
> Accept: text/plain;version=0.0.4;escaping=allow-utf-8
=> 200
pushed
| # TYPE m untyped
| m{"a.b"="c",instance="",job="x",plain="e","ä"="d"} 1

# HELP and TYPE may name any UTF-8 in quotes
PUT /metrics/job/x
| # HELP "my.metric" text
| # TYPE "my.metric" counter
| {"my.metric"} 1
=> 200
GET /metrics
> Accept: text/plain;version=0.0.4;escaping=allow-utf-8
=> 200
pushed
| # HELP "my.metric" text
| # TYPE "my.metric" counter
| {"my.metric",instance="",job="x"} 1

# the parts of a histogram have their suffixes within the quotes
PUT /metrics/job/x
| # TYPE "h.x" histogram
| {"h.x_bucket",le="1"} 1
| {"h.x_count"} 2
| {"h.x_sum"} 3
=> 200
GET /metrics
> Accept: text/plain;version=0.0.4;escaping=allow-utf-8
=> 200
pushed
| # TYPE "h.x" histogram
| {"h.x_bucket",instance="",job="x",le="1"} 1
| {"h.x_bucket",instance="",job="x",le="+Inf"} 2
| {"h.x_sum",instance="",job="x"} 3
| {"h.x_count",instance="",job="x"} 2

# a metric name is not empty even so
PUT /metrics/job/x
| {""} 1
=> 400
| text format parsing error in line 1: invalid label name for metric ""

# a metric name is valid UTF-8 even so
PUT /metrics/job/x
|\ {"m\xff"} 1\n
=> 400
| text format parsing error in line 1: invalid metric name "m\xff"

# without quotes a name is as before
PUT /metrics/job/x
| m.n 1
=> 400
| text format parsing error in line 1: expected float as value, got ".n"

# __name__ is reserved even so
PUT /metrics/job/x
| m{"__name__"="x"} 1
=> 400
| text format parsing error in line 1: label name "__name__" is reserved

# a path may name a label in any UTF-8
PUT /metrics/job/x/a.b/c
| m 1
=> 200
GET /metrics
> Accept: text/plain;version=0.0.4;escaping=allow-utf-8
=> 200
has m{"a.b"="c",instance="",job="x"} 1
DELETE /metrics/job/x/a.b/c
=> 202

# a path may name a label by its code points
PUT /metrics/job/x/U__a_2e_b__c_FC_/v
| m 1
=> 200
GET /metrics
> Accept: text/plain;version=0.0.4;escaping=allow-utf-8
=> 200
has m{"a.b_cü"="v",instance="",job="x"} 1
DELETE /metrics/job/x/a.b_c%c3%bc/v
=> 202

# a name whose code points are wrong is taken as it stands
PUT /metrics/job/x/U__a_zz_/1/U__b_/2/U__c_110000_/3/U__d_d800_/4/U__e_10ffff_/5
| m 1
=> 200
GET /metrics
=> 200
has m{U__a_zz_="1",U__b_="2",U__c_110000_="3",U__d_d800_="4",U__e_10ffff_="5",instance="",job="x"} 1
DELETE /metrics/job/x/U__a_zz_/1/U__b_/2/U__c_110000_/3/U__d_d800_/4/U__e_10ffff_/5
=> 202

# the prefix alone is an empty name
PUT /metrics/job/x/U__/v
| m 1
=> 400
| improper label name "U__"

# a name with two underscores in front is reserved even so
PUT /metrics/job/x/__a/v
| m 1
=> 400
| improper label name "__a"

# an encoded job is overwritten by the job of the path
PUT /metrics/job/x/U__job/y
| m 1
=> 200
GET /metrics
=> 200
has m{instance="",job="x"} 1

# a name in the path must be UTF-8
PUT /metrics/job/x/%ff/v
| m 1
=> 400
|\ improper label name "\\xff"\n

// Bodies of delimited protobuf. Above each its messages: a field is its number and its value, d marks
// a double, {} a message, [] a group.

# all types that have one sample
// 1:"g" 2:"help" 3:1 4:{1:{1:"a" 2:"b"} 2:{1:1.5d}}
// 1:"c" 4:{3:{1:2d 3:{1:17}}}
// 1:"u" 3:3 4:{5:{1:-3d}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x20\x0a\x01g\x12\x04help\x18\x01"\x13\x0a\x06\x0a\x01a\x12\x01b\x12\x09\x09\x00\x00\x00\x00\x00\x00\xf8?\x14\x0a\x01c"\x0f\x1a\x0d\x09\x00\x00\x00\x00\x00\x00\x00@\x1a\x02\x08\x11\x12\x0a\x01u\x18\x03"\x0b*\x09\x09\x00\x00\x00\x00\x00\x00\x08\xc0
=> 200
empty
GET /metrics
=> 200
pushed
| # TYPE c counter
| c{instance="",job="x"} 2
| # HELP g help
| # TYPE g gauge
| g{a="b",instance="",job="x"} 1.5
| # TYPE u untyped
| u{instance="",job="x"} -3

# summaries, histograms with integer and float counts, gauge histograms
// 1:"s" 3:2 4:{4:{1:3 2:1.5d 3:{1:0.5d 2:7d}}}
// 1:"h" 3:4 4:{7:{1:3 2:1d 3:{1:1 2:1d}}}
// 1:"f" 3:4 4:{7:{4:2.5d 2:1d 3:{4:1.5d 2:1d}}}
// 1:"gh" 3:5 4:{7:{1:3 2:-1d 3:{1:1 2:1d}}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ (\x0a\x01s\x18\x02"!"\x1f\x08\x03\x11\x00\x00\x00\x00\x00\x00\xf8?\x1a\x12\x09\x00\x00\x00\x00\x00\x00\xe0?\x11\x00\x00\x00\x00\x00\x00\x1c@!\x0a\x01h\x18\x04"\x1a:\x18\x08\x03\x11\x00\x00\x00\x00\x00\x00\xf0?\x1a\x0b\x08\x01\x11\x00\x00\x00\x00\x00\x00\xf0?/\x0a\x01f\x18\x04"(:&!\x00\x00\x00\x00\x00\x00\x04@\x11\x00\x00\x00\x00\x00\x00\xf0?\x1a\x12!\x00\x00\x00\x00\x00\x00\xf8?\x11\x00\x00\x00\x00\x00\x00\xf0?"\x0a\x02gh\x18\x05"\x1a:\x18\x08\x03\x11\x00\x00\x00\x00\x00\x00\xf0\xbf\x1a\x0b\x08\x01\x11\x00\x00\x00\x00\x00\x00\xf0?
=> 200
GET /metrics
=> 200
pushed
| # TYPE f histogram
| f_bucket{instance="",job="x",le="1"} 1.5
| f_bucket{instance="",job="x",le="+Inf"} 2.5
| f_sum{instance="",job="x"} 1
| f_count{instance="",job="x"} 2.5
| # TYPE gh histogram
| gh_bucket{instance="",job="x",le="1"} 1
| gh_bucket{instance="",job="x",le="+Inf"} 3
| gh_sum{instance="",job="x"} -1
| gh_count{instance="",job="x"} 3
| # TYPE h histogram
| h_bucket{instance="",job="x",le="1"} 1
| h_bucket{instance="",job="x",le="+Inf"} 3
| h_sum{instance="",job="x"} 1
| h_count{instance="",job="x"} 3
| # TYPE s summary
| s{instance="",job="x",quantile="0.5"} 7
| s_sum{instance="",job="x"} 1.5
| s_count{instance="",job="x"} 3

# a native histogram shows what text can say of it
// 1:"n" 3:4 4:{7:{1:12 2:18.4d 5:2 6:1e-128d 7:2 12:{1:0 2:2} 13:2 13:2}}
// 1:"nf" 3:4 4:{7:{4:12.5d 2:18.4d 5:2 8:2.5d 12:{1:0 2:1} 14:10d}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ +\x0a\x01n\x18\x04"$:"\x08\x0c\x11ffffff2@(\x021\x9d\x97\x8c\xcf\x08\xba[%8\x02b\x04\x08\x00\x10\x02h\x02h\x026\x0a\x02nf\x18\x04".:,!\x00\x00\x00\x00\x00\x00)@\x11ffffff2@(\x02A\x00\x00\x00\x00\x00\x00\x04@b\x04\x08\x00\x10\x01q\x00\x00\x00\x00\x00\x00$@
=> 200
GET /metrics
=> 200
pushed
| # TYPE n histogram
| n_bucket{instance="",job="x",le="+Inf"} 12
| n_sum{instance="",job="x"} 18.4
| n_count{instance="",job="x"} 12
| # TYPE nf histogram
| nf_bucket{instance="",job="x",le="+Inf"} 12.5
| nf_sum{instance="",job="x"} 18.4
| nf_count{instance="",job="x"} 12.5

# an empty body and messages of no bytes are fine
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ 
=> 200
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x00\x00
=> 200
GET /metrics
=> 200
pushed


# of two families of one name the later one stays, as a whole
// 1:"m" 2:"old" 3:1 4:{1:{1:"a" 2:"1"} 2:{1:1d}}
// 1:"n" 3:1 4:{2:{1:3d}}
// 1:"m" 3:3 4:{5:{1:2d}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x1f\x0a\x01m\x12\x03old\x18\x01"\x13\x0a\x06\x0a\x01a\x12\x011\x12\x09\x09\x00\x00\x00\x00\x00\x00\xf0?\x12\x0a\x01n\x18\x01"\x0b\x12\x09\x09\x00\x00\x00\x00\x00\x00\x08@\x12\x0a\x01m\x18\x03"\x0b*\x09\x09\x00\x00\x00\x00\x00\x00\x00@
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 2
| # TYPE n gauge
| n{instance="",job="x"} 3

# a family without metrics is not exposed, and takes the place of one that was
// 1:"m" 3:1 4:{2:{1:1d}}
// 1:"e" 3:1
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x12\x0a\x01m\x18\x01"\x0b\x12\x09\x09\x00\x00\x00\x00\x00\x00\xf0?\x05\x0a\x01e\x18\x01
=> 200
GET /metrics
=> 200
pushed
| # TYPE m gauge
| m{instance="",job="x"} 1
// 1:"m" 3:1
POST /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x05\x0a\x01m\x18\x01
=> 200
GET /metrics
=> 200
pushed


# fields come in any order, numbers packed or not, values in parts
// 4:{7:{13:"\x04\x02" 12:{2:1} 1:3} 7:{2:1d 12:{2:1}}} 3:4 2:"help" 1:"h"
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ ("\x1b:\x0aj\x02\x04\x02b\x02\x10\x01\x08\x03:\x0d\x11\x00\x00\x00\x00\x00\x00\xf0?b\x02\x10\x01\x18\x04\x12\x04help\x0a\x01h
=> 200
GET /metrics
=> 200
pushed
| # HELP h help
| # TYPE h histogram
| h_bucket{instance="",job="x",le="+Inf"} 3
| h_sum{instance="",job="x"} 1
| h_count{instance="",job="x"} 3

# of several values the one of the type is exposed
// 1:"m" 3:1 4:{2:{1:1d} 3:{1:2d} 5:{1:3d}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ (\x0a\x01m\x18\x01"!\x12\x09\x09\x00\x00\x00\x00\x00\x00\xf0?\x1a\x09\x09\x00\x00\x00\x00\x00\x00\x00@*\x09\x09\x00\x00\x00\x00\x00\x00\x08@
=> 200
GET /metrics
=> 200
pushed
| # TYPE m gauge
| m{instance="",job="x"} 1

# names need not be legacy-valid
// 1:"a.b c" 3:1 4:{1:{1:"d.e" 2:"v"} 2:{1:1d}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x20\x0a\x05a.b\x20c\x18\x01"\x15\x0a\x08\x0a\x03d.e\x12\x01v\x12\x09\x09\x00\x00\x00\x00\x00\x00\xf0?
=> 200
GET /metrics
> Accept: text/plain;escaping=allow-utf-8
=> 200
has {"a.b c","d.e"="v",instance="",job="x"} 1
GET /metrics
=> 200
pushed
| # TYPE a_b_c gauge
| a_b_c{d_e="v",instance="",job="x"} 1

# labels of the group win
// 1:"m" 3:1 4:{1:{1:"job" 2:"y"} 1:{1:"instance" 2:"i"} 2:{1:1d}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ +\x0a\x01m\x18\x01"$\x0a\x08\x0a\x03job\x12\x01y\x0a\x0d\x0a\x08instance\x12\x01i\x12\x09\x09\x00\x00\x00\x00\x00\x00\xf0?
=> 200
GET /metrics
=> 200
pushed
| # TYPE m gauge
| m{instance="i",job="x"} 1

# a push may not mean too much of /metrics: a label of the group stands in each line
start --push.max-rendered-bytes=1000
PUT /metrics/job/x/label/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
| a 1
=> 200
PUT /metrics/job/x/label/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
| a 1
| b 1
| c 1
=> 413
| the push would add more than 1000 bytes to /metrics (--push.max-rendered-bytes)
differs: a limit of our own
ref cannot

# limits hold for protobuf, too
start --push.max-series=2
// 1:"h" 3:4 4:{7:{3:{2:1d} 3:{2:2d}}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x1f\x0a\x01h\x18\x04"\x18:\x16\x1a\x09\x11\x00\x00\x00\x00\x00\x00\xf0?\x1a\x09\x11\x00\x00\x00\x00\x00\x00\x00@
=> 413
| the push has more than 2 series (--push.max-series)
differs: a limit of our own
ref cannot

# protobuf text, each family on a line
// 1:"m" 2:"h" 3:1 4:{1:{1:"a.b" 2:"c"} 2:{1:1d 50:7} }
// 1:"n" 3:4 4:{7:{1:3 2:1d 3:{1:1 2:1d 3:{2:0.5d}} 15:{1:17}}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ "\x0a\x01m\x12\x01h\x18\x01"\x18\x0a\x08\x0a\x03a.b\x12\x01c\x12\x0c\x09\x00\x00\x00\x00\x00\x00\xf0?\x90\x03\x070\x0a\x01n\x18\x04"):'\x08\x03\x11\x00\x00\x00\x00\x00\x00\xf0?\x1a\x16\x08\x01\x11\x00\x00\x00\x00\x00\x00\xf0?\x1a\x09\x11\x00\x00\x00\x00\x00\x00\xe0?z\x02\x08\x11
=> 200
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=compact-text
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=compact-text; escaping=underscores
has name:"m"  help:"h"  type:GAUGE  metric:{label:{name:"a_b"  value:"c"}  label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  gauge:{value:1  50:7}}
has name:"n"  type:HISTOGRAM  metric:{label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  histogram:{sample_count:3  sample_sum:1  bucket:{cumulative_count:1  upper_bound:1  exemplar:{value:0.5}}  created_timestamp:{seconds:17}}}
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=compact-text;escaping=values
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=compact-text; escaping=values
has name:"m"  help:"h"  type:GAUGE  metric:{label:{name:"U__a_2e_b"  value:"c"}  label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  gauge:{value:1  50:7}}

# protobuf text on lines
// 1:"m" 2:"h" 3:1 4:{1:{1:"a.b" 2:"c"} 2:{1:1d 50:7} }
// 1:"n" 3:4 4:{7:{1:3 2:1d 3:{1:1 2:1d 3:{2:0.5d}} 15:{1:17}}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ "\x0a\x01m\x12\x01h\x18\x01"\x18\x0a\x08\x0a\x03a.b\x12\x01c\x12\x0c\x09\x00\x00\x00\x00\x00\x00\xf0?\x90\x03\x070\x0a\x01n\x18\x04"):'\x08\x03\x11\x00\x00\x00\x00\x00\x00\xf0?\x1a\x16\x08\x01\x11\x00\x00\x00\x00\x00\x00\xf0?\x1a\x09\x11\x00\x00\x00\x00\x00\x00\xe0?z\x02\x08\x11
=> 200
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text; escaping=underscores
has name:  "m"
has   gauge:  {
has     50:  7
has       upper_bound:  1

# a unit, and fields of a family that nobody knows, are not exposed
// 1:"m" 3:1 4:{2:{1:1d}} 5:"seconds" 99:"x"
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x1f\x0a\x01m\x18\x01"\x0b\x12\x09\x09\x00\x00\x00\x00\x00\x00\xf0?*\x07seconds\x9a\x06\x01x
=> 200
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=compact-text
=> 200
has name:"m"  type:GAUGE  metric:{label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  gauge:{value:1}}

# a name that is not UTF-8 is taken, and escaped by its bytes
// 1:"a\xffb" 3:1 4:{2:{1:1d}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x14\x0a\x03a\xffb\x18\x01"\x0b\x12\x09\x09\x00\x00\x00\x00\x00\x00\xf0?
=> 200
GET /metrics
> Accept: text/plain;escaping=underscores
=> 200
has a_b{instance="",job="x"} 1
GET /metrics
> Accept: text/plain;escaping=values
=> 200
has U__a_fffd_b{instance="",job="x"} 1
GET /metrics
> Accept: text/plain;escaping=dots
=> 200
has a__b{instance="",job="x"} 1

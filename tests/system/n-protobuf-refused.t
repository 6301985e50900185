// Bodies of delimited protobuf that are refused. Above each its messages: a field is its
// number and its value, d marks a double, {} a message, [] a group.
shared

# a message must be whole
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x05\x0a\x01
=> 400
| unexpected EOF

# a length of 4 GiB costs nothing
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \xff\xff\xff\xff\x0f\x0a\x01m
=> 400
| unexpected EOF

# its length, too
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x80
=> 400
| unexpected EOF

# a length has at most 64 bits
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff
=> 400
| proto: variable length integer overflow

# text is no protobuf
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ m\x201\x0a
=> 400
| unexpected EOF

# a field of number 0 is refused
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x02\x00\x00
=> 400
| proto: cannot parse invalid wire-format data

# a field that is longer than its message is refused
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x02\x0a\x05
=> 400
| proto: cannot parse invalid wire-format data

# a group that nobody opened is refused
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x01\x0c
=> 400
| proto: cannot parse invalid wire-format data

# a bad message within a good one is refused
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x03"\x01\x0a
=> 400
| proto: cannot parse invalid wire-format data

# any timestamp is refused, zero too
// 1:"m" 3:1 4:{2:{1:1d} 6:0}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x14\x0a\x01m\x18\x01"\x0d\x12\x09\x09\x00\x00\x00\x00\x00\x00\xf0?0\x00
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps

# a gauge must have a gauge
// 1:"m" 3:1 4:{3:{1:1d}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x12\x0a\x01m\x18\x01"\x0b\x1a\x09\x09\x00\x00\x00\x00\x00\x00\xf0?
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  counter:{value:1}} is not a GAUGE

# without a type a family is of counters
// 1:"m" 4:{2:{1:1d}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x10\x0a\x01m"\x0b\x12\x09\x09\x00\x00\x00\x00\x00\x00\xf0?
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  gauge:{value:1}} is not a COUNTER

# a summary must have a summary
// 1:"m" 3:2 4:{}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x07\x0a\x01m\x18\x02"\x00
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}} is not a SUMMARY

# an untyped metric must have its value
// 1:"m" 3:3 4:{2:{}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x09\x0a\x01m\x18\x03"\x02\x12\x00
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  gauge:{}} is not a UNTYPED

# a histogram must have a histogram; unknown fields are told
// 1:"m" 3:4 4:{2:{1:1d 50:7} 99:"x"}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x19\x0a\x01m\x18\x04"\x12\x12\x0c\x09\x00\x00\x00\x00\x00\x00\xf0?\x90\x03\x07\x9a\x06\x01x
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  gauge:{value:1  50:7}  99:"x"} is not a HISTOGRAM

# a label may not come twice
// 1:"m" 3:1 4:{1:{1:"a" 2:"1"} 1:{1:"a" 2:"2"} 2:{1:1d}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ "\x0a\x01m\x18\x01"\x1b\x0a\x06\x0a\x01a\x12\x011\x0a\x06\x0a\x01a\x12\x012\x12\x09\x09\x00\x00\x00\x00\x00\x00\xf0?
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"a"  value:"1"}  label:{name:"a"  value:"2"}  label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  gauge:{value:1}} has two or more labels with the same name: a

# nor one that the group gives
// 1:"m" 3:1 4:{1:{1:"job" 2:"1"} 1:{1:"job" 2:"2"} 2:{1:1d}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ &\x0a\x01m\x18\x01"\x1f\x0a\x08\x0a\x03job\x12\x011\x0a\x08\x0a\x03job\x12\x012\x12\x09\x09\x00\x00\x00\x00\x00\x00\xf0?
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  label:{name:"job"  value:"2"}  gauge:{value:1}} has two or more labels with the same name: job

# a reserved label name is refused
// 1:"m" 3:1 4:{1:{1:"__x" 2:"1"} 2:{1:1d}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x1c\x0a\x01m\x18\x01"\x15\x0a\x08\x0a\x03__x\x12\x011\x12\x09\x09\x00\x00\x00\x00\x00\x00\xf0?
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"__x"  value:"1"}  label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  gauge:{value:1}} has a label with an invalid name: __x

# a label value must be UTF-8
// 1:"m" 3:1 4:{1:{1:"a" 2:"\xff"} 2:{1:1d}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x1a\x0a\x01m\x18\x01"\x13\x0a\x06\x0a\x01a\x12\x01\xff\x12\x09\x09\x00\x00\x00\x00\x00\x00\xf0?
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"a"  value:"\xff"}  label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  gauge:{value:1}} has a label named "a" whose value is not utf8: "\xff"

# a summary may not bring a quantile label
// 1:"m" 3:2 4:{1:{1:"quantile" 2:"1"} 4:{1:1}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x1a\x0a\x01m\x18\x02"\x13\x0a\x0d\x0a\x08quantile\x12\x011"\x02\x08\x01
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  label:{name:"quantile"  value:"1"}  summary:{sample_count:1}} must not have an explicit "quantile" label

# a native histogram is told whole
// 1:"m" 3:4 4:{1:{1:"__x" 2:"1"} 7:{1:3 5:2 12:{1:3 2:1} 13:6 15:{1:17} 16:{2:1d}}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ /\x0a\x01m\x18\x04"(\x0a\x08\x0a\x03__x\x12\x011:\x1c\x08\x03(\x02b\x04\x08\x03\x10\x01h\x06z\x02\x08\x11\x82\x01\x09\x11\x00\x00\x00\x00\x00\x00\xf0?
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"__x"  value:"1"}  label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  histogram:{sample_count:3  created_timestamp:{seconds:17}  schema:1  positive_span:{offset:-2  length:1}  positive_delta:3  exemplars:{value:1}}} has a label with an invalid name: __x

# a family must have a name
// 3:1 4:{2:{1:1d}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x0f\x18\x01"\x0b\x12\x09\x09\x00\x00\x00\x00\x00\x00\xf0?
=> 400
| a metric family in the push has no name
differs: the original breaks on it later
ref=> 200

# a type must be known
// 1:"m" 3:99 4:{2:{1:1d}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x12\x0a\x01m\x18c"\x0b\x12\x09\x09\x00\x00\x00\x00\x00\x00\xf0?
=> 400
| metric family "m" has the unknown type 99
differs: the original breaks on it later
ref=> 200

# spans must be of as many buckets as there are deltas
// 1:"h" 3:4 4:{7:{1:3 12:{2:2} 13:2}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x11\x0a\x01h\x18\x04"\x0a:\x08\x08\x03b\x02\x10\x02h\x02
=> 400
| metric family "h": the positive spans of a native histogram are of 2 buckets, but it has 1 deltas
differs: the original breaks on it later
ref=> 200

# floats that no float count tells of have no deltas
// 1:"h" 3:4 4:{7:{9:{2:1} 11:1d}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x16\x0a\x01h\x18\x04"\x0f:\x0dJ\x02\x10\x01Y\x00\x00\x00\x00\x00\x00\xf0?
=> 400
| metric family "h": the negative spans of a native histogram are of 1 buckets, but it has 0 deltas
differs: the original breaks on it later
ref=> 200

# a schema must be one of a native histogram
// 1:"h" 3:4 4:{7:{1:3 5:18 12:{2:1} 13:2}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x13\x0a\x01h\x18\x04"\x0c:\x0a\x08\x03(\x12b\x02\x10\x01h\x02
=> 400
| metric family "h": the schema of a native histogram is 9, but must be from -4 to 8
differs: the original breaks on it later
ref=> 200

# a gauge histogram must have a histogram
// 1:"m" 3:5 4:{2:{1:1d}}
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
|\ \x12\x0a\x01m\x18\x05"\x0b\x12\x09\x09\x00\x00\x00\x00\x00\x00\xf0?
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  gauge:{value:1}} is not a GAUGE_HISTOGRAM
differs: the original breaks on it later
ref=> 200

# names of types and parameters are of any letter case, values may be quoted
PUT /metrics/job/x
> Content-Type: Application/VND.Google.Protobuf; Encoding="delimited" ;PROTO=io.prometheus.client.MetricFamily; x=y
| m 1
=> 400
| unexpected EOF

# protobuf without its parameters is text
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf
| m 1
=> 200

# another encoding is text
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text
| m 1
=> 200

# another message is text
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.Metric; encoding=delimited
| m 1
=> 200

# letter case of values counts
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=Delimited
| m 1
=> 200

# a type that cannot be parsed is text
PUT /metrics/job/x
> Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; x
| m 1
=> 200

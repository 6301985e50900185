// What a scrape looks like, byte for byte: order, numbers, escapes.

# families are ordered by their names, byte by byte
PUT /metrics/job/x
| b 1
| a 2
| B 3
| _a 4
| a_b 5
| aB 6
| a1 7
| ab 8
| :a 9
| a:b 10
=> 200
GET /metrics
=> 200
pushed
| # TYPE :a untyped
| :a{instance="",job="x"} 9
| # TYPE B untyped
| B{instance="",job="x"} 3
| # TYPE _a untyped
| _a{instance="",job="x"} 4
| # TYPE a untyped
| a{instance="",job="x"} 2
| # TYPE a1 untyped
| a1{instance="",job="x"} 7
| # TYPE a:b untyped
| a:b{instance="",job="x"} 10
| # TYPE aB untyped
| aB{instance="",job="x"} 6
| # TYPE a_b untyped
| a_b{instance="",job="x"} 5
| # TYPE ab untyped
| ab{instance="",job="x"} 8
| # TYPE b untyped
| b{instance="",job="x"} 1

# families of many groups stand together
PUT /metrics/job/x
| a 1
| b 2
=> 200
PUT /metrics/job/y
| b 3
| a 4
=> 200
GET /metrics
=> 200
pushed
| # TYPE a untyped
| a{instance="",job="x"} 1
| a{instance="",job="y"} 4
| # TYPE b untyped
| b{instance="",job="x"} 2
| b{instance="",job="y"} 3

# the push times stand among the families by their names
PUT /metrics/job/x
| push 1
| push_g 2
| push_u 3
=> 200
GET /metrics
=> 200
stored
| # TYPE push untyped
| push{instance="",job="x"} 1
| # HELP push_failure_time_seconds Last Unix time when changing this group in the Pushgateway failed.
| # TYPE push_failure_time_seconds gauge
| push_failure_time_seconds{instance="",job="x"} 0
| # TYPE push_g untyped
| push_g{instance="",job="x"} 2
| # HELP push_time_seconds Last Unix time when changing this group in the Pushgateway succeeded.
| # TYPE push_time_seconds gauge
| push_time_seconds{instance="",job="x"} <<time>>
| # TYPE push_u untyped
| push_u{instance="",job="x"} 3

# series with fewer labels come first
PUT /metrics/job/x
| m{a="1",b="2",c="3"} 1
| m{z="1"} 2
| m{a="1",b="2"} 3
| m 4
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 4
| m{instance="",job="x",z="1"} 2
| m{a="1",b="2",instance="",job="x"} 3
| m{a="1",b="2",c="3",instance="",job="x"} 1

# series with as many labels are ordered by values, whatever the names
PUT /metrics/job/x
| m{z="1"} 1
| m{a="3"} 2
| m{b="2"} 3
| m{k="0"} 4
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x",k="0"} 4
| m{instance="",job="x",z="1"} 1
| m{b="2",instance="",job="x"} 3
| m{a="3",instance="",job="x"} 2

# values are compared byte by byte
PUT /metrics/job/x
| m{a="b"} 1
| m{a="B"} 2
| m{a="a b"} 3
| m{a="a"} 4
| m{a=""} 5
| m{a="10"} 6
| m{a="9"} 7
| m{a="ä"} 8
| m{a="€"} 9
| m{a="~"} 10
| m{a="😀"} 11
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{a="",instance="",job="x"} 5
| m{a="10",instance="",job="x"} 6
| m{a="9",instance="",job="x"} 7
| m{a="B",instance="",job="x"} 2
| m{a="a",instance="",job="x"} 4
| m{a="a b",instance="",job="x"} 3
| m{a="b",instance="",job="x"} 1
| m{a="~",instance="",job="x"} 10
| m{a="ä",instance="",job="x"} 8
| m{a="€",instance="",job="x"} 9
| m{a="😀",instance="",job="x"} 11

# the series of all groups are ordered together
PUT /metrics/job/b
| m{s="1"} 1
| m{s="3"} 3
=> 200
PUT /metrics/job/a
| m{s="2"} 2
| m{s="4"} 4
=> 200
PUT /metrics/job/a/instance/i
| m{s="1"} 5
=> 200
PUT /metrics/job/c/dc/eu
| m 6
=> 200
PUT /metrics/job/a/a/z
| m 7
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="a",s="2"} 2
| m{instance="",job="a",s="4"} 4
| m{instance="",job="b",s="1"} 1
| m{instance="",job="b",s="3"} 3
| m{dc="eu",instance="",job="c"} 6
| m{instance="i",job="a",s="1"} 5
| m{a="z",instance="",job="a"} 7

# the push times of groups are ordered by their labels
PUT /metrics/job/b
=> 200
PUT /metrics/job/a/z/1
=> 200
PUT /metrics/job/a
=> 200
PUT /metrics/job/a/instance/i
=> 200
PUT /metrics/job/c/a/0
=> 200
GET /metrics
=> 200
stored
| # HELP push_failure_time_seconds Last Unix time when changing this group in the Pushgateway failed.
| # TYPE push_failure_time_seconds gauge
| push_failure_time_seconds{instance="",job="a"} 0
| push_failure_time_seconds{instance="",job="b"} 0
| push_failure_time_seconds{instance="i",job="a"} 0
| push_failure_time_seconds{instance="",job="a",z="1"} 0
| push_failure_time_seconds{a="0",instance="",job="c"} 0
| # HELP push_time_seconds Last Unix time when changing this group in the Pushgateway succeeded.
| # TYPE push_time_seconds gauge
| push_time_seconds{instance="",job="a"} <<time>>
| push_time_seconds{instance="",job="b"} <<time>>
| push_time_seconds{instance="i",job="a"} <<time>>
| push_time_seconds{instance="",job="a",z="1"} <<time>>
| push_time_seconds{a="0",instance="",job="c"} <<time>>

# labels are ordered by name, byte by byte, quantile and le last of all
PUT /metrics/job/x/zz/1
| # TYPE s summary
| s{Z="1",_z="2",z="3",quantile="0.5"} 1
| # TYPE h histogram
| h_bucket{Z="1",_z="2",z="3",le="1"} 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{Z="1",_z="2",instance="",job="x",z="3",zz="1",le="1"} 1
| h_bucket{Z="1",_z="2",instance="",job="x",z="3",zz="1",le="+Inf"} 0
| h_sum{Z="1",_z="2",instance="",job="x",z="3",zz="1"} 0
| h_count{Z="1",_z="2",instance="",job="x",z="3",zz="1"} 0
| # TYPE s summary
| s{Z="1",_z="2",instance="",job="x",z="3",zz="1",quantile="0.5"} 1
| s_sum{Z="1",_z="2",instance="",job="x",z="3",zz="1"} 0
| s_count{Z="1",_z="2",instance="",job="x",z="3",zz="1"} 0

# an order does not depend on the order of pushes
PUT /metrics/job/c
| m 3
=> 200
PUT /metrics/job/a
| m 1
=> 200
PUT /metrics/job/b
| m 2
=> 200
DELETE /metrics/job/c
=> 202
PUT /metrics/job/c
| m 4
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="a"} 1
| m{instance="",job="b"} 2
| m{instance="",job="c"} 4

# a replaced series stays at its place
PUT /metrics/job/x
| m{a="1"} 1
| m{a="2"} 2
| m{a="3"} 3
=> 200
POST /metrics/job/x
| m{a="3"} 4
| m{a="2"} 5
| m{a="1"} 6
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{a="1",instance="",job="x"} 6
| m{a="2",instance="",job="x"} 5
| m{a="3",instance="",job="x"} 4

# numbers from 1e-4 up to 1e6 are plain, others have an exponent
PUT /metrics/job/x
| m{n="00"} 0.0001
| m{n="01"} 0.00009999
| m{n="02"} 0.00012345
| m{n="03"} 999999
| m{n="04"} 999999.5
| m{n="05"} 1000000
| m{n="06"} 1000001
| m{n="07"} 1234567.5
| m{n="08"} 123456.789
| m{n="09"} 100000
| m{n="10"} 1e5
| m{n="11"} 1e6
| m{n="12"} 1e21
| m{n="13"} 1e-5
| m{n="14"} 1e100
| m{n="15"} 1e-100
| m{n="16"} -1e6
| m{n="17"} -0.00001
| m{n="18"} 12345678
| m{n="19"} 999999.9999999999
| m{n="20"} 0.1
| m{n="21"} 0.3
| m{n="22"} 2.5
| m{n="23"} 1700000000
| m{n="24"} 1700000000.123
| m{n="25"} 1700000000123456789
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x",n="00"} 0.0001
| m{instance="",job="x",n="01"} 9.999e-05
| m{instance="",job="x",n="02"} 0.00012345
| m{instance="",job="x",n="03"} 999999
| m{instance="",job="x",n="04"} 999999.5
| m{instance="",job="x",n="05"} 1e+06
| m{instance="",job="x",n="06"} 1.000001e+06
| m{instance="",job="x",n="07"} 1.2345675e+06
| m{instance="",job="x",n="08"} 123456.789
| m{instance="",job="x",n="09"} 100000
| m{instance="",job="x",n="10"} 100000
| m{instance="",job="x",n="11"} 1e+06
| m{instance="",job="x",n="12"} 1e+21
| m{instance="",job="x",n="13"} 1e-05
| m{instance="",job="x",n="14"} 1e+100
| m{instance="",job="x",n="15"} 1e-100
| m{instance="",job="x",n="16"} -1e+06
| m{instance="",job="x",n="17"} -1e-05
| m{instance="",job="x",n="18"} 1.2345678e+07
| m{instance="",job="x",n="19"} 999999.9999999999
| m{instance="",job="x",n="20"} 0.1
| m{instance="",job="x",n="21"} 0.3
| m{instance="",job="x",n="22"} 2.5
| m{instance="",job="x",n="23"} 1.7e+09
| m{instance="",job="x",n="24"} 1.700000000123e+09
| m{instance="",job="x",n="25"} 1.7000000001234568e+18

# numbers have the fewest digits that read back to the same
PUT /metrics/job/x
| m{n="00"} 0.1000000000000000055511151231257827021181583404541015625
| m{n="01"} 0.10000000000000002
| m{n="02"} 5e-324
| m{n="03"} 2.2250738585072011e-308
| m{n="04"} 2.2250738585072014e-308
| m{n="05"} 1.7976931348623157e308
| m{n="06"} 9007199254740991
| m{n="07"} 9007199254740992
| m{n="08"} 9007199254740994
| m{n="09"} 4503599627370496.5
| m{n="10"} 4503599627370497.5
| m{n="11"} 123456789012345680000
| m{n="12"} 8.98846567431158e307
| m{n="13"} 1.2345678901234567
| m{n="14"} 3.141592653589793
| m{n="15"} 2.718281828459045
| m{n="16"} 1e23
| m{n="17"} 8.41e21
| m{n="18"} 2.0e-3
| m{n="19"} 9.5367431640625e-7
| m{n="20"} 6.02214076e23
| m{n="21"} 1.6e-35
| m{n="22"} 299792458
| m{n="23"} 0.000001
| m{n="24"} 33554433
| m{n="25"} 5.764607523034235e39
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x",n="00"} 0.1
| m{instance="",job="x",n="01"} 0.10000000000000002
| m{instance="",job="x",n="02"} 5e-324
| m{instance="",job="x",n="03"} 2.225073858507201e-308
| m{instance="",job="x",n="04"} 2.2250738585072014e-308
| m{instance="",job="x",n="05"} 1.7976931348623157e+308
| m{instance="",job="x",n="06"} 9.007199254740991e+15
| m{instance="",job="x",n="07"} 9.007199254740992e+15
| m{instance="",job="x",n="08"} 9.007199254740994e+15
| m{instance="",job="x",n="09"} 4.503599627370496e+15
| m{instance="",job="x",n="10"} 4.503599627370498e+15
| m{instance="",job="x",n="11"} 1.2345678901234568e+20
| m{instance="",job="x",n="12"} 8.98846567431158e+307
| m{instance="",job="x",n="13"} 1.2345678901234567
| m{instance="",job="x",n="14"} 3.141592653589793
| m{instance="",job="x",n="15"} 2.718281828459045
| m{instance="",job="x",n="16"} 1e+23
| m{instance="",job="x",n="17"} 8.41e+21
| m{instance="",job="x",n="18"} 0.002
| m{instance="",job="x",n="19"} 9.5367431640625e-07
| m{instance="",job="x",n="20"} 6.02214076e+23
| m{instance="",job="x",n="21"} 1.6e-35
| m{instance="",job="x",n="22"} 2.99792458e+08
| m{instance="",job="x",n="23"} 1e-06
| m{instance="",job="x",n="24"} 3.3554433e+07
| m{instance="",job="x",n="25"} 5.764607523034235e+39

# infinities, NaN and both zeros
PUT /metrics/job/x
| m{n="1"} +Inf
| m{n="2"} -Inf
| m{n="3"} NaN
| m{n="4"} 0
| m{n="5"} -0
| m{n="6"} -0.0e0
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x",n="1"} +Inf
| m{instance="",job="x",n="2"} -Inf
| m{instance="",job="x",n="3"} NaN
| m{instance="",job="x",n="4"} 0
| m{instance="",job="x",n="5"} 0
| m{instance="",job="x",n="6"} 0

# bounds and quantiles are written by the rule of numbers
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{le="-Inf"} 0
| h_bucket{le="-1e6"} 1
| h_bucket{le="-0"} 1
| h_bucket{le="0.00001"} 2
| h_bucket{le="1000000"} 3
| h_bucket{le="1e+300"} 4
| h_count 5
| # TYPE s summary
| s{quantile="0"} 1
| s{quantile="-0"} 1
| s{quantile="0.999"} 2
| s{quantile="1e-9"} 3
| s{quantile="1"} 4
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="-Inf"} 0
| h_bucket{instance="",job="x",le="-1e+06"} 1
| h_bucket{instance="",job="x",le="0"} 1
| h_bucket{instance="",job="x",le="1e-05"} 2
| h_bucket{instance="",job="x",le="1e+06"} 3
| h_bucket{instance="",job="x",le="1e+300"} 4
| h_bucket{instance="",job="x",le="+Inf"} 5
| h_sum{instance="",job="x"} 0
| h_count{instance="",job="x"} 5
| # TYPE s summary
| s{instance="",job="x",quantile="0"} 1
| s{instance="",job="x",quantile="0"} 1
| s{instance="",job="x",quantile="0.999"} 2
| s{instance="",job="x",quantile="1e-09"} 3
| s{instance="",job="x",quantile="1"} 4
| s_sum{instance="",job="x"} 0
| s_count{instance="",job="x"} 0

# counts are written by the rule of numbers
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{le="1"} 999999
| h_bucket{le="2"} 1000000
| h_bucket{le="3"} 12345678
| h_count 9007199254740993
| h_sum 1e6
| # TYPE s summary
| s_count 18446744073709551615
| s_sum -1e-5
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="1"} 999999
| h_bucket{instance="",job="x",le="2"} 1e+06
| h_bucket{instance="",job="x",le="3"} 1.2345678e+07
| h_bucket{instance="",job="x",le="+Inf"} 9.007199254740992e+15
| h_sum{instance="",job="x"} 1e+06
| h_count{instance="",job="x"} 9.007199254740992e+15
| # TYPE s summary
| s_sum{instance="",job="x"} -1e-05
| s_count{instance="",job="x"} 9.223372036854776e+18

# a summary shows its quantiles, its sum and its count
PUT /metrics/job/x
| # HELP s Latency.
| # TYPE s summary
| s_count{a="1"} 5
| s_sum{a="1"} 7.5
| s{a="1",quantile="0.9"} 2
| s{a="1",quantile="0.5"} 1
| s{a="0",quantile="0.5"} NaN
=> 200
GET /metrics
=> 200
pushed
| # HELP s Latency.
| # TYPE s summary
| s{a="0",instance="",job="x",quantile="0.5"} NaN
| s_sum{a="0",instance="",job="x"} 0
| s_count{a="0",instance="",job="x"} 0
| s{a="1",instance="",job="x",quantile="0.9"} 2
| s{a="1",instance="",job="x",quantile="0.5"} 1
| s_sum{a="1",instance="",job="x"} 7.5
| s_count{a="1",instance="",job="x"} 5

# a histogram shows its buckets, one for infinity, its sum and its count
PUT /metrics/job/x
| # HELP h Latency.
| # TYPE h histogram
| h_bucket{a="1",le="0.1"} 1
| h_bucket{a="1",le="+Inf"} 3
| h_count{a="1"} 3
| h_sum{a="1"} 0.5
| h_bucket{a="0",le="0.1"} 2
| h_count{a="0"} 4
=> 200
GET /metrics
=> 200
pushed
| # HELP h Latency.
| # TYPE h histogram
| h_bucket{a="0",instance="",job="x",le="0.1"} 2
| h_bucket{a="0",instance="",job="x",le="+Inf"} 4
| h_sum{a="0",instance="",job="x"} 0
| h_count{a="0",instance="",job="x"} 4
| h_bucket{a="1",instance="",job="x",le="0.1"} 1
| h_bucket{a="1",instance="",job="x",le="+Inf"} 3
| h_sum{a="1",instance="",job="x"} 0.5
| h_count{a="1",instance="",job="x"} 3

# series of histograms are ordered by label count and values too
PUT /metrics/job/x
| # TYPE h histogram
| h_count{a="2"} 1
| h_count{a="1"} 2
| h_count{a="1",b="1"} 3
| h_count 4
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="+Inf"} 4
| h_sum{instance="",job="x"} 0
| h_count{instance="",job="x"} 4
| h_bucket{a="1",instance="",job="x",le="+Inf"} 2
| h_sum{a="1",instance="",job="x"} 0
| h_count{a="1",instance="",job="x"} 2
| h_bucket{a="2",instance="",job="x",le="+Inf"} 1
| h_sum{a="2",instance="",job="x"} 0
| h_count{a="2",instance="",job="x"} 1
| h_bucket{a="1",b="1",instance="",job="x",le="+Inf"} 3
| h_sum{a="1",b="1",instance="",job="x"} 0
| h_count{a="1",b="1",instance="",job="x"} 3

# a help shows backslashes and newlines escaped and quotes plain
PUT /metrics/job/x
| # HELP m back\\slash, new\nline, \"quote\", "plain quote" and 	tab
| m 1
=> 200
GET /metrics
=> 200
pushed
|\ # HELP m back\\\\slash, new\\nline, "quote", "plain quote" and \ttab\n
| # TYPE m untyped
| m{instance="",job="x"} 1

# a family without help has no HELP line
PUT /metrics/job/x
| # TYPE m gauge
| m 1
=> 200
GET /metrics
=> 200
lacks HELP m
has # TYPE m gauge

# label values show backslashes, newlines and quotes escaped, all else plain
PUT /metrics/job/x/g/%5c%0a%22%09%01
| m{a="\\",b="\n",c="\"",d="'",e="	",f="{}=,#",g="x"} 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
|\ m{a="\\\\",b="\\n",c="\\"",d="'",e="\t",f="{}=,#",g="\\\\\\n\\"\t\x01",instance="",job="x"} 1\n

# no timestamps, no blank lines and no end marker
PUT /metrics/job/x
| m 1
| # EOF
=> 200
GET /metrics
=> 200
lacks EOF
has m{instance="",job="x"} 1

# two scrapes without a push between them are equal
PUT /metrics/job/x
| m 1
| n{a="b"} 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1
| # TYPE n untyped
| n{a="b",instance="",job="x"} 2
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1
| # TYPE n untyped
| n{a="b",instance="",job="x"} 2

# the telemetry path moves with its flag, the push path does not
start --web.telemetry-path=/federate
PUT /metrics/job/x
| m 1
=> 200
GET /federate
=> 200
has m{instance="",job="x"} 1
GET /metrics
=> 404

# twenty thousand series of a hundred groups are in order, also after changes
sh
$ for g in $(seq 100 199); do
$   seq -f "m{s=\"%04g\"} $g" 1 200 | curl -s -o out -X PUT --data-binary @- http://$GATEWAY9091/metrics/job/x/g/$g
$ done
$ curl -s http://$GATEWAY9091/metrics | grep '^m{' >all
$ wc -l <all && sort -c all && head -n 1 all && tail -n 1 all
| 20000
| m{g="100",instance="",job="x",s="0001"} 100
| m{g="199",instance="",job="x",s="0200"} 199
sh
$ for g in 100 150 199; do curl -s -X DELETE http://$GATEWAY9091/metrics/job/x/g/$g; done
$ for g in 101 151 198; do
$   seq -f "m{s=\"%04g\"} $g" 100 500 | curl -s -o out -X PUT --data-binary @- http://$GATEWAY9091/metrics/job/x/g/$g
$ done
$ curl -s http://$GATEWAY9091/metrics | grep '^m{' >all
$ wc -l <all && sort -c all && head -n 1 all && tail -n 1 all
| 20003
| m{g="101",instance="",job="x",s="0100"} 101
| m{g="198",instance="",job="x",s="0500"} 198

# a thousand families are in order
sh
$ for g in 1 2 3; do
$   seq -f 'f%04g 1' $g 3 3000 | curl -s -X PUT --data-binary @- http://$GATEWAY9091/metrics/job/x/g/$g
$ done
$ curl -s http://$GATEWAY9091/metrics | grep '^f' >all
$ wc -l <all && sort -c all
| 3000

// What may not stand beside what: within a push, and between a push and what is stored.

# the same series twice in a push is rejected
PUT /metrics/job/x
| m{a="1"} 1
| m{a="1"} 2
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"a"  value:"1"}  label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:2}} was collected before with the same name and label values

# the same series with its labels in another order is the same
PUT /metrics/job/x
| m{a="1",b="2"} 1
| m{b="2",a="1"} 2
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"a"  value:"1"}  label:{name:"b"  value:"2"}  label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:2}} was collected before with the same name and label values

# an equal value does not excuse a series given twice
PUT /metrics/job/x
| m 1
| m 1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:1}} was collected before with the same name and label values

# series that differ only in a label overwritten by the group are the same
PUT /metrics/job/x/a/b
| m{a="1"} 1
| m{a="2"} 2
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"a"  value:"b"}  label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:2}} was collected before with the same name and label values

# an empty instance of the body equals the implied one
PUT /metrics/job/x
| m 1
| m{instance=""} 2
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:2}} was collected before with the same name and label values

# a gauge given twice is quoted as a gauge
PUT /metrics/job/x
| # TYPE m gauge
| m 1
| m 2.5
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  gauge:{value:2.5}} was collected before with the same name and label values

# a counter given twice is quoted as a counter
PUT /metrics/job/x
| # TYPE m counter
| m 1
| m 1e99
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  counter:{value:1e+99}} was collected before with the same name and label values

# special values in a quoted metric
PUT /metrics/job/x
| m 1
| m NaN
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:nan}} was collected before with the same name and label values
PUT /metrics/job/x
| m 1
| m +Inf
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:inf}} was collected before with the same name and label values
PUT /metrics/job/x
| m 1
| m -Inf
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:-inf}} was collected before with the same name and label values
PUT /metrics/job/x
| m 1
| m 1e-7
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:1e-07}} was collected before with the same name and label values
PUT /metrics/job/x
| m 1
| m 1234567890
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:1.23456789e+09}} was collected before with the same name and label values
PUT /metrics/job/x
| m 1
| m 0
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:0}} was collected before with the same name and label values
PUT /metrics/job/x
| m 1
| m -0
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:-0}} was collected before with the same name and label values

# a label value is quoted with C escapes
PUT /metrics/job/x
|\ m{a="1\\n2\\\\3\\"4\t5\r6'7\x018ä€\x7f"} 1\n
|\ m{a="1\\n2\\\\3\\"4\t5\r6'7\x018ä€\x7f"} 1\n
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"a"  value:"1\n2\\3\"4\t5\r6'7\x018ä€\x7f"}  label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:1}} was collected before with the same name and label values

# a body label of a reserved name is rejected
PUT /metrics/job/x
| m{__a="1"} 1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"__a"  value:"1"}  label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:1}} has a label with an invalid name: __a

# a summary given twice by different parts is one summary
PUT /metrics/job/x
| # TYPE s summary
| s_sum{a="1"} 1
| s_count{a="1"} 2
=> 200

# a summary may not have the grouping label quantile
PUT /metrics/job/x/quantile/1
| # TYPE s summary
| s_sum 1
| s_count 2
| s{quantile="0.5"} 3
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "s" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  label:{name:"quantile"  value:"1"}  summary:{sample_count:2  sample_sum:1  quantile:{quantile:0.5  value:3}}} must not have an explicit "quantile" label

# the sum of a summary may not be a family of its own that comes first
PUT /metrics/job/x
| # TYPE s_sum gauge
| s_sum 1
| # TYPE s summary
| s_count 2
=> 400
has pushed metrics are invalid or inconsistent with existing metrics: <<.*>>collide<<.*>>

# the count of a summary may not be a family of another group
PUT /metrics/job/x
| s_count 1
=> 200
PUT /metrics/job/y
| # TYPE s summary
| s 1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: <<(collected metric named "s_count" collides with previously collected summary named "s"|collected histogram or summary named "s" collides with previously collected metric named "s_count")>>

# the sum of a summary may not be a family of another group
PUT /metrics/job/x
| s_sum 1
=> 200
PUT /metrics/job/y
| # TYPE s summary
| s 1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: <<(collected metric named "s_sum" collides with previously collected summary named "s"|collected histogram or summary named "s" collides with previously collected metric named "s_sum")>>

# a family may not be called as the count of a stored summary
PUT /metrics/job/x
| # TYPE s summary
| s 1
=> 200
PUT /metrics/job/y
| s_count 1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: <<(collected metric named "s_count" collides with previously collected summary named "s"|collected histogram or summary named "s" collides with previously collected metric named "s_count")>>

# a family called as the bucket of a summary collides with nothing
PUT /metrics/job/x
| # TYPE s summary
| s 1
=> 200
PUT /metrics/job/y
| s_bucket 1
=> 200

# the bucket of a histogram may not be a family of another group
PUT /metrics/job/x
| h_bucket 1
=> 200
PUT /metrics/job/y
| # TYPE h histogram
| h_count 1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: <<(collected metric named "h_bucket" collides with previously collected histogram named "h"|collected histogram named "h" collides with previously collected metric named "h_bucket")>>

# the count of a histogram may not be a family of another group
PUT /metrics/job/x
| h_count 1
=> 200
PUT /metrics/job/y
| # TYPE h histogram
| h_sum 1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: <<(collected metric named "h_count" collides with previously collected histogram named "h"|collected histogram or summary named "h" collides with previously collected metric named "h_count")>>

# a family may not be called as the sum of a stored histogram
PUT /metrics/job/x
| # TYPE h histogram
| h_count 1
=> 200
PUT /metrics/job/y
| h_sum 1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: <<(collected metric named "h_sum" collides with previously collected histogram named "h"|collected histogram or summary named "h" collides with previously collected metric named "h_sum")>>

# a gauge histogram collides with no name
PUT /metrics/job/x
| # TYPE h gauge_histogram
| h_bucket{le="1"} 1
=> 200
PUT /metrics/job/y
| h_bucket 1
| h_sum 2
| h_count 3
=> 200

# a family of another type in another group is rejected
PUT /metrics/job/x
| # TYPE m gauge
| m 1
=> 200
PUT /metrics/job/y
| # TYPE m counter
| m 2
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"<<(x"}  gauge:{value:1}} is not a COUNTER|y"}  counter:{value:2}} is not a GAUGE)>>

# an untyped metric beside a gauge of another group is rejected
PUT /metrics/job/x
| # TYPE m gauge
| m 1
=> 200
PUT /metrics/job/y
| m 2
=> 400
has pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { <<.*>>is not a<<n?>> <<(GAUGE|UNTYPED)>>

# a histogram beside a summary of the same name is rejected
PUT /metrics/job/x
| # TYPE m summary
| m_sum 1
=> 200
PUT /metrics/job/y
| # TYPE m histogram
| m_sum 2
=> 400
has pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { <<.*>>is not a <<(SUMMARY|HISTOGRAM)>>

# several offending series are counted and listed
PUT /metrics/job/x
| # TYPE m gauge
| m 1
=> 200
PUT /metrics/job/y
| m{a="1"} 1
| m{a="1"} 2
| n 1
| n 2
=> 400
has pushed metrics are invalid or inconsistent with existing metrics: <<[23]>> error(s) occurred:
has * collected metric "n" { label:{name:"instance"  value:""}  label:{name:"job"  value:"y"}  untyped:{value:2}} was collected before with the same name and label values

# every double after the first is an error
PUT /metrics/job/x
| m 1
| m 2
| m 3
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: 2 error(s) occurred:
| * collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:2}} was collected before with the same name and label values
| * collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:3}} was collected before with the same name and label values

# a rejected push sets the failure time, adds nothing and takes nothing away
PUT /metrics/job/x
| m 1
| n 2
=> 200
PUT /metrics/job/x
| m 3
| m 4
=> 400
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1
| # TYPE n untyped
| n{instance="",job="x"} 2
GET /metrics
=> 200
has push_failure_time_seconds{instance="",job="x"} <<time>>

# a rejected POST sets the failure time and replaces nothing
PUT /metrics/job/x
| m 1
=> 200
POST /metrics/job/x
| n 1
| n 2
=> 400
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1

# a PUT may change the type of its own family
PUT /metrics/job/x
| # TYPE m gauge
| m 1
=> 200
PUT /metrics/job/x
| # TYPE m counter
| m 2
=> 200
GET /metrics
=> 200
has # TYPE m counter

# a PUT may turn a summary into the metrics that it collided with
PUT /metrics/job/x
| # TYPE s summary
| s_sum 1
=> 200
PUT /metrics/job/x
| s_sum 1
| s_count 2
=> 200

# a POST that would collide with a family it leaves is rejected
PUT /metrics/job/x
| # TYPE s summary
| s_sum 1
=> 200
POST /metrics/job/x
| s_count 2
=> 400
has pushed metrics are invalid or inconsistent with existing metrics: <<.*>>collide<<.*>>

# after the other group is deleted the type is free
PUT /metrics/job/x
| # TYPE m gauge
| m 1
=> 200
PUT /metrics/job/y
| # TYPE m counter
| m 2
=> 400
DELETE /metrics/job/x
=> 202
PUT /metrics/job/y
| # TYPE m counter
| m 2
=> 200

# series of two groups collide when the body sets the other's instance
PUT /metrics/job/x/instance/i
| m 1
=> 200
PUT /metrics/job/x
| m{instance="i"} 2
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:"i"}  label:{name:"job"  value:"x"}  untyped:{value:<<[12]>>}} was collected before with the same name and label values

# series of two groups collide when the body holds the other's grouping label
PUT /metrics/job/x
| m{a="b"} 1
=> 200
PUT /metrics/job/x/a/b
| m 2
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"a"  value:"b"}  label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:<<[12]>>}} was collected before with the same name and label values

# groups that overlap in no series live side by side
PUT /metrics/job/x
| m{a="b"} 1
=> 200
PUT /metrics/job/x/a/c
| m 2
=> 200
PUT /metrics/job/x/b/b
| m 3
=> 200

# different helps of one family in two groups are accepted
PUT /metrics/job/x
| # HELP m one
| m 1
=> 200
PUT /metrics/job/y
| # HELP m two
| m 2
=> 200
GET /metrics
=> 200
has # HELP m <<(one|two)>>
has m{instance="",job="x"} 1
has m{instance="",job="y"} 2

# label sets of one family may differ in their names between groups
PUT /metrics/job/x
| m{a="1"} 1
=> 200
PUT /metrics/job/y
| m{b="1"} 1
| m 2
=> 200

# a counter may be negative, NaN and infinite
PUT /metrics/job/x
| # TYPE c counter
| c{a="1"} -1
| c{a="2"} NaN
| c{a="3"} -Inf
=> 200

# a collision in one push does not spoil the next
PUT /metrics/job/x
| m 1
| m 2
=> 400
PUT /metrics/job/x
| m 1
=> 200
PUT /metrics/job/y
| m 1
=> 200

# a group that differs from another only by an empty instance is refused and spoils nothing
differs: a grouping key that is itself the collision leaves no entry that would fail every scrape
PUT /metrics/job/x
| m 1
=> 200
PUT /metrics/job/x/instance/
| n 1
=> 400
has pushed metrics are invalid or inconsistent with existing metrics: <<.*>>
GET /metrics
=> 200
has m{instance="",job="x"} 1
lacks n{
ref=> 500
has An error has occurred while serving metrics:
PUT /metrics/job/y
| o 1
=> 200
ref=> 400

# a grouping value that is not UTF-8 is refused and spoils nothing
differs: a grouping key that is itself invalid leaves no entry that would fail every scrape
PUT /metrics/job/x/a/%ff
| m 1
=> 400
has pushed metrics are invalid or inconsistent with existing metrics: <<.*>>
GET /metrics
=> 200
stored
ref=> 500
PUT /metrics/job/y
| m 1
=> 200
ref=> 400

# DELETE of a group whose value is not UTF-8 is accepted
DELETE /metrics/job/x/a/%ff
=> 202

# timestamps are judged before consistency
PUT /metrics/job/x
| m 1
| m 1 1700000000000
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps

# a histogram of two groups that is one series is quoted whole
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{a="b",le="0.5"} 1
| h_sum{a="b"} 2.5
| h_count{a="b"} 3
=> 200
PUT /metrics/job/x/a/b
| # TYPE h histogram
| h_bucket{le="0.5"} 1
| h_sum 2.5
| h_count 3
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "h" { label:{name:"a"  value:"b"}  label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  histogram:{sample_count:3  sample_sum:2.5  bucket:{cumulative_count:1  upper_bound:0.5}}} was collected before with the same name and label values

# a histogram of fractions is quoted with its float fields
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{a="b",le="0.5"} 1.5
| h_bucket{a="b",le="+Inf"} 2
| h_sum{a="b"} 2.5
| h_count{a="b"} 3
=> 200
PUT /metrics/job/x/a/b
| # TYPE h histogram
| h_bucket{le="0.5"} 1.5
| h_bucket{le="+Inf"} 2
| h_sum 2.5
| h_count 3
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "h" { label:{name:"a"  value:"b"}  label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  histogram:{sample_count_float:3  sample_sum:2.5  bucket:{cumulative_count_float:1.5  upper_bound:0.5}  bucket:{cumulative_count_float:2  upper_bound:inf}}} was collected before with the same name and label values

# a family that collides within its own push is rejected and the rest with it
PUT /metrics/job/x
| # TYPE h_bucket counter
| h_bucket 1
| # TYPE h histogram
| h_sum 2
| m 3
=> 400
has pushed metrics are invalid or inconsistent with existing metrics: <<.*>>collide<<.*>>
GET /metrics
=> 200
pushed

# a histogram without a count is quoted without one
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{a="b",le="0.5"} 1
=> 200
PUT /metrics/job/x/a/b
| # TYPE h histogram
| h_bucket{le="0.5"} 1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "h" { label:{name:"a"  value:"b"}  label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  histogram:{bucket:{cumulative_count:1  upper_bound:0.5}}} was collected before with the same name and label values

# a histogram with nothing but a zero count is quoted with it
PUT /metrics/job/x
| # TYPE h histogram
| h_count{a="b"} 0
| h_bucket{a="b",le="1"} 0
=> 200
PUT /metrics/job/x/a/b
| # TYPE h histogram
| h_count 0
| h_bucket{le="1"} 0
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "h" { label:{name:"a"  value:"b"}  label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  histogram:{sample_count:0  bucket:{cumulative_count:0  upper_bound:1}}} was collected before with the same name and label values

# a summary without sum and count is quoted without them
PUT /metrics/job/x
| # TYPE s summary
| s{a="b",quantile="0.5"} 1
=> 200
PUT /metrics/job/x/a/b
| # TYPE s summary
| s{quantile="0.5"} 1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "s" { label:{name:"a"  value:"b"}  label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  summary:{quantile:{quantile:0.5  value:1}}} was collected before with the same name and label values

# an empty summary is quoted empty
PUT /metrics/job/x
| # TYPE s summary
| s{a="b"} 1
=> 200
PUT /metrics/job/x/a/b
| # TYPE s summary
| s 1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "s" { label:{name:"a"  value:"b"}  label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  summary:{}} was collected before with the same name and label values

# two groups that hold one series as different types are refused whichever came first
PUT /metrics/job/x
| # TYPE m counter
| m{a="b"} 1
=> 200
PUT /metrics/job/x/a/b
| # TYPE m gauge
| m 2
=> 400
has pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { <<.*>>is not a <<(GAUGE|COUNTER)>>

// What one push, and the store as a whole, may hold: one over each limit. The original has none.

# a push over the number of families is refused and changes nothing
differs: limits are flags of this gateway
start --push.max-families=2
PUT /metrics/job/x
| a 1
| b 1
=> 200
PUT /metrics/job/x
| a 1
| b 1
| c 1
=> 413
| the push has more than 2 metric families (--push.max-families)
ref cannot
GET /metrics
=> 200
lacks c{

# a push over the number of series is refused
differs: limits are flags of this gateway
start --push.max-series=2
PUT /metrics/job/x
| a{n="1"} 1
| a{n="2"} 1
=> 200
PUT /metrics/job/x
| a{n="1"} 1
| a{n="2"} 1
| a{n="3"} 1
=> 413
| the push has more than 2 series (--push.max-series)
ref cannot

# a series over the number of labels is refused
differs: limits are flags of this gateway
start --push.max-labels-per-series=2
PUT /metrics/job/x
| a{n="1",o="2"} 1
=> 200
PUT /metrics/job/x
| a{n="1",o="2",p="3"} 1
=> 413
| the series in line 1 has more than 2 labels (--push.max-labels-per-series)
ref cannot
PUT /metrics/job/x/a/1/b/2
=> 413
| the path has more than 2 labels (--push.max-labels-per-series)
ref cannot

# a name over its length is refused
differs: limits are flags of this gateway
start --push.max-name-bytes=4
PUT /metrics/job/x
| abcd{abcd="1"} 1
=> 200
PUT /metrics/job/x
| abcde 1
=> 413
| a name in line 1 has more than 4 bytes (--push.max-name-bytes)
ref cannot

# a label value over its length is refused
differs: limits are flags of this gateway
start --push.max-value-bytes=4
PUT /metrics/job/x
| a{a="1234"} 1
=> 200
PUT /metrics/job/x
| a{a="12345"} 1
=> 413
| a label value or help text in line 1 has more than 4 bytes (--push.max-value-bytes)
ref cannot

# one group more than the store holds is refused, and leaves no trace; those that are there go on
differs: limits are flags of this gateway
start --store.max-groups=1
PUT /metrics/job/x
| a 1
=> 200
PUT /metrics/job/y
| a 1
=> 429
| the gateway is full: the push would exceed --store.max-groups
ref cannot
PUT /metrics/job/y
| a 1 2
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps
ref cannot
GET /metrics
=> 200
lacks job="y"
PUT /metrics/job/x
| a 2
=> 200
DELETE /metrics/job/x
=> 202
PUT /metrics/job/y
| a 1
=> 200

# one series more than the store holds is refused, and the group shows that its push failed
differs: limits are flags of this gateway
start --store.max-series=4
PUT /metrics/job/x
| a 1
| b 1
=> 200
POST /metrics/job/x
| c 1
=> 429
| the gateway is full: the push would exceed --store.max-series
ref cannot
GET /metrics
=> 200
lacks c{
has push_failure_time_seconds{instance="",job="x"} <<time>>
PUT /metrics/job/x
| c 1
| d 1
=> 200

# one more set of grouping label names for a family is refused
differs: limits are flags of this gateway
start --push.max-shapes-per-family=2
PUT /metrics/job/x
| a 1
=> 200
PUT /metrics/job/x/l1/v
| a 1
=> 200
PUT /metrics/job/x/l2/v
| a 1
=> 429
| the gateway is full: the push would exceed --push.max-shapes-per-family
ref cannot
PUT /metrics/job/x/l2/v
| b 1
=> 200
PUT /metrics/job/x/l1/w
| a 1
=> 200

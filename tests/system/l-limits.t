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

# a name or value in the path over its length is refused
differs: limits are flags of this gateway
start --push.max-name-bytes=4 --push.max-value-bytes=5
PUT /metrics/job/12345/abcd/12345
| a 1
=> 200
PUT /metrics/job/123456
| a 1
=> 413
| a label value in the path has more than 5 bytes (--push.max-value-bytes)
ref cannot
PUT /metrics/job/x/abcde/1
| a 1
=> 413
| a label name in the path has more than 4 bytes (--push.max-name-bytes)
ref cannot

# a push that needs more working memory than one may take is refused
differs: limits are flags of this gateway
start --push.max-memory-bytes=64KiB
PUT /metrics/job/x
|\ m{a="\{2000*b}"} 1\n
=> 200
sh
$ seq 5000 | sed 's/.*/m{n="&"} 1/' | curl -s -w '%{http_code}\n' --data-binary @- http://$GATEWAY9091/metrics/job/x |
$   sed -E 's/^the (push|request) needs (more|too much) memory .*[(]/too much (/; s/memory[(]/(/'
| too much (--push.max-memory-bytes)
| 413
ref cannot

# what is kept may take so many bytes: a push that needs more is refused, and a deletion makes room
differs: limits are flags of this gateway
start --store.max-bytes=4000
PUT /metrics/job/x
| a 1
=> 200
PUT /metrics/job/x
|\ a{b="\{5000*v}"} 1\n
=> 429
| the gateway is full: the push would exceed --store.max-bytes
ref cannot
POST /metrics/job/x
|\ b{b="\{2000*v}"} 1\n
=> 200
POST /metrics/job/x
|\ c{b="\{2000*v}"} 1\n
=> 429
ref cannot
PUT /metrics/job/x
|\ c{b="\{2000*v}"} 1\n
=> 200
PUT /metrics/job/y
|\ d{b="\{1500*v}"} 1\n
=> 429
ref cannot
DELETE /metrics/job/x
=> 202
PUT /metrics/job/y
|\ d{b="\{1500*v}"} 1\n
=> 200
GET /metrics
=> 200
lacks job="x"

# what met a limit is counted by the limit's flag; before that there is no such metric
differs: limits are flags of this gateway
start --push.max-families=1 --web.max-body-bytes=100
sh
$ curl -s http://$GATEWAY9091/metrics | grep -c limit_exceeded
|\ 0\n
exit 1
PUT /metrics/job/x
| a 1
| b 1
=> 413
ref cannot
PUT /metrics/job/x
| a 1
| b 1
=> 413
ref cannot
PUT /metrics/job/x
|\ a{b="\{100*v}"} 1\n
=> 413
ref cannot
GET /metrics
=> 200
has # TYPE pushgateway_limit_exceeded_total counter
has pushgateway_limit_exceeded_total{limit="push.max-families"} 2
has pushgateway_limit_exceeded_total{limit="web.max-body-bytes"} 1

# requests that are not whole may take so many bytes together: who needs more is refused, others are served
differs: limits are flags of this gateway
start --web.max-buffer-bytes=1MiB
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 4000000
|
|\ \{3000000*#}
=> 429
| requests and answers under way need more than 1048576 bytes (--web.max-buffer-bytes)
ref cannot
PUT /metrics/job/y
|\ m{a="\{30000*v}"} 1\n
=> 200
GET /metrics
=> 200
has pushgateway_limit_exceeded_total{limit="web.max-buffer-bytes"} 1

# a large push is read by a helper, and what is sent behind it waits for its turn
send
|\ PUT /metrics/job/x HTTP/1.1\r\nHost: x\r\nContent-Length: 400006\r\n\r\n
|\ #\{400000*x}\nm 1\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\nPUT /metrics/job/x HTTP/1.1\r\nHost: x\r\n
|\ Content-Length: 4\r\n\r\nm 2\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n
=> 200
=> 200
has m{instance="",job="x"} 1
=> 200
=> 200
has m{instance="",job="x"} 2
=> open

# a large push that is at fault is answered with its line
send
|\ PUT /metrics/job/x HTTP/1.1\r\nHost: x\r\nContent-Length: 400006\r\n\r\n
|\ #\{400000*x}\nm{}\n
=> 400
| text format parsing error in line 2: <<.*>>
=> open

# a small body that inflates to a large one is read by a helper, too
sh
$ seq 20000 | sed 's/.*/m{n="&",padding="some_text_that_deflates_well"} 1/' | gzip |
$   curl -s -w '%{http_code}\n' -H 'Content-Encoding: gzip' --data-binary @- http://$GATEWAY9091/metrics/job/x
$ curl -s http://$GATEWAY9091/metrics | grep -c '^m{'
| 200
|\ 20000\n

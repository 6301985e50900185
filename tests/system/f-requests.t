// Request lines and headers that are odd or hostile; limits and deadlines.

# a header line with a blank before the colon is refused
send
| GET /-/healthy HTTP/1.1
| Host: x
| X-A : b
|
=> 400 Bad Request<<.*>>
=> closed

# a length with a blank before the colon is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length : 4
|
|\ m 1\n
=> 400 Bad Request<<.*>>
=> closed

# a folded header line is refused
differs: strict framing (RFC 9112)
send
|\ GET /-/healthy HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\n\r\n
=> 400 Bad Request<<.*>>
ref=> 200
=> closed
ref=> open

# a first header line that begins with a blank is refused
send
|\ GET /-/healthy HTTP/1.1\r\n Host: x\r\n\r\n
=> 400 Bad Request<<.*>>
=> closed

# lines that end with a bare newline are refused
differs: strict framing (RFC 9112)
send
|\ GET /-/healthy HTTP/1.1\nHost: x\n\n
=> 400 Bad Request<<.*>>
ref=> 200
=> closed
ref=> open

# one header line that ends with a bare newline is refused
differs: strict framing (RFC 9112)
send
|\ GET /-/healthy HTTP/1.1\r\nHost: x\nX-A: b\r\n\r\n
=> 400 Bad Request<<.*>>
ref=> 200
=> closed
ref=> open

# a bare carriage return in a header line is refused
send
|\ GET /-/healthy HTTP/1.1\r\nHost: x\r\nX-A: b\rc\r\n\r\n
=> 400 Bad Request<<.*>>
=> closed

# a bare carriage return in the request line is refused
send
|\ GET /-/healthy\r HTTP/1.1\r\nHost: x\r\n\r\n
=> 400 Bad Request<<.*>>
=> closed

# NUL in a header value is refused
send
|\ GET /-/healthy HTTP/1.1\r\nHost: x\r\nX-A: b\x00c\r\n\r\n
=> 400 Bad Request<<.*>>
=> closed

# a control byte in a header value is refused
send
|\ GET /-/healthy HTTP/1.1\r\nHost: x\r\nX-A: b\x01c\r\n\r\n
=> 400 Bad Request<<.*>>
=> closed

# NUL in a header name is refused
send
|\ GET /-/healthy HTTP/1.1\r\nHost: x\r\nX\x00A: b\r\n\r\n
=> 400 Bad Request<<.*>>
=> closed

# NUL in the target is refused
send
|\ GET /-/healthy\x00 HTTP/1.1\r\nHost: x\r\n\r\n
=> 400 Bad Request<<.*>>
=> closed

# a header line without a colon is refused
send
| GET /-/healthy HTTP/1.1
| Host: x
| nonsense
|
=> 400 Bad Request<<.*>>
=> closed

# a header line without a name is refused
send
| GET /-/healthy HTTP/1.1
| Host: x
| : b
|
=> 400 Bad Request<<.*>>
=> closed

# a header name holds no bytes over 0x7f
send
|\ GET /-/healthy HTTP/1.1\r\nHost: x\r\n\xc3\xa4: b\r\n\r\n
=> 400 Bad Request<<.*>>
=> closed

# a header name holds no parentheses
send
| GET /-/healthy HTTP/1.1
| Host: x
| X(A): b
|
=> 400 Bad Request<<.*>>
=> closed

// Host

# HTTP/1.1 without Host is refused
send
| GET /-/healthy HTTP/1.1
|
=> 400 Bad Request: missing required Host header
Content-Type: text/plain; charset=utf-8
Connection: close
no Date
|\ 400 Bad Request: missing required Host header
=> closed

# two Host headers are refused
send
| GET /-/healthy HTTP/1.1
| Host: x
| Host: x
|
=> 400 Bad Request<<.*>>
=> closed

# a malformed Host is refused
send
| GET /-/healthy HTTP/1.1
| Host: a b
|
=> 400 Bad Request: malformed Host header
|\ 400 Bad Request: malformed Host header
=> closed

# a Host with a slash is refused
send
| GET /-/healthy HTTP/1.1
| Host: a/b
|
=> 400 Bad Request: malformed Host header
=> closed

# an empty Host is accepted
send
| GET /-/healthy HTTP/1.1
| Host:
|
=> 200

# HTTP/1.0 needs no Host
send
| GET /-/healthy HTTP/1.0
|
=> HTTP/1.0 200

# an absolute target needs a Host all the same
send
| GET http://example.org/-/healthy HTTP/1.1
|
=> 400 Bad Request: missing required Host header
=> closed

// The request line

# garbage is refused
send
| hello
|
=> 400 Bad Request
Content-Type: text/plain; charset=utf-8
Connection: close
no Date
|\ 400 Bad Request
=> closed

# HTTP/0.9 is refused
send
| GET /-/healthy
|
=> 400 Bad Request
|\ 400 Bad Request
=> closed

# a blank in the target is refused
send
| GET /metrics/job/a b HTTP/1.1
| Host: x
|
=> 400 Bad Request
=> closed

# two blanks in the request line are refused
send
| GET  /-/healthy HTTP/1.1
| Host: x
|
=> 400 Bad Request
=> closed

# a tab in the request line is refused
send
|\ GET\t/-/healthy HTTP/1.1\r\nHost: x\r\n\r\n
=> 400 Bad Request
=> closed

# a method that is no word is refused
send
| G(T /-/healthy HTTP/1.1
| Host: x
|
=> 400 Bad Request<<.*>>
=> closed

# an empty method is refused
send
|\  /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n
=> 400 Bad Request<<.*>>
=> closed

# a target that is neither a path nor an URL is refused
send
| GET metrics HTTP/1.1
| Host: x
|
=> 400 Bad Request
=> closed

# a percent sign without two hexadecimal digits is refused
send
| GET /metrics/job/a%2 HTTP/1.1
| Host: x
|
=> 400 Bad Request
|\ 400 Bad Request
=> closed

# a percent sign before other letters is refused
send
| GET /metrics/job/a%zz HTTP/1.1
| Host: x
|
=> 400 Bad Request
=> closed

# a percent sign at the end is refused
send
| GET /metrics/job/a% HTTP/1.1
| Host: x
|
=> 400 Bad Request
=> closed

# a percent sign in the query may stand alone
send
| GET /-/healthy?100% HTTP/1.1
| Host: x
|
=> 200

# a target may hold raw UTF-8
send
|\ PUT /metrics/job/\xc3\xa4 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nm 1\n
=> 200
GET /metrics
=> 200
has m{instance="",job="ä"} 1

# HTTP/2.0 over a plain connection is refused
send
| GET /-/healthy HTTP/2.0
| Host: x
|
=> 505 HTTP Version Not Supported: unsupported protocol version
Connection: close
no Date
|\ 505 HTTP Version Not Supported: unsupported protocol version
=> closed

# HTTP/3.0 is refused
send
| GET /-/healthy HTTP/3.0
| Host: x
|
=> 505 HTTP Version Not Supported: unsupported protocol version
=> closed

# the preface of HTTP/2 is refused
send
|\ PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n
=> <<(400|505)>> <<.*>>
=> closed

# a version that is none is refused
send
| GET /-/healthy HTTP/1
| Host: x
|
=> 400 Bad Request<<.*>>
=> closed

# a version in lower case is refused
send
| GET /-/healthy http/1.1
| Host: x
|
=> 400 Bad Request<<.*>>
=> closed

# a version with a word behind it is refused
send
| GET /-/healthy HTTP/1.1 x
| Host: x
|
=> 400 Bad Request<<.*>>
=> closed

# a TLS greeting on a plain connection is refused
send
|\ \x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n
=> 400 Bad Request<<.*>>
=> closed

# after a refusal nothing more is read from the connection
send
| GET /-/healthy HTTP/1.1
|
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 4
|
|\ m 1\n
=> 400 Bad Request: missing required Host header
=> closed
GET /metrics
=> 200
stored

# a request refused after a good one leaves the good one answered
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 4
|
|\ m 1\n
| PUT /metrics/job/y HTTP/1.1
| Host: x
| Content-Length: +4
|
|\ m 2\n
=> 200
=> 400 Bad Request<<.*>>
=> closed
GET /metrics
=> 200
has m{instance="",job="x"} 1
lacks job="y"

// Limits

# a header over the limit is refused
send
|\ GET /-/healthy HTTP/1.1\r\nHost: x\r\nX-A: \{1100000*a}\r\n\r\n
=> 431
Connection: close
no Date
|\ 431 Request Header Fields Too Large
=> closed

# a header under the limit is accepted
send
|\ GET /-/healthy HTTP/1.1\r\nHost: x\r\nX-A: \{500000*a}\r\n\r\n
=> 200

# a target over the limit is refused
send
|\ GET /\{1100000*a} HTTP/1.1\r\nHost: x\r\n\r\n
=> 431
=> closed

# a header that never ends is refused at the limit
send
|\ GET /-/healthy HTTP/1.1\r\nHost: x\r\nX-A: \{1100000*a}
=> 431
=> closed

# the header limit is a flag
differs: the reference has no such flag
ref cannot
start --web.max-header-bytes=2048
send
|\ GET /-/healthy HTTP/1.1\r\nHost: x\r\nX-A: \{2048*a}\r\n\r\n
=> 431
=> closed
connect
send
|\ GET /-/healthy HTTP/1.1\r\nHost: x\r\nX-A: \{1900*a}\r\n\r\n
=> 200

# a body over the limit is refused before it is read
differs: the reference has no limit
ref cannot
start --web.max-body-bytes=1000
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 1001
|
=> 413
Content-Type: text/plain; charset=utf-8
Connection: close
| <<.*1000 bytes.*>>
=> closed

# a body of exactly the limit is accepted
differs: the reference has no limit
ref cannot
start --web.max-body-bytes=10
PUT /metrics/job/x
| m 1234567
=> 200

# a body over the limit is refused although it is sent in full
differs: the reference has no limit
ref cannot
start --web.max-body-bytes=1000
send
|\ PUT /metrics/job/x HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n\{2000000*#}
=> 413
=> closed
GET /metrics
=> 200
stored

# a chunked body over the limit is refused
differs: the reference has no limit
ref cannot
start --web.max-body-bytes=1000
send
|\ PUT /metrics/job/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1f4\r\n\{500*#}\r\n1f5\r\n\{501*#}\r\n0\r\n\r\n
=> 413
=> closed

# a chunk that announces more than the limit is refused before it is read
differs: the reference has no limit
ref cannot
start --web.max-body-bytes=1000
send
|\ PUT /metrics/job/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n
=> 413
=> closed

# one connection more than the limit is closed, the others live
differs: the reference has no limit
ref cannot
start --web.max-connections=1
connect
send
| GET /-/healthy HTTP/1.1
| Host: x
|
=> 200
sh
$ curl -s -o /dev/null -m 5 http://$GATEWAY9091/-/healthy || echo refused
| refused
send
| GET /-/healthy HTTP/1.1
| Host: x
|
=> 200
close
wait 0.1
GET /-/healthy
=> 200

// Deadlines

# a header that does not arrive in time is answered 408
differs: the reference waits forever
ref cannot
start --web.header-timeout=300ms
send
|\ GET /-/healthy HTTP/1.1\r\nHost:
=> 408 <<.*>>
within 3
=> closed

# a header that comes in drops has the same deadline
differs: the reference waits forever
ref cannot
start --web.header-timeout=300ms
send
|\ G
wait 0.2
send
|\ E
wait 0.2
send
|\ T
=> 408 <<.*>>
within 1
=> closed

# a body that does not arrive in time is answered 408 and stores nothing
differs: the reference waits forever
ref cannot
start --web.body-timeout=300ms
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 100
|
|\ m 1\n
=> 408
within 3
=> closed
GET /metrics
=> 200
stored

# a chunked body has the same deadline
differs: the reference waits forever
ref cannot
start --web.body-timeout=300ms
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: chunked
|
| 4
|\ m 1\n\r\n
=> 408
within 3
=> closed

# a connection that sends nothing is closed without a word
differs: the reference waits forever
ref cannot
start --web.header-timeout=300ms --web.idle-timeout=300ms
connect
wait 0.1
=> closed
within 3

# an idle connection is closed without a word
differs: the reference waits forever
ref cannot
start --web.idle-timeout=300ms
send
| GET /-/healthy HTTP/1.1
| Host: x
|
=> 200
=> closed
within 3

# a client that does not read its answer loses its connection, the others live
differs: the reference waits forever
ref cannot
start --web.response-timeout=300ms
sh
$ seq 1000001 1080000 | sed 's/.*/m{a_label_whose_name_makes_the_answer_long="and_so_does_its_value_&"} 1/' |
$   curl -s -w '%{http_code}\n' --data-binary @- http://$GATEWAY9091/metrics/job/x
| 200
connect narrow
send
| GET /metrics HTTP/1.1
| Host: x
|
wait 1
=> cut
GET /-/healthy
=> 200

# many connections at once are served
sh
$ for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
$   echo "m $i" | curl -s -w '%{http_code}\n' --data-binary @- http://$GATEWAY9091/metrics/job/j$i &
$ done | sort | uniq -c
$ wait
$ curl -s http://$GATEWAY9091/metrics | grep -c '^m{'
|\      20 200\n
| 20

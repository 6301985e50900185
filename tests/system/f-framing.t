// Where one request ends and the next begins. What is ambiguous is refused and the connection ended,
// so that no two programs in a row can read it differently.

# requests on one connection are answered one after the other
send
| GET /-/healthy HTTP/1.1
| Host: x
|
=> 200
|\ OK
=> open
send
| GET /-/ready HTTP/1.1
| Host: x
|
=> 200
|\ OK

# requests sent ahead are answered in order
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 4
|
|\ m 1\n
| PUT /metrics/job/x/a HTTP/1.1
| Host: x
| Content-Length: 4
|
|\ m 2\n
| GET /-/healthy HTTP/1.1
| Host: x
|
| DELETE /metrics/job/y HTTP/1.1
| Host: x
|
| GET /metrics HTTP/1.1
| Host: x
|
=> 200
=> 400
=> 200
|\ OK
=> 202
=> 200
has m{instance="",job="x"} 1
=> open

# a request may come byte by byte
send
|\ PUT /metrics/job/x H
wait 0.02
send
|\ TTP/1.1\r
wait 0.02
send
|\ \nHost: x\r\nContent-Le
wait 0.02
send
|\ ngth: 8\r\n\r
wait 0.02
send
|\ \nm 1
wait 0.02
send
|\ \nn 2\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n
=> 200
=> 200
has m{instance="",job="x"} 1
has n{instance="",job="x"} 2

# Connection: close ends the connection after the answer
send
| GET /-/healthy HTTP/1.1
| Host: x
| Connection: close
|
=> 200
Connection: close
=> closed

# the word close is found in a list and in any case
send
| GET /-/healthy HTTP/1.1
| Host: x
| Connection: foo, CLOSE
|
=> 200
Connection: close
=> closed

# HTTP/1.0 is answered as HTTP/1.0 and closed
send
| GET /-/healthy HTTP/1.0
|
=> HTTP/1.0 200
|\ OK
=> closed

# HTTP/1.0 may ask to keep the connection
send
| GET /-/healthy HTTP/1.0
| Connection: keep-alive
|
=> HTTP/1.0 200
Connection: keep-alive
|\ OK
=> open

# HTTP/1.0 may push
send
| PUT /metrics/job/x HTTP/1.0
| Content-Length: 4
|
|\ m 1\n
=> HTTP/1.0 200
=> closed
GET /metrics
=> 200
has m{instance="",job="x"} 1

# a scrape over HTTP/1.0 is not chunked
GET /metrics HTTP/1.0
=> HTTP/1.0 200
no Transfer-Encoding

# a client that sends no more may still read its answer
send
| GET /-/healthy HTTP/1.1
| Host: x
|
half-close
=> 200
|\ OK
=> closed

# a client that sends no more after several requests reads all answers
send
| GET /-/healthy HTTP/1.1
| Host: x
|
| GET /-/ready HTTP/1.1
| Host: x
|
half-close
=> 200
=> 200
=> closed

# a connection on which nothing is sent is closed without a word
connect
half-close
=> closed

# header names are in any case, values have blanks around them
send
|\ PUT /metrics/job/x HTTP/1.1\r\nhOST:\t x \t\r\nCONTENT-LENGTH: \t 4 \r\n\r\nm 1\n
=> 200
=> open

# a header value may be empty and may hold bytes over 0x7f
send
|\ GET /-/healthy HTTP/1.1\r\nHost: x\r\nX-Empty:\r\nX-Bytes: \xff\xfe\r\n\r\n
=> 200

# an unknown method is a method
send
| BREW /-/healthy HTTP/1.1
| Host: x
|
=> 405
=> open

// Content-Length

# a body is as long as its Content-Length says
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 4
|
|\ m 1\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n
=> 200
=> 200
has m{instance="",job="x"} 1

# leading zeros of Content-Length mean nothing
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 0004
|
|\ m 1\n
=> 200
=> open

# a push without a length has an empty body
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
|
=> 200
=> open
GET /metrics
=> 200
has push_time_seconds{instance="",job="x"} <<time>>

# two different lengths are refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 4
| Content-Length: 5
|
|\ m 1\n\n
=> 400 Bad Request<<.*>>
=> closed

# two equal lengths are refused
differs: strict framing (RFC 9112)
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 4
| Content-Length: 4
|
|\ m 1\n
=> 400 Bad Request<<.*>>
ref=> 200
=> closed
ref=> open

# a list of lengths is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 4, 4
|
|\ m 1\n
=> 400 Bad Request<<.*>>
=> closed

# a signed length is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: +4
|
|\ m 1\n
=> 400 Bad Request<<.*>>
=> closed

# a negative length is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: -4
|
=> 400 Bad Request<<.*>>
=> closed

# an empty length is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length:
|
=> 400 Bad Request<<.*>>
=> closed

# a length with a blank in it is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 1 4
|
|\ m 1\n
=> 400 Bad Request<<.*>>
=> closed

# a hexadecimal length is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 0x4
|
|\ m 1\n
=> 400 Bad Request<<.*>>
=> closed

# a length that 64 bits do not hold is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 99999999999999999999
|
=> 400 Bad Request<<.*>>
=> closed

# a body that ends early is refused and nothing of it is stored
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 100
|
|\ m 1\n
half-close
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| unexpected EOF
=> closed
GET /metrics
=> 200
stored

# a body that ends early in the middle of a line is refused in the same way
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 100
|
|\ m 1
half-close
=> 400
| unexpected EOF
=> closed

# a client that goes away within its body stores nothing
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 100
|
|\ m 1\n
close
GET /metrics
=> 200
stored

// Transfer-Encoding

# a body may be chunked
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: chunked
|
| 3
| m 1
| 5
|\ \nn 2\n\r\n
| 0
|
=> 200
=> open
GET /metrics
=> 200
has m{instance="",job="x"} 1
has n{instance="",job="x"} 2

# the word chunked may be in any case
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: Chunked
|
| 4
|\ m 1\n\r\n
| 0
|
=> 200
=> open

# chunk sizes are hexadecimal in either case and may have leading zeros
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: chunked
|
| 000a
|\ aaaaaa 1\n\n\r\n
| 00B
|\ bbbbbbbb 2\n\r\n
| 00
|
=> 200
=> open

# chunk extensions and trailers are ignored
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: chunked
|
| 4;name=value;other="quoted"
|\ m 1\n\r\n
| 0;last
| Trailer: ignored
|
=> 200
=> open

# chunks may come byte by byte
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: chunked
|
wait 0.02
send
|\ 4\r
wait 0.02
send
|\ \nm\x20
wait 0.02
send
|\ 1\n\r
wait 0.02
send
|\ \n0\r\n
wait 0.02
send
|\ \r\nGET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n
=> 200
=> 200
|\ OK

# a chunked push with no data is an empty push
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: chunked
|
| 0
|
=> 200
=> open

# chunked wins over a length, and the connection is not trusted with another request
differs: who sends both is not believed about where the next request begins (RFC 9112 6.1)
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 3
| Transfer-Encoding: chunked
|
| 4
|\ m 1\n\r\n
| 0
|
| GET /-/healthy HTTP/1.1
| Host: x
|
=> 200
=> closed
ref=> 200
GET /metrics
=> 200
has m{instance="",job="x"} 1

# a chunk size that is no number is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: chunked
|
| x
|\ m 1\n\r\n
| 0
|
=> 400
| invalid byte in chunk length
=> closed
GET /metrics
=> 200
stored

# a signed chunk size is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: chunked
|
| +4
|\ m 1\n\r\n
| 0
|
=> 400
| invalid byte in chunk length
=> closed

# a chunk size with 0x is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: chunked
|
| 0x4
|\ m 1\n\r\n
| 0
|
=> 400
| invalid byte in chunk length
=> closed

# a chunk size of more than 16 digits is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: chunked
|
| 10000000000000004
|\ m 1\n\r\n
| 0
|
=> 400
| http chunk length too large
=> closed

# an empty chunk size is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: chunked
|
|
|\ m 1\n\r\n
| 0
|
=> 400
| <<.*>>chunk length
=> closed

# a chunk that is longer than its size is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: chunked
|
| 3
|\ m 1\n\r\n
| 0
|
=> 400
| malformed chunked encoding
=> closed

# chunks that end early are refused and nothing of them is stored
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: chunked
|
| 4
|\ m 1\n\r\n
half-close
=> 400
| unexpected EOF
=> closed
GET /metrics
=> 200
stored

# a chunk size line that ends with a bare newline is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: chunked
|
|\ 4\nm 1\n\r\n0\r\n\r\n
=> 400
| chunked line ends with bare LF
=> closed

# a chunk that ends with a bare newline is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: chunked
|
|\ 4\r\nm 1\n\n0\r\n\r\n
=> 400
| malformed chunked encoding
=> closed

# a coding that is not chunked is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: gzip
|
=> 501 Not Implemented
no Date
Connection: close
|\ Unsupported transfer encoding
=> closed

# a coding before chunked is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: gzip, chunked
|
=> 501
=> closed

# chunked twice is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: chunked, chunked
|
=> 501
=> closed

# two headers that say chunked are refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: chunked
| Transfer-Encoding: chunked
|
=> 501
=> closed

# identity is no coding any more
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: identity
| Content-Length: 4
|
|\ m 1\n
=> 501
=> closed

# an empty coding is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding:
| Content-Length: 4
|
|\ m 1\n
=> 501
=> closed

# a vertical tab before chunked does not hide it
send
|\ PUT /metrics/job/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n
=> <<(400|501)>> <<.*>>
=> closed

# HTTP/1.0 knows no codings
differs: strict framing (RFC 9112)
send
| PUT /metrics/job/x HTTP/1.0
| Transfer-Encoding: chunked
|
| 0
|
=> 400 Bad Request<<.*>>
ref=> HTTP/1.0 200
=> closed

# 100 Continue is sent before the body is awaited
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 4
| Expect: 100-continue
|
=> 100
send
|\ m 1\n
=> 200
=> open
GET /metrics
=> 200
has m{instance="",job="x"} 1

# 100 Continue is in any case
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 4
| Expect: 100-Continue
|
=> 100
send
|\ m 1\n
=> 200

# another expectation is refused
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 4
| Expect: 200-ok
|
|\ m 1\n
=> 417
=> closed

# 100-continue may stand among other words
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 4
| Expect: x, 100-continue
|
=> 100
send
|\ m 1\n
=> 200

# of several expectations the first counts
send
| GET /-/ready HTTP/1.1
| Host: x
| Expect: 100-continue
| Expect: 200-ok
|
=> 200
send
| GET /-/ready HTTP/1.1
| Host: x
| Expect: 200-ok
| Expect: 100-continue
|
=> 417
=> closed

# the words of Connection may be parted by blanks, too
send
| GET /-/ready HTTP/1.1
| Host: x
| Connection: a close
|
=> 200
Connection: close
=> closed

# in HTTP/1.0 keep-alive is heard among other words
send
| GET /-/ready HTTP/1.0
| Connection: x Keep-Alive
|
=> HTTP/1.0 200
Connection: keep-alive
=> open

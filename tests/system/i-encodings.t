// Content-Encoding of requests. Where a body is written out, gzip members are of stored blocks and snappy
// chunks hold plain bytes or one literal, so that their text can be read.
shared

# gzip is undone, whatever the case of the header
PUT /metrics/job/e1
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcbU0\xe4\x02\x00\x8eX\xcd\xf6\x04\x00\x00\x00
=> 200
empty
GET /metrics
=> 200
has m{instance="",job="e1"} 1
PUT /metrics/job/e2
> Content-Encoding: GZip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x04\x00\xfb\xffm 1\n\x8eX\xcd\xf6\x04\x00\x00\x00
=> 200
empty
GET /metrics
=> 200
has m{instance="",job="e2"} 1

# gzip has any number of members
PUT /metrics/job/e3
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x04\x00\xfb\xffm 1\n\x8eX\xcd\xf6\x04\x00\x00\x00\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x04\x00\xfb\xffn 2\n\xa3\xa4U\xcf\x04\x00\x00\x00
=> 200
empty
GET /metrics
=> 200
has m{instance="",job="e3"} 1
has n{instance="",job="e3"} 2
PUT /metrics/job/e4
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x04\x00\xfb\xffm 1\n\x8eX\xcd\xf6\x04\x00\x00\x00\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x00\x00\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00
=> 200
empty
GET /metrics
=> 200
has m{instance="",job="e4"} 1

# a name, a comment, an extra field and reserved flags of a gzip header mean nothing
PUT /metrics/job/e5
> Content-Encoding: gzip
|\ \x1f\x8b\x08\xfd\x00\x00\x00\x00\x00\xff\x03\x00abcname\x00remark\x00\x01\x04\x00\xfb\xffm 1\n\x8eX\xcd\xf6\x04\x00\x00\x00
=> 200
empty
GET /metrics
=> 200
has m{instance="",job="e5"} 1

# the checksum of a gzip header is checked
PUT /metrics/job/e6
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x02\x00\x00\x00\x00\x00\xff\x90\xc9\x01\x04\x00\xfb\xffm 1\n\x8eX\xcd\xf6\x04\x00\x00\x00
=> 200
empty
GET /metrics
=> 200
has m{instance="",job="e6"} 1
PUT /metrics/job/e7
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x02\x00\x00\x00\x00\x00\xff\x00\x00\x01\x04\x00\xfb\xffm 1\n\x8eX\xcd\xf6\x04\x00\x00\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| gzip: invalid header

# a gzip name of 511 bytes is read, one of 512 is not
PUT /metrics/job/e8
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff\{511*n}\x00\x01\x04\x00\xfb\xffm 1\n\x8eX\xcd\xf6\x04\x00\x00\x00
=> 200
PUT /metrics/job/e9
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff\{512*n}\x00\x01\x04\x00\xfb\xffm 1\n\x8eX\xcd\xf6\x04\x00\x00\x00
=> 400
| gzip: invalid header

# an empty gzip body has no header
PUT /metrics/job/e10
> Content-Encoding: gzip
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| EOF

# a gzip body of less than ten bytes is cut off, whatever they are
PUT /metrics/job/e11
> Content-Encoding: gzip
|\ x
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| unexpected EOF
PUT /metrics/job/e12
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| unexpected EOF
PUT /metrics/job/e13
> Content-Encoding: gzip
|\ m 1\nm 1\n
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| unexpected EOF

# a gzip body with another magic is refused
PUT /metrics/job/e14
> Content-Encoding: gzip
|\ m{a="b"} 1\n
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| gzip: invalid header
PUT /metrics/job/e15
> Content-Encoding: gzip
|\ \x1f\x8b\x09\x00\x00\x00\x00\x00\x00\xff\x01\x04\x00\xfb\xffm 1\n\x8eX\xcd\xf6\x04\x00\x00\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| gzip: invalid header

# a gzip body that is cut off is refused: in its header, its data, its trailer
PUT /metrics/job/e16
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| unexpected EOF
PUT /metrics/job/e17
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x04\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| unexpected EOF
PUT /metrics/job/e18
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x04\x00\xfb\xffm 
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| unexpected EOF
PUT /metrics/job/e19
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x04\x00\xfb\xffm 1\n\x8eX\xcd\xf6\x04\x00\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| unexpected EOF

# a gzip checksum or length that is wrong is refused
PUT /metrics/job/e20
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x04\x00\xfb\xffm 1\n\x83\x16\xdc\x8c\x04\x00\x00\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| gzip: invalid checksum
PUT /metrics/job/e21
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x04\x00\xfb\xffm 1\n\x8eX\xcd\xf6\x04\x00\x00\x01
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| gzip: invalid checksum

# deflate data that is broken is refused with its place
PUT /metrics/job/e22
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x07\x04\x00\xfb\xffm 1\n\x8eX\xcd\xf6\x04\x00\x00\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| flate: corrupt input before offset 1
PUT /metrics/job/e23
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x05\x00\xfb\xffm 1\n\x8eX\xcd\xf6\x04\x00\x00\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| flate: corrupt input before offset 5

# what follows a gzip member is another member's header
PUT /metrics/job/e24
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x04\x00\xfb\xffm 1\n\x8eX\xcd\xf6\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| gzip: invalid header
PUT /metrics/job/e25
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x04\x00\xfb\xffm 1\n\x8eX\xcd\xf6\x04\x00\x00\x00\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| unexpected EOF
PUT /metrics/job/e26
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x04\x00\xfb\xffm 1\n\x8eX\xcd\xf6\x04\x00\x00\x00m 1\n
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| unexpected EOF
PUT /metrics/job/e27
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x04\x00\xfb\xffm 1\n\x8eX\xcd\xf6\x04\x00\x00\x00\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcbS0\xe2\x02\x00\xa3\xa4U\xcf\x04\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| unexpected EOF

# a fault of the text before the place where the encoding breaks is found first
PUT /metrics/job/e28
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x06\x00\xf9\xffbad x\n\x00\x00\x00\x00\x06\x00\x00\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| text format parsing error in line 1: expected float as value, got "x"
PUT /metrics/job/e29
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\n\x00\xf5\xffbad x\nm 1
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| text format parsing error in line 1: expected float as value, got "x"
PUT /metrics/job/e30
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpY\x01\n\x00\x00\xc1dp\xe2bad x\n\x02\x00\x00\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| text format parsing error in line 1: expected float as value, got "x"

# a text that ends where the encoding breaks is not at fault
PUT /metrics/job/e31
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x08\x00\xf7\xffm 1\nm{a=\x00\x00\x00\x00\x08\x00\x00\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| gzip: invalid checksum
PUT /metrics/job/e32
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x01\x00\xfe\xffm\x00\x00\x00\x00\x01\x00\x00\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| gzip: invalid checksum
PUT /metrics/job/e33
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpY\x01\x09\x00\x002Z\x0e\\m{a="\x02\x00\x00\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| snappy: unsupported input

# a text that ends too early is at fault where the encoding does not break
PUT /metrics/job/e34
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x01\x00\xfe\xffmh\xf2\x01\xe1\x01\x00\x00\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| text format parsing error in line 1: unexpected end of input stream

# nothing of a body that breaks is stored
PUT /metrics/job/broken
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x08\x00\xf7\xffnever 1\n\x00\x00\x00\x00\x08\x00\x00\x00
=> 400
GET /metrics
=> 200
lacks never

# the gzip header is looked at for every request of the main router, even those without a body
GET /-/healthy
> Content-Encoding: gzip
=> 400
Content-Type: text/plain; charset=utf-8
| EOF
GET /metrics
> Content-Encoding: gzip
=> 400
Content-Type: text/plain; charset=utf-8
| EOF
DELETE /metrics/job/x
> Content-Encoding: gzip
=> 400
Content-Type: text/plain; charset=utf-8
| EOF
GET /nosuch
> Content-Encoding: gzip
=> 400
Content-Type: text/plain; charset=utf-8
| EOF
PATCH /-/healthy
> Content-Encoding: gzip
=> 400
Content-Type: text/plain; charset=utf-8
| EOF
OPTIONS /metrics
> Content-Encoding: gzip
=> 400
Content-Type: text/plain; charset=utf-8
| EOF
GET /-/healthy/
> Content-Encoding: gzip
=> 400
Content-Type: text/plain; charset=utf-8
| EOF
PUT /metrics/job/x/odd
> Content-Encoding: gzip
=> 400
Content-Type: text/plain; charset=utf-8
| EOF
HEAD /metrics
> Content-Encoding: gzip
=> 400

# behind a good gzip header nothing more is looked at without need
GET /-/healthy
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xffrubbish
=> 200
DELETE /metrics/job/x
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xffrubbish
=> 202
GET /nosuch
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xffrubbish
=> 404
PATCH /-/healthy
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xffrubbish
=> 405

# the API and redirects to clean paths do not look at the body
GET /api/v1/nosuch
> Content-Encoding: gzip
=> 404
OPTIONS /api/v1/status
> Content-Encoding: gzip
=> 200
GET /api/v1
> Content-Encoding: gzip
=> 301
GET //x
> Content-Encoding: gzip
=> 301

# a fault of the path comes before one of the body, but for the gzip header
PUT /metrics/job/x/__odd/y
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x04\x00\xfb\xffm 1\n\x8eX\xcd\xf6\x04\x00\x00
=> 400
| improper label name "__odd"
PUT /metrics/job/x/__odd/y
> Content-Encoding: gzip
|\ x
=> 400
| unexpected EOF
PUT /metrics/job/x/__odd/y
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpYx
=> 400
| improper label name "__odd"

# only the first Content-Encoding header counts
PUT /metrics/job/e35
> Content-Encoding: identity
> Content-Encoding: gzip
|\ m 1\n
=> 200
PUT /metrics/job/e36
> Content-Encoding: gzip
> Content-Encoding: identity
|\ m 1\n
=> 400
| unexpected EOF

# lists and names that are not known mean nothing
PUT /metrics/job/e37
> Content-Encoding: gzip, gzip
|\ m 1\n
=> 200
empty
GET /metrics
=> 200
has m{instance="",job="e37"} 1
PUT /metrics/job/e38
> Content-Encoding: x-gzip
|\ m 1\n
=> 200
empty
GET /metrics
=> 200
has m{instance="",job="e38"} 1
PUT /metrics/job/e39
> Content-Encoding: identity
|\ m 1\n
=> 200
empty
GET /metrics
=> 200
has m{instance="",job="e39"} 1
PUT /metrics/job/e40
> Content-Encoding: br
|\ m 1\n
=> 200
empty
GET /metrics
=> 200
has m{instance="",job="e40"} 1
PUT /metrics/job/e41
> Content-Encoding: rubbish
|\ m 1\n
=> 200
empty
GET /metrics
=> 200
has m{instance="",job="e41"} 1

# the snappy framing format is undone: plain chunks, compressed ones, several streams
PUT /metrics/job/e42
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpY\x01\x08\x00\x00\xf3e@\xe6m 1\n
=> 200
empty
GET /metrics
=> 200
has m{instance="",job="e42"} 1
PUT /metrics/job/e43
> Content-Encoding: Snappy
|\ \xff\x06\x00\x00sNaPpY\x00\n\x00\x00\xf3e@\xe6\x04\x0cm 1\n
=> 200
empty
GET /metrics
=> 200
has m{instance="",job="e43"} 1
PUT /metrics/job/e44
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpY\x01\x08\x00\x00\xf3e@\xe6m 1\n\xff\x06\x00\x00sNaPpY\x00\n\x00\x00i\xc1\x80\xa3\x04\x0cn 2\n
=> 200
empty
GET /metrics
=> 200
has m{instance="",job="e44"} 1
has n{instance="",job="e44"} 2
PUT /metrics/job/e45
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpY\x80\x03\x00\x00abc\x01\x08\x00\x00\xf3e@\xe6m 1\n\xfe\x01\x00\x00x
=> 200
empty
GET /metrics
=> 200
has m{instance="",job="e45"} 1

# an empty snappy body, and one of an identifier alone, are empty
PUT /metrics/job/e46
> Content-Encoding: snappy
=> 200
empty
PUT /metrics/job/e47
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpY
=> 200
empty

# snappy chunks without an identifier before them are refused
PUT /metrics/job/e48
> Content-Encoding: snappy
|\ \x01\x08\x00\x00\xf3e@\xe6m 1\n
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| snappy: corrupt input

# a snappy identifier must be as it is written
PUT /metrics/job/e49
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpX\x01\x08\x00\x00\xf3e@\xe6m 1\n
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| snappy: corrupt input
PUT /metrics/job/e50
> Content-Encoding: snappy
|\ \xff\x05\x00\x00sNaPp
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| snappy: corrupt input

# snappy chunks that are cut off, wrong by their checksum or too short for one are refused
PUT /metrics/job/e51
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpY\x01\x08\x00\x00\xf3e@\xe6m 1
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| snappy: corrupt input
PUT /metrics/job/e52
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpY\x01
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| snappy: corrupt input
PUT /metrics/job/e53
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpY\x01\x08\x00\x00\x00\x00\x00\x00m 1\n
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| snappy: corrupt input
PUT /metrics/job/e54
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpY\x01\x03\x00\x00abc
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| snappy: corrupt input
PUT /metrics/job/e55
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpY\x00\n\x00\x00\xf3e@\xe6\x05\x0cm 1\n
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| snappy: corrupt input

# snappy chunks of an unknown kind that may not be skipped are refused
PUT /metrics/job/e56
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpY\x02\x00\x00\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| snappy: unsupported input
PUT /metrics/job/e57
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpY\x7f\x01\x00\x00x
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| snappy: unsupported input

# a snappy chunk of 65536 bytes is read, one more is refused
PUT /metrics/job/e58
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpY\x01\x04\x00\x01\x82G\x1e\x80\{65535*#}\n
=> 200
PUT /metrics/job/e59
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpY\x01\x05\x00\x01+T>\x9c\{65536*#}\n
=> 400
| snappy: corrupt input

# a snappy chunk may announce 76494 bytes and not one more
PUT /metrics/job/e60
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpY\x80\xce*\x01\{76494*x}
=> 200
PUT /metrics/job/e61
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpY\x80\xcf*\x01\{76495*x}
=> 400
| snappy: unsupported input

# a snappy body is not looked at without need
GET /-/healthy
> Content-Encoding: snappy
|\ rubbish
=> 200
DELETE /metrics/job/x
> Content-Encoding: snappy
|\ rubbish
=> 202

# a snappy block without frames is read
differs: the reference reads frames only, and can only refuse it
PUT /metrics/job/e62
> Content-Encoding: snappy
|\ \x04\x0cm 1\n
=> 200
empty
ref=> 400
| snappy: corrupt input
GET /metrics
=> 200
has m{instance="",job="e62"} 1
ref=> 200

# what is neither snappy frames nor a block is refused as by the reference
PUT /metrics/job/e63
> Content-Encoding: snappy
|\ m 1\nm 1\n
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| snappy: corrupt input
PUT /metrics/job/e64
> Content-Encoding: snappy
|\ \x05\x0cm 1\n
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| snappy: corrupt input

# zstd and deflate are read where the first bytes say so
differs: the reference takes the body as it is, and can only refuse it
ref cannot
PUT /metrics/job/e65
> Content-Encoding: zstd
|\ (\xb5/\xfd\x00X!\x00\x00m 1\n
=> 200
empty
GET /metrics
=> 200
has m{instance="",job="e65"} 1
PUT /metrics/job/e66
> Content-Encoding: zstd
|\ (\xb5/\xfd\x00X!\x00\x00m 1\n(\xb5/\xfd\x00X!\x00\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| unexpected EOF
PUT /metrics/job/e67
> Content-Encoding: deflate
|\ x\x01\x01\x04\x00\xfb\xffm 1\n\x02\x84\x00\xc9
=> 200
empty
GET /metrics
=> 200
has m{instance="",job="e67"} 1
PUT /metrics/job/e68
> Content-Encoding: deflate
|\ x\x01\x01\x04\x00\xfb\xffm 1\n\x02\x84\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| unexpected EOF
PUT /metrics/job/e69
> Content-Encoding: deflate
|\ x\x01\x01\x04\x00\xfb\xffm 1\n\x02\x84\x00\x00
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| deflate: incorrect data check
PUT /metrics/job/e70
> Content-Encoding: deflate
|\ x\x01\x01\x04\x00\xfb\xffm 1\n\x02\x84\x00\xc9x
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| deflate: bytes behind the end
PUT /metrics/job/e71
> Content-Encoding: zstd
|\ (\xb5/\xfd\x00X!\x00\xff\xff\xff\xff\xff
=> 400

# a plain body under their names stays what it is
PUT /metrics/job/e72
> Content-Encoding: zstd
|\ m 1\n
=> 200
empty
GET /metrics
=> 200
has m{instance="",job="e72"} 1
PUT /metrics/job/e73
> Content-Encoding: zstd
=> 200
empty
PUT /metrics/job/e74
> Content-Encoding: deflate
|\ m 1\n
=> 200
empty
GET /metrics
=> 200
has m{instance="",job="e74"} 1
PUT /metrics/job/e75
> Content-Encoding: deflate
|\ x 1\n
=> 200
empty
PUT /metrics/job/e76
> Content-Encoding: deflate
|\ hCount 1\n
=> 200
empty
PUT /metrics/job/e77
> Content-Encoding: deflate
|\ x
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| text format parsing error in line 1: unexpected end of input stream

# a body may be inflated up to the limit and not one byte more
differs: the reference has no limit
ref cannot
start --web.max-inflated-bytes=100
PUT /metrics/job/e78
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01d\x00\x9b\xff###################################################################################################\n\xf0\x80\xackd\x00\x00\x00
=> 200
empty
PUT /metrics/job/e79
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01e\x00\x9a\xff####################################################################################################\n\xe4\xc7G\xcbe\x00\x00\x00
=> 413
| inflated, the body is larger than 100 bytes (--web.max-inflated-bytes)
PUT /metrics/job/e80
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpY\x00k\x00\x00\x02\xf6\xc8\x05d\xec############################################################\x9c#######################################\n
=> 200
empty
PUT /metrics/job/e81
> Content-Encoding: snappy
|\ \xff\x06\x00\x00sNaPpY\x00l\x00\x00P\xde\x11\xc4e\xec############################################################\xa0########################################\n
=> 413
| inflated, the body is larger than 100 bytes (--web.max-inflated-bytes)
PUT /metrics/job/e82
> Content-Encoding: snappy
|\ d\xec############################################################\x9c#######################################\n
=> 200
empty
PUT /metrics/job/e83
> Content-Encoding: snappy
|\ e\xec############################################################\xa0########################################\n
=> 413
| inflated, the body is larger than 100 bytes (--web.max-inflated-bytes)
PUT /metrics/job/e84
> Content-Encoding: zstd
|\ (\xb5/\xfd\x00XM\x00\x00\x18##\n\x01\x00>\x01,
=> 200
empty
PUT /metrics/job/e85
> Content-Encoding: zstd
|\ (\xb5/\xfd\x00XM\x00\x00\x18##\n\x01\x00?\x01,
=> 413
| inflated, the body is larger than 100 bytes (--web.max-inflated-bytes)
PUT /metrics/job/e86
> Content-Encoding: deflate
|\ x\x9cSV\xa69\xe0\x02\x00\xb2\xd7\x0d\x94
=> 200
empty
PUT /metrics/job/e87
> Content-Encoding: deflate
|\ x\x9cSV\xa6=\xe0\x02\x00\xc0\xa7\x0d\xb7
=> 413
| inflated, the body is larger than 100 bytes (--web.max-inflated-bytes)
PUT /metrics/job/e88
> Content-Encoding: identity
|\ ########################################################################################################################################################################################################\n
=> 200
empty

# gzip members count together
differs: the reference has no limit
ref cannot
start --web.max-inflated-bytes=6
PUT /metrics/job/e89
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x04\x00\xfb\xffm 1\n\x8eX\xcd\xf6\x04\x00\x00\x00\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x02\x00\xfd\xff#\n\x80\x8c\xa5\x1f\x02\x00\x00\x00
=> 200
empty
PUT /metrics/job/e90
> Content-Encoding: gzip
|\ \x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x04\x00\xfb\xffm 1\n\x8eX\xcd\xf6\x04\x00\x00\x00\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x04\x00\xfb\xffn 2\n\xa3\xa4U\xcf\x04\x00\x00\x00
=> 413

# a snappy block that promises gigabytes is refused before any memory is taken
PUT /metrics/job/e91
> Content-Encoding: snappy
|\ \x80\x80\x80\x80\x0c\x0cm 1\n
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| snappy: corrupt input

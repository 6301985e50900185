// Paths of a push and the group that they name.
// The path is percent-decoded as a whole before it is taken apart: a decoded `/` is a separator.

# a path names a job
PUT /metrics/job/x
| m 1
=> 200
GET /metrics
=> 200
has m{instance="",job="x"} 1

# a path names a job and pairs of label names and values
PUT /metrics/job/x/a/1/b/2/c/3
| m 1
=> 200
GET /metrics
=> 200
has m{a="1",b="2",c="3",instance="",job="x"} 1

# the order of pairs does not matter
PUT /metrics/job/x/a/1/b/2
| m 1
=> 200
PUT /metrics/job/x/b/2/a/1
| n 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE n untyped
| n{a="1",b="2",instance="",job="x"} 2

# of a label named twice the later value counts
PUT /metrics/job/x/a/1/a/2
| m 1
=> 200
GET /metrics
=> 200
has m{a="2",instance="",job="x"} 1

# a job among the pairs is overwritten by the job of the path
PUT /metrics/job/x/job/y
| m 1
=> 200
PUT /metrics/job/x
| n 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE n untyped
| n{instance="",job="x"} 2

# le, quantile and instance may be grouping labels
PUT /metrics/job/x/le/1/quantile/2/instance/3
| m 1
=> 200
GET /metrics
=> 200
has m{instance="3",job="x",le="1",quantile="2"} 1

# a grouping label le gives the lines of a histogram two le labels
PUT /metrics/job/x/le/g
| # TYPE h histogram
| h_bucket{le="1"} 1
| h_count 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="g",le="1"} 1
| h_bucket{instance="",job="x",le="g",le="+Inf"} 2
| h_sum{instance="",job="x",le="g"} 0
| h_count{instance="",job="x",le="g"} 2

# an empty grouping value is a label with an empty value
PUT /metrics/job/x/a/
| m 1
=> 200
GET /metrics
=> 200
has m{a="",instance="",job="x"} 1

# the last of several values may be empty
PUT /metrics/job/x/a/b/c/
| m 1
=> 200
GET /metrics
=> 200
has m{a="b",c="",instance="",job="x"} 1

# one slash after the job means nothing
PUT /metrics/job/x/
| m 1
=> 200
GET /metrics
=> 200
has m{instance="",job="x"} 1

# an empty value and no label are two groups
PUT /metrics/job/x/a/
| m 1
=> 200
PUT /metrics/job/x
| m 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 2
| m{a="",instance="",job="x"} 1

# a name without a value is refused
PUT /metrics/job/x/a
| m 1
=> 400
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| odd number of components in label string "/a"

# an odd number of components is refused for POST and DELETE too
POST /metrics/job/x/a/b/c
| m 1
=> 400
| odd number of components in label string "/a/b/c"
DELETE /metrics/job/x/a/b/c
=> 400
| odd number of components in label string "/a/b/c"

# a slash after a pair is a component
PUT /metrics/job/x/a/b/
| m 1
=> 400
| odd number of components in label string "/a/b/"

# the label string is quoted as Go quotes it
PUT /metrics/job/x/%22%5c%0a%ff%c3%a4%01
| m 1
=> 400
|\ odd number of components in label string "/\\"\\\\\\n\\xffä\\x01"\n

# a refused path stores nothing
PUT /metrics/job/x/a
| m 1
=> 400
GET /metrics
=> 200
stored

# the path is judged before the body
PUT /metrics/job/x/a
| no metric
=> 400
| odd number of components in label string "/a"

# a label name begins with a letter or an underscore
PUT /metrics/job/x/1a/b
| m 1
=> 400
| improper label name "1a"

# a label name holds no dash
PUT /metrics/job/x/a-b/c
| m 1
=> 400
| improper label name "a-b"

# a label name holds no dot
PUT /metrics/job/x/a.b/c
| m 1
=> 400
| improper label name "a.b"

# a label name holds no colon
PUT /metrics/job/x/a:b/c
| m 1
=> 400
| improper label name "a:b"

# a label name holds ASCII only
PUT /metrics/job/x/%c3%a4/c
| m 1
=> 400
| improper label name "ä"

# a label name is not empty
PUT /metrics/job/x/@base64/Yg
| m 1
=> 400
| improper label name ""

# a label name may hold letters, digits and underscores
PUT /metrics/job/x/_aZ09/b
| m 1
=> 200
GET /metrics
=> 200
has m{_aZ09="b",instance="",job="x"} 1

# names that begin with two underscores are reserved
PUT /metrics/job/x/__a/b
| m 1
=> 400
| improper label name "__a"

# the name of the metric is no grouping label
PUT /metrics/job/x/__name__/b
| m 1
=> 400
| improper label name "__name__"

# a reserved name is refused with an encoded value too, named without its suffix
PUT /metrics/job/x/__a@base64/Yg
| m 1
=> 400
| improper label name "__a"

# an unknown suffix is part of the name
PUT /metrics/job/x/a@base32/b
| m 1
=> 400
| improper label name "a@base32"

# the suffix is case-sensitive
PUT /metrics/job/x/a@BASE64/b
| m 1
=> 400
| improper label name "a@BASE64"

# the suffix is removed once
PUT /metrics/job/x/a@base64@base64/Yg
| m 1
=> 400
| improper label name "a@base64"

# a DELETE with an improper name is refused
DELETE /metrics/job/x/1a/b
=> 400
| improper label name "1a"

# a job value may be percent-encoded
PUT /metrics/job/a%20b%25c%3Fd%23e%22
| m 1
=> 200
GET /metrics
=> 200
has m{instance="",job="a b%c?d#e\""} 1

# plus is no blank, and semicolon, equals and ampersand are themselves
PUT /metrics/job/a+b;c=d&e
| m 1
=> 200
GET /metrics
=> 200
has m{instance="",job="a+b;c=d&e"} 1

# a value may be any UTF-8
PUT /metrics/job/%c3%a4/a/%e2%82%ac
| m 1
=> 200
GET /metrics
=> 200
has m{a="€",instance="",job="ä"} 1

# a value may hold a newline and is shown escaped
PUT /metrics/job/x/a/b%0ac
| m 1
=> 200
GET /metrics
=> 200
has m{a="b\nc",instance="",job="x"} 1

# every part of the path may be percent-encoded
PUT /%6detrics/j%6fb/%78/%61/%62
| m 1
=> 200
GET /%6detrics
=> 200
has m{a="b",instance="",job="x"} 1

# percent-encoding is decoded once
PUT /metrics/job/x/a/%2541
| m 1
=> 200
GET /metrics
=> 200
has m{a="%41",instance="",job="x"} 1

# hex digits of an escape may be in either case
PUT /metrics/job/x/a/%c3%A4
| m 1
=> 200
GET /metrics
=> 200
has m{a="ä",instance="",job="x"} 1

# an encoded slash separates components
PUT /metrics/job/x%2Fa/b
| m 1
=> 200
GET /metrics
=> 200
has m{a="b",instance="",job="x"} 1

# an encoded slash in the job leaves an odd component
PUT /metrics/job/a%2Fb
| m 1
=> 400
| odd number of components in label string "/b"

# an encoded slash alone is no job
PUT /metrics/job/%2F
| m 1
=> 400
| job name is required

# an encoded slash before a value makes an odd component
PUT /metrics/job/x/a/%2Fb
| m 1
=> 400
| odd number of components in label string "/a//b"

# encoded slashes make empty names
PUT /metrics/job/x/a/b%2F%2Fc
| m 1
=> 400
| improper label name ""

# encoded dots are a value
PUT /metrics/job/x/a/%2e%2e
| m 1
=> 200
GET /metrics
=> 200
has m{a="..",instance="",job="x"} 1

# a value may begin with dots
PUT /metrics/job/.x/a/..b
| m 1
=> 200
GET /metrics
=> 200
has m{a="..b",instance="",job=".x"} 1

# a job may be called job, metrics or anything else
PUT /metrics/job/job/metrics/job
| m 1
=> 200
GET /metrics
=> 200
has m{instance="",job="job",metrics="job"} 1

# the path may be an absolute URL
PUT http://example.org/metrics/job/x
| m 1
=> 200
GET http://example.org/metrics
=> 200
has m{instance="",job="x"} 1

# a long path is a path
PUT /metrics/job/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t
| m 1
=> 200

// base64

# a job may be base64
PUT /metrics/job@base64/d2l0aC9zbGFzaA
| m 1
=> 200
GET /metrics
=> 200
has m{instance="",job="with/slash"} 1

# a value may be base64
PUT /metrics/job/x/path@base64/L3Zhci90bXA
| m 1
=> 200
GET /metrics
=> 200
has m{instance="",job="x",path="/var/tmp"} 1

# encoded and plain name the same group
PUT /metrics/job/x/a/b
| m 1
=> 200
PUT /metrics/job@base64/eA/a@base64/Yg
| n 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE n untyped
| n{a="b",instance="",job="x"} 2

# DELETE understands base64
PUT /metrics/job/x/a/b
| m 1
=> 200
DELETE /metrics/job@base64/eA==/a@base64/Yg==
=> 202
GET /metrics
=> 200
stored

# any number of padding signs may end base64
PUT /metrics/job@base64/eA=====/a@base64/Yg=
| m 1
=> 200
GET /metrics
=> 200
has m{a="b",instance="",job="x"} 1

# padding may be percent-encoded
PUT /metrics/job@base64/eA%3D%3D
| m 1
=> 200
GET /metrics
=> 200
has m{instance="",job="x"} 1

# padding alone is an empty value
PUT /metrics/job/x/a@base64/=
| m 1
=> 200
GET /metrics
=> 200
has m{a="",instance="",job="x"} 1

# nothing at all is an empty value in base64
PUT /metrics/job/x/a@base64/
| m 1
=> 200
GET /metrics
=> 200
has m{a="",instance="",job="x"} 1

# an empty job in base64 is refused
PUT /metrics/job@base64/=
| m 1
=> 400
| job name is required

# the alphabet is the one for URLs
PUT /metrics/job/x/a@base64/Pz8_Pj4-
| m 1
=> 200
GET /metrics
=> 200
has m{a="???>>>",instance="",job="x"} 1

# plus is not in the alphabet
PUT /metrics/job/x/a@base64/Pj4+
| m 1
=> 400
| invalid base64 encoding for label a="Pj4+": illegal base64 data at input byte 3

# a slash is not in the alphabet and is a separator anyway
PUT /metrics/job/x/a@base64/Pz8%2F
| m 1
=> 400
| odd number of components in label string "/a@base64/Pz8/"

# an illegal character is named by its place
PUT /metrics/job/x/a@base64/YW!j
| m 1
=> 400
| invalid base64 encoding for label a="YW!j": illegal base64 data at input byte 2

# padding in the middle is illegal
PUT /metrics/job/x/a@base64/YQ=YQ
| m 1
=> 400
| invalid base64 encoding for label a="YQ=YQ": illegal base64 data at input byte 2

# one character left over is illegal
PUT /metrics/job/x/a@base64/x
| m 1
=> 400
| invalid base64 encoding for label a="x": illegal base64 data at input byte 0

# one character left over after whole groups is illegal
PUT /metrics/job/x/a@base64/YWJjZ
| m 1
=> 400
| invalid base64 encoding for label a="YWJjZ": illegal base64 data at input byte 4

# the offset counts without the padding at the end, the message shows it
PUT /metrics/job/x/a@base64/YWJjZ===
| m 1
=> 400
| invalid base64 encoding for label a="YWJjZ===": illegal base64 data at input byte 4

# bits left over need not be zero
PUT /metrics/job@base64/eB
| m 1
=> 200
GET /metrics
=> 200
has m{instance="",job="x"} 1

# line ends inside base64 are skipped
PUT /metrics/job@base64/ZW%0a1%0d%0apb%0aA
| m 1
=> 200
GET /metrics
=> 200
has m{instance="",job="emil"} 1

# a bad job in base64 is named by what decoded before the error
PUT /metrics/job@base64/YWJjZ!
| m 1
=> 400
| invalid base64 encoding in job name "abc": illegal base64 data at input byte 5

# a job in base64 is decoded before the labels are looked at
PUT /metrics/job@base64/!/a
| m 1
=> 400
| invalid base64 encoding in job name "": illegal base64 data at input byte 0

# the labels are looked at before the job must be there
PUT /metrics/job@base64/=/a
| m 1
=> 400
| odd number of components in label string "/a"

# base64 may hold NUL
PUT /metrics/job/x/a@base64/YQBi
| m 1
=> 200
GET /metrics
=> 200
has m{a="a<<\x00>>b",instance="",job="x"} 1

# the first bad label is the one named
PUT /metrics/job/x/1a/b/2c/d
| m 1
=> 400
| improper label name "1a"

# a bad name is found before bad base64 of the same pair
PUT /metrics/job/x/1a@base64/!
| m 1
=> 400
| improper label name "1a"

# a job in base64 has no path without it
PUT /metrics/job@base64/
| m 1
=> 404
| 404 page not found

# an unknown suffix of the job is no path
PUT /metrics/job@base32/eA
| m 1
=> 404
| 404 page not found

# another word in the place of job is no path
PUT /metrics/jobs/x
| m 1
=> 404
| 404 page not found

# dots may be written with one encoded dot
PUT /metrics/job/x/a/.%2e
| m 1
=> 200
GET /metrics
=> 200
has m{a="..",instance="",job="x"} 1

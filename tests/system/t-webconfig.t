// The file of --web.config.file: passwords, headers and the rate limit. TLS is in tls.py, what ends the
// start in webconfig.py. The passwords are "secret" (cost 4, all three letters of bcrypt) and "s:p".

# without a password every path is 401, also one that does not exist and one that redirects
config
| basic_auth_users:
|   u: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
start --web.config.file=$CONFIG
GET /-/healthy
=> 401
Content-Type: text/plain; charset=utf-8
Www-Authenticate: Basic
X-Content-Type-Options: nosniff
Content-Length: 13
| Unauthorized
GET /nosuch
=> 401
GET //metrics
=> 401
PUT /metrics/job/x
| a 1
=> 401
DELETE /metrics/job/x
=> 401
HEAD /-/ready
=> 401
Content-Length: 13

# the right password opens every path, hashes of all three letters, a colon in the password
config
| basic_auth_users:
|   u: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   a: "$2a$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq"
|   b: '$2b$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq'
|   v: $2y$04$Rcwz0xeYL87.d/ixn6kq4.CErAu0CZyINHbcbJAFfPfw2ctiDE66u
start --web.config.file=$CONFIG
PUT /metrics/job/x
> Authorization: Basic dTpzZWNyZXQ=
| a 1
=> 200
GET /metrics
> Authorization: Basic YTpzZWNyZXQ=
=> 200
has a{instance="",job="x"} 1
GET /-/healthy
> Authorization: Basic YjpzZWNyZXQ=
=> 200
GET /-/healthy
> Authorization: Basic djpzOnA=
=> 200

# a wrong password, an unknown user, another user's password and an empty one are refused each time
config
| basic_auth_users:
|   u: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   v: $2y$04$Rcwz0xeYL87.d/ixn6kq4.CErAu0CZyINHbcbJAFfPfw2ctiDE66u
start --web.config.file=$CONFIG
GET /-/healthy
> Authorization: Basic dTp3cm9uZw==
=> 401
GET /-/healthy
> Authorization: Basic dTp3cm9uZw==
=> 401
GET /-/healthy
> Authorization: Basic eDpzZWNyZXQ=
=> 401
GET /-/healthy
> Authorization: Basic djpzZWNyZXQ=
=> 401
GET /-/healthy
> Authorization: Basic dTo=
=> 401
GET /-/healthy
> Authorization: Basic dTpzZWNyZXQ=
=> 200

# the scheme may be in any case; what is not base64 of name, colon and password is refused
config
| basic_auth_users:
|   u: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
start --web.config.file=$CONFIG
GET /-/healthy
> Authorization: bAsIc dTpzZWNyZXQ=
=> 200
GET /-/healthy
> Authorization: Basic dTpzZWNyZXQ
=> 401
GET /-/healthy
> Authorization: Basic dXNlY3JldA==
=> 401
GET /-/healthy
> Authorization: Basic
=> 401
GET /-/healthy
> Authorization: Bearer dTpzZWNyZXQ=
=> 401
GET /-/healthy
> Authorization: Basic dTpzZWNyZXQ=x
=> 401
GET /-/healthy
> Authorization: Basic dTp3cm9uZw==
> Authorization: Basic dTpzZWNyZXQ=
=> 401

# a hash that is none is nobody's password
config
start --web.config.file=$CONFIG
config
| basic_auth_users:
|   u: secret
|   w: "$2y$04$short"
GET /-/healthy
> Authorization: Basic dTpzZWNyZXQ=
=> 401
GET /-/healthy
> Authorization: Basic dzpzZWNyZXQ=
=> 401

# users and headers that change are in force with the next request, on the same connection too
config
start --web.config.file=$CONFIG
send
| GET /-/healthy HTTP/1.1
| Host: x
|
=> 200
no X-Frame-Options
config
| http_server_config:
|   headers:
|     X-Frame-Options: deny
send
| GET /-/healthy HTTP/1.1
| Host: x
|
=> 200
X-Frame-Options: deny
config
| basic_auth_users:
|   u: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
send
| GET /-/healthy HTTP/1.1
| Host: x
|
=> 401
no X-Frame-Options
send
| GET /-/healthy HTTP/1.1
| Host: x
| Authorization: Basic dTpzZWNyZXQ=
|
=> 200
config
| basic_auth_users:
|   u: $2y$04$Rcwz0xeYL87.d/ixn6kq4.CErAu0CZyINHbcbJAFfPfw2ctiDE66u
send
| GET /-/healthy HTTP/1.1
| Host: x
| Authorization: Basic dTpzZWNyZXQ=
|
=> 401

# a broken file answers 500 to everybody until it is whole again
config
| http_server_config:
|   headers:
|     X-Frame-Options: deny
start --web.config.file=$CONFIG
config
| http_server_config: [
GET /metrics
=> 500
Content-Length: 22
no X-Frame-Options
| Internal Server Error
config
| nosuch: 1
GET /-/healthy
=> 500
config
| tls_server_config:
|   min_version: TLS14
GET /-/healthy
=> 500
config
| http_server_config:
|   headers:
|     X-Frame-Options: sameorigin
GET /-/healthy
=> 200
X-Frame-Options: sameorigin

# a certificate that is missing does not stop requests, and TLS is not begun while running
config
start --web.config.file=$CONFIG
config
| tls_server_config:
|   cert_file: nosuch.crt
|   key_file: nosuch.key
GET /-/healthy
=> 200

# every answer carries the configured headers, refusals for want of a password too
config
| basic_auth_users:
|   u: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
| http_server_config:
|   headers:
|     Strict-Transport-Security: max-age=31536000
|     X-XSS-Protection: "1; mode=block"
|     Content-Security-Policy: default-src 'self'
|     X-Content-Type-Options: nosniff
|     X-Frame-Options: sameorigin
start --web.config.file=$CONFIG
GET /-/healthy
=> 401
Strict-Transport-Security: max-age=31536000
X-Xss-Protection: 1; mode=block
Content-Security-Policy: default-src 'self'
X-Content-Type-Options: nosniff
X-Frame-Options: sameorigin
GET /metrics
> Authorization: Basic dTpzZWNyZXQ=
=> 200
X-Xss-Protection: 1; mode=block
X-Content-Type-Options: nosniff
GET //metrics
> Authorization: Basic dTpzZWNyZXQ=
=> 301
X-Frame-Options: sameorigin
PUT /metrics/job/x
> Authorization: Basic dTpzZWNyZXQ=
| nonsense
=> 400
X-Content-Type-Options: nosniff
X-Frame-Options: sameorigin

# a header's value is one line on the wire
config
| http_server_config:
|   headers:
|     Content-Security-Policy: "a\r\nX-Injected: b"
start --web.config.file=$CONFIG
GET /-/healthy
=> 200
no X-Injected
Content-Security-Policy: a  X-Injected: b

# the rate limit has its burst, then 429 without the configured headers; the first one saw the gateway start
config
| rate_limit:
|   interval: 1h
|   burst: 3
| http_server_config:
|   headers:
|     X-Frame-Options: deny
start --web.config.file=$CONFIG
GET /-/healthy
=> 200
GET /nosuch
=> 404
GET /-/healthy
=> 429
Content-Type: text/plain; charset=utf-8
no X-Frame-Options
| Too Many Requests

# a token comes back each interval
config
| rate_limit:
|   interval: 300ms
|   burst: 1
start --web.config.file=$CONFIG
wait 0.5
GET /-/healthy
=> 200
GET /-/healthy
=> 429
wait 0.5
GET /-/healthy
=> 200

# a limit without a burst lets nothing through; a limited request does not have its password checked
config
| rate_limit:
|   interval: 1s
| basic_auth_users:
|   u: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
start --web.config.file=$CONFIG
GET /-/healthy
=> 429
GET /-/healthy
> Authorization: Basic dTpzZWNyZXQ=
=> 429

# the rate limit is that of the start
config
start --web.config.file=$CONFIG
config
| rate_limit:
|   interval: 1h
GET /-/healthy
=> 200

# a push that is refused need not be sent: a small body is read, a large one is not, 100 Continue is not sent
config
| basic_auth_users:
|   u: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
start --web.config.file=$CONFIG
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 4
|
|\ a 1\n
=> 401
no Connection
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Transfer-Encoding: chunked
|
| 4
|\ a 1\n\r\n
| 0
|
=> 401
no Connection
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 4
| Expect: 100-continue
|
=> 401
Connection: close
close
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 1000000
|
=> 401
Connection: close
=> closed

# a pipelined request waits for the verdict on the one before it
config
| basic_auth_users:
|   u: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
start --web.config.file=$CONFIG
send
| PUT /metrics/job/x HTTP/1.1
| Host: x
| Content-Length: 4
| Authorization: Basic dTpzZWNyZXQ=
|
|\ a 1\n
| GET /-/healthy HTTP/1.1
| Host: x
|
| GET /-/healthy HTTP/1.1
| Host: x
| Authorization: Basic dTpzZWNyZXQ=
|
=> 200
=> 401
=> 200

# an empty file asks for nothing
config
start --web.config.file=$CONFIG
PUT /metrics/job/x
| a 1
=> 200

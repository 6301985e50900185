// Bearer tokens and open paths of the web config file. The tokens are "token-of-ci" and "another/token+of~ci==".

# a token of the file opens every path, in any case of its scheme
config
| bearer_tokens:
|   ci: d1968d6184b8eddf4b0d9fee136141d5f88a53784b9aa94e0d648ffc5b952caf
start --web.config.file=$CONFIG
differs: the reference has no such keys
ref cannot
GET /-/healthy
> Authorization: Bearer token-of-ci
=> 200
PUT /metrics/job/x
> Authorization: bEARER   token-of-ci
| a 1
=> 200

# without a token of the file a request is refused: none, another one, a part of it, an empty one, the digest itself, a list
config
| bearer_tokens:
|   ci: D1968D6184B8EDDF4B0D9FEE136141D5F88A53784B9AA94E0D648FFC5B952CAF
start --web.config.file=$CONFIG
differs: the reference has no such keys
ref cannot
GET /-/healthy
=> 401
Www-Authenticate: Bearer
| Unauthorized
GET /-/healthy
> Authorization: Bearer token-of-c
=> 401
GET /-/healthy
> Authorization: Bearer token-of-ci2
=> 401
GET /-/healthy
> Authorization: Bearer TOKEN-OF-CI
=> 401
GET /-/healthy
> Authorization: Bearer
=> 401
GET /-/healthy
> Authorization: Bearer =
=> 401
GET /-/healthy
> Authorization: Bearer d1968d6184b8eddf4b0d9fee136141d5f88a53784b9aa94e0d648ffc5b952caf
=> 401
GET /-/healthy
> Authorization: Bearer token-of-ci, Bearer token-of-ci
=> 401
GET /-/healthy
> Authorization: Bearer x
> Authorization: Bearer token-of-ci
=> 401
GET /-/healthy
> Authorization: Basic Y2k6dG9rZW4tb2YtY2k=
=> 401
GET /-/healthy
> Authorization: token-of-ci
=> 401
GET /-/healthy?access_token=token-of-ci
=> 401

# a user may have several tokens, and a password beside them
config
| basic_auth_users:
|   ci: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
| bearer_tokens:
|   ci: [d1968d6184b8eddf4b0d9fee136141d5f88a53784b9aa94e0d648ffc5b952caf, 79233eabea0211b5c5687fb669fbb9cfaf9ebe17991e522bc52f16dd352dbfa5]
|   other: b1e99324505bd32da0e1f85dcf5e19a09db0481e8a15f62c41eb320304a8e927
| roles:
|   ci: [scrape]
|   other: [read]
start --web.config.file=$CONFIG
differs: the reference has no such keys
ref cannot
GET /metrics
> Authorization: Bearer another/token+of~ci==
=> 200
GET /metrics
> Authorization: Bearer token-of-ci
=> 200
GET /metrics
> Authorization: Basic Y2k6c2VjcmV0
=> 200
GET /metrics
> Authorization: Bearer third
=> 403
| user "other" may not do this: the role "scrape" is needed

# a token that is taken out of the file is refused with the next request
config
| bearer_tokens: {ci: d1968d6184b8eddf4b0d9fee136141d5f88a53784b9aa94e0d648ffc5b952caf}
start --web.config.file=$CONFIG
differs: the reference has no such keys
ref cannot
GET /-/healthy
> Authorization: Bearer token-of-ci
=> 200
config
| bearer_tokens: {ci: b1e99324505bd32da0e1f85dcf5e19a09db0481e8a15f62c41eb320304a8e927}
GET /-/healthy
> Authorization: Bearer token-of-ci
=> 401

# open paths need no one's name, for what changes nothing and has no body; what stands in a header is not looked at
config
| basic_auth_users:
|   u: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
| roles: {u: []}
| open_paths: [/-/healthy, /-/ready, /metrics, /static/*, /api/v1/status]
start --web.config.file=$CONFIG
differs: the reference has no such keys
ref cannot
GET /-/healthy
=> 200
HEAD /-/healthy
=> 405
GET /-/healthy
> Authorization: Basic bm90OnJpZ2h0
=> 200
GET /-/ready?x=y
=> 200
GET /metrics
=> 200
GET /static/page.css
=> 200
GET /static/nosuch
=> 404
OPTIONS /api/v1/status
=> 200
GET /api/v1/status
=> 200
PUT /metrics/job/x
| a 1
=> 401
PUT /metrics
| a 1
=> 401
DELETE /metrics
=> 401
GET /metrics/job/x
=> 401
GET /-/healthy/
=> 401
GET /static
=> 401
GET /
=> 401
GET /metrics
| a body
=> 401
send
| GET /metrics HTTP/1.1
| Host: x
| Transfer-Encoding: chunked
|
| 0
|
=> 401

# a path is open as it is served: escapes and dots lead nowhere else
config
| basic_auth_users:
|   u: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
| open_paths: [/static/*, /-/healthy]
start --web.config.file=$CONFIG
differs: the reference has no such keys
ref cannot
GET /static/../metrics
=> 301
Location: /metrics
GET /static/%2e%2e/metrics
=> 404
GET /static/..%2fmetrics
=> 404
GET /%2d/healthy
=> 200
GET /static/x/../../api/v1/metrics
=> 301
GET //-/healthy
=> 401

# with /* every path is open to those who only look
config
| bearer_tokens:
|   ci: d1968d6184b8eddf4b0d9fee136141d5f88a53784b9aa94e0d648ffc5b952caf
| roles: {ci: push}
| open_paths: /*
start --web.config.file=$CONFIG
differs: the reference has no such keys
ref cannot
GET /metrics
=> 200
GET /
=> 200
PUT /metrics/job/x
| a 1
=> 401
PUT /metrics/job/x
> Authorization: Bearer token-of-ci
| a 1
=> 200

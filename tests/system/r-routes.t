// Routes: wrong methods, HEAD and OPTIONS, redirects.

# a wrong method on the scrape path is 405 and names the right ones
POST /metrics
=> 405
Allow: GET, OPTIONS
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
Content-Length: 19
| Method Not Allowed

# a wrong method on a push path is 405
GET /metrics/job/x
=> 405
Allow: DELETE, OPTIONS, POST, PUT
| Method Not Allowed
PATCH /metrics/job/x
=> 405
Allow: DELETE, OPTIONS, POST, PUT
GET /metrics/job@base64/eA/a/b
=> 405
Allow: DELETE, OPTIONS, POST, PUT

# a method in lower case is another method
put /metrics/job/x
=> 405
Allow: DELETE, OPTIONS, POST, PUT
| Method Not Allowed

# an unknown method is 405 where the path exists and 404 elsewhere
BREW /metrics
=> 405
Allow: GET, OPTIONS
BREW /nosuch
=> 404

# TRACE is 405
TRACE /metrics
=> 405
Allow: GET, OPTIONS

# PUT and DELETE on the health paths are 405
PUT /-/healthy
=> 405
Allow: GET, OPTIONS
DELETE /-/ready
=> 405
Allow: GET, OPTIONS

# HEAD is implemented nowhere
HEAD /metrics
=> 405
Allow: GET, OPTIONS
Content-Length: 19
HEAD /-/healthy
=> 405
Content-Length: 19
HEAD /metrics/job/x
=> 405
Allow: DELETE, OPTIONS, POST, PUT
HEAD /
=> 405
HEAD /nosuch
=> 404
Content-Length: 19
HEAD /-/healthy/
=> 404

# OPTIONS on an existing path is an empty 200 that names the methods
OPTIONS /metrics
=> 200
Allow: GET, OPTIONS
Content-Length: 0
no Content-Type
empty
OPTIONS /metrics/job/x
=> 200
Allow: DELETE, OPTIONS, POST, PUT
empty
OPTIONS /-/quit
=> 200
Allow: GET, OPTIONS, POST, PUT

# OPTIONS on an unknown path is 404
OPTIONS /nosuch
=> 404
| 404 page not found

# OPTIONS of the server is an empty 200 without methods
OPTIONS *
=> 200
no Allow
Content-Length: 0
empty

# GET of the server is an empty 400
GET *
=> 400
empty

# a POST to an unknown path is 404
POST /nosuch
=> 404
| 404 page not found

# a GET on a path of the push prefix without a job is 404
GET /metrics/job/
=> 404
GET /metrics/job
=> 404

// Lifecycle

# quit without its flag is refused
PUT /-/quit
=> 403
Content-Type: text/plain; charset=utf-8
no X-Content-Type-Options
|\ Lifecycle API is not enabled.
POST /-/quit
=> 403
|\ Lifecycle API is not enabled.

# a GET of quit is refused
GET /-/quit
=> 405
no Allow
no X-Content-Type-Options
|\ Only POST or PUT requests allowed.

# a DELETE of quit is 405
DELETE /-/quit
=> 405
Allow: GET, OPTIONS, POST, PUT

// Redirects

# a path with a double slash is cleaned by 301 for every method
GET //metrics
=> 301
Location: /metrics
Content-Type: text/html; charset=utf-8
| <a href="/metrics">Moved Permanently</a>.
|
HEAD //metrics
=> 301
Location: /metrics
Content-Type: text/html; charset=utf-8
PUT //metrics/job/x
=> 301
Location: /metrics/job/x
Content-Length: 0
no Content-Type
empty
DELETE /metrics//job/x
=> 301
Location: /metrics/job/x
OPTIONS //metrics
=> 301
Location: /metrics

# a cleaned path keeps its query and its slash at the end
GET /a//b/?c=d&e
=> 301
Location: /a/b/?c=d&e
| <a href="/a/b/?c=d&amp;e">Moved Permanently</a>.
|

# dots are cleaned
GET /./metrics
=> 301
Location: /metrics
GET /x/../metrics
=> 301
Location: /metrics
GET /metrics/.
=> 301
Location: <</metrics/?>>
GET /a/b/..
=> 301
Location: <</a/?>>
GET /../../metrics
=> 301
Location: /metrics

# encoded slashes and dots that miss every route are redirected to the cleaned path
GET /%2Fmetrics
=> 301
Location: /metrics
GET /metrics%2F
=> 301
Location: /metrics
GET /%2e/metrics
=> 301
Location: /metrics

# a slash too many at the end is redirected
GET /-/healthy/
=> 301
Location: /-/healthy
GET /metrics/
=> 301
Location: /metrics
PUT /-/quit/
=> 307
Location: /-/quit
GET /status/
=> 301
Location: /status

# a slash missing at the end is redirected, where there is a tree below
GET /static
=> 301
Location: /static/

# other letter case is redirected to the right one
GET /METRICS
=> 301
Location: /metrics
GET /-/Healthy
=> 301
Location: /-/healthy
PUT /Metrics/Job/X
=> 307
Location: /metrics/job/X
POST /METRICS/JOB/Aa/Bb/Cc
=> 307
Location: /metrics/job/Aa/Bb/Cc
DELETE /metrics/JOB/x
=> 307
Location: /metrics/job/x

# a double slash is cleaned away by a redirect
PUT /metrics/job/x//a/b
| m 1
=> 301
Location: /metrics/job/x/a/b
Content-Length: 0
no Content-Type
PUT /metrics/job//a/b
| m 1
=> 301
Location: /metrics/job/a/b

# dots in the path are cleaned away by a redirect that keeps the query
PUT /metrics/job/x/./a/../b?c=d
| m 1
=> 301
Location: /metrics/job/x/b?c=d

# a path without a job redirects to one without the slash, which does not exist
PUT /metrics/job/
| m 1
=> 307
Location: /metrics/job
DELETE /metrics/job/
=> 307
Location: /metrics/job
PUT /metrics/job
| m 1
=> 404
| 404 page not found

# a redirect keeps the query
GET /METRICS?a=b
=> 301
Location: /metrics?a=b
GET /metrics/?a=b
=> 301
Location: /metrics?a=b

# a redirect after 307 has an empty body
PUT /metrics/job/
=> 307
Location: /metrics/job
empty

# an API path without its slash is redirected
GET /api/v1
=> 301
Location: /api/v1/
GET /api/v1/
=> 404

// The route prefix

# with a route prefix everything moves
start --web.route-prefix=/p
GET /p/-/healthy
=> 200
|\ OK
GET /-/healthy
=> 404
PUT /p/metrics/job/x
| m 1
=> 200
PUT /metrics/job/x
| m 1
=> 404
GET /p/metrics
=> 200
has m{instance="",job="x"} 1
GET /metrics
=> 404

# the path of the external URL is the prefix unless one is given
start --web.external-url=http://example.org/q/
GET /q/-/healthy
=> 200
start --web.external-url=http://example.org/q/ --web.route-prefix=/
GET /-/healthy
=> 200
GET /q/-/healthy
=> 404

# the prefix alone is redirected to itself with a slash
start --web.route-prefix=p/
GET /p
=> 301
Location: /p/

# a GET of quit keeps its path with a prefix
start --web.route-prefix=/p
GET /-/quit
=> 405
|\ Only POST or PUT requests allowed.
POST /-/quit
=> 405
Allow: GET, OPTIONS
PUT /p/-/quit
=> 403

# the telemetry path is joined to the prefix, the push path is not moved by it
start --web.route-prefix=/p --web.telemetry-path=/federate
PUT /p/metrics/job/x
| m 1
=> 200
GET /p/federate
=> 200
has m{instance="",job="x"} 1

# a HEAD that is redirected has a type and no length
HEAD //metrics
=> 301
Location: /metrics
Content-Type: text/html; charset=utf-8
no Content-Length

# in another spelling, job@base64 is found without labels only
PUT /Metrics/Job@Base64/eA
=> 307
Location: /metrics/job@base64/eA
DELETE /METRICS/job@base64/eA
=> 307
PUT /Metrics/job@base64/eA/a/b
=> 404
PUT /Metrics/job@base64/eA/
=> 404
PUT /Metrics/job/x/a/b
=> 307
Location: /metrics/job/x/a/b

# a path with a byte that should have been escaped is encoded anew before it is cleaned: escaped slashes and dots count
PUT /metrics/job/x/a`/%2e%2e/b/c
=> 301
Location: /metrics/job/x/b/c
PUT /metrics/job/%2F/"/b
=> 301
Location: <</metrics/job/%(25)?22/b>>
PUT /metrics/job/%2F/b
| m 1
=> 400

# CONNECT to an authority is sent to the page
send
| CONNECT gateway:80 HTTP/1.1
| Host: gateway:80
|
=> 301
Location: /
Content-Length: 0

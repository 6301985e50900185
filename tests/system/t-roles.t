// Who may do what: the keys that the reference's web config file does not have. Whose password or token it is
// stands in t-webconfig.t and t-roles-tokens.t. All passwords are "secret".

# the role admin opens every route
config
| basic_auth_users:
|   admin: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   push: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   read: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   scrape: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   none: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
| roles:
|   admin: [admin]
|   push: [push]
|   read: [read]
|   scrape: [scrape]
|   none: []
start --web.config.file=$CONFIG --web.enable-admin-api --web.enable-lifecycle
differs: the reference has no such keys
ref cannot
GET /-/healthy
> Authorization: Basic YWRtaW46c2VjcmV0
=> 200
GET /-/ready
> Authorization: Basic YWRtaW46c2VjcmV0
=> 200
GET /nosuch
> Authorization: Basic YWRtaW46c2VjcmV0
=> 404
GET //metrics
> Authorization: Basic YWRtaW46c2VjcmV0
=> 301
OPTIONS /api/v1/status
> Authorization: Basic YWRtaW46c2VjcmV0
=> 200
OPTIONS /api/v1/admin/groups
> Authorization: Basic YWRtaW46c2VjcmV0
=> 200
GET /-/quit
> Authorization: Basic YWRtaW46c2VjcmV0
=> 405
PATCH /metrics
> Authorization: Basic YWRtaW46c2VjcmV0
=> 405
GET /metrics
> Authorization: Basic YWRtaW46c2VjcmV0
=> 200
PUT /metrics/job/x
> Authorization: Basic YWRtaW46c2VjcmV0
| a 1
=> 200
POST /metrics/job/x/instance/y
> Authorization: Basic YWRtaW46c2VjcmV0
| a 1
=> 200
PUT /metrics/job@base64/eA
> Authorization: Basic YWRtaW46c2VjcmV0
| a 1
=> 200
POST /metrics/job@base64/eA
> Authorization: Basic YWRtaW46c2VjcmV0
| a 1
=> 200
DELETE /metrics/job@base64/eA
> Authorization: Basic YWRtaW46c2VjcmV0
=> 202
DELETE /metrics/job/x/instance/y
> Authorization: Basic YWRtaW46c2VjcmV0
=> 202
GET /
> Authorization: Basic YWRtaW46c2VjcmV0
=> 200
GET /status
> Authorization: Basic YWRtaW46c2VjcmV0
=> 200
GET /static/page.css
> Authorization: Basic YWRtaW46c2VjcmV0
=> 200
GET /api/v1/status
> Authorization: Basic YWRtaW46c2VjcmV0
=> 200
GET /api/v1/metrics
> Authorization: Basic YWRtaW46c2VjcmV0
=> 200
GET /api/v1/groups
> Authorization: Basic YWRtaW46c2VjcmV0
=> 200
GET /api/v1/groups/job/nosuch
> Authorization: Basic YWRtaW46c2VjcmV0
=> 404
GET /api/v1/groups/job@base64/eA
> Authorization: Basic YWRtaW46c2VjcmV0
=> 404
DELETE /api/v1/admin/groups?match[]={job="z"}
> Authorization: Basic YWRtaW46c2VjcmV0
=> 200
PUT /api/v1/admin/wipe
> Authorization: Basic YWRtaW46c2VjcmV0
=> 202

# the role push changes and deletes single groups, and nothing else
config
| basic_auth_users:
|   admin: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   push: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   read: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   scrape: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   none: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
| roles:
|   admin: [admin]
|   push: [push]
|   read: [read]
|   scrape: [scrape]
|   none: []
start --web.config.file=$CONFIG --web.enable-admin-api --web.enable-lifecycle
differs: the reference has no such keys
ref cannot
GET /-/healthy
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 200
GET /-/ready
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 200
GET /nosuch
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 404
GET //metrics
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 301
OPTIONS /api/v1/status
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 200
OPTIONS /api/v1/admin/groups
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 200
GET /-/quit
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 405
PATCH /metrics
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 405
GET /metrics
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "push" may not do this: the role "scrape" is needed
PUT /metrics/job/x
> Authorization: Basic cHVzaDpzZWNyZXQ=
| a 1
=> 200
POST /metrics/job/x/instance/y
> Authorization: Basic cHVzaDpzZWNyZXQ=
| a 1
=> 200
PUT /metrics/job@base64/eA
> Authorization: Basic cHVzaDpzZWNyZXQ=
| a 1
=> 200
POST /metrics/job@base64/eA
> Authorization: Basic cHVzaDpzZWNyZXQ=
| a 1
=> 200
DELETE /metrics/job@base64/eA
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 202
DELETE /metrics/job/x/instance/y
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 202
GET /
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "push" may not do this: the role "read" is needed
GET /status
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "push" may not do this: the role "read" is needed
GET /static/page.css
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "push" may not do this: the role "read" is needed
GET /api/v1/status
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"push\\" may not do this: the role \\"read\\" is needed"}
GET /api/v1/metrics
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"push\\" may not do this: the role \\"read\\" is needed"}
GET /api/v1/groups
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"push\\" may not do this: the role \\"read\\" is needed"}
GET /api/v1/groups/job/nosuch
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"push\\" may not do this: the role \\"read\\" is needed"}
GET /api/v1/groups/job@base64/eA
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"push\\" may not do this: the role \\"read\\" is needed"}
DELETE /api/v1/admin/groups?match[]={job="z"}
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"push\\" may not do this: the role \\"admin\\" is needed"}
PUT /api/v1/admin/wipe
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"push\\" may not do this: the role \\"admin\\" is needed"}
PUT /-/quit
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 403
| user "push" may not do this: the role "admin" is needed
POST /-/quit
> Authorization: Basic cHVzaDpzZWNyZXQ=
=> 403
| user "push" may not do this: the role "admin" is needed

# the role read opens the page and what the API tells
config
| basic_auth_users:
|   admin: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   push: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   read: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   scrape: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   none: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
| roles:
|   admin: [admin]
|   push: [push]
|   read: [read]
|   scrape: [scrape]
|   none: []
start --web.config.file=$CONFIG --web.enable-admin-api --web.enable-lifecycle
differs: the reference has no such keys
ref cannot
GET /-/healthy
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 200
GET /-/ready
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 200
GET /nosuch
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 404
GET //metrics
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 301
OPTIONS /api/v1/status
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 200
OPTIONS /api/v1/admin/groups
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 200
GET /-/quit
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 405
PATCH /metrics
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 405
GET /metrics
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "read" may not do this: the role "scrape" is needed
PUT /metrics/job/x
> Authorization: Basic cmVhZDpzZWNyZXQ=
| a 1
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "read" may not do this: the role "push" is needed
POST /metrics/job/x/instance/y
> Authorization: Basic cmVhZDpzZWNyZXQ=
| a 1
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "read" may not do this: the role "push" is needed
PUT /metrics/job@base64/eA
> Authorization: Basic cmVhZDpzZWNyZXQ=
| a 1
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "read" may not do this: the role "push" is needed
POST /metrics/job@base64/eA
> Authorization: Basic cmVhZDpzZWNyZXQ=
| a 1
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "read" may not do this: the role "push" is needed
DELETE /metrics/job@base64/eA
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "read" may not do this: the role "push" is needed
DELETE /metrics/job/x/instance/y
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "read" may not do this: the role "push" is needed
GET /
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 200
GET /status
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 200
GET /static/page.css
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 200
GET /api/v1/status
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 200
GET /api/v1/metrics
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 200
GET /api/v1/groups
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 200
GET /api/v1/groups/job/nosuch
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 404
GET /api/v1/groups/job@base64/eA
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 404
DELETE /api/v1/admin/groups?match[]={job="z"}
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"read\\" may not do this: the role \\"admin\\" is needed"}
PUT /api/v1/admin/wipe
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"read\\" may not do this: the role \\"admin\\" is needed"}
PUT /-/quit
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 403
| user "read" may not do this: the role "admin" is needed
POST /-/quit
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 403
| user "read" may not do this: the role "admin" is needed

# the role scrape opens the telemetry path alone
config
| basic_auth_users:
|   admin: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   push: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   read: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   scrape: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   none: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
| roles:
|   admin: [admin]
|   push: [push]
|   read: [read]
|   scrape: [scrape]
|   none: []
start --web.config.file=$CONFIG --web.enable-admin-api --web.enable-lifecycle
differs: the reference has no such keys
ref cannot
GET /-/healthy
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 200
GET /-/ready
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 200
GET /nosuch
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 404
GET //metrics
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 301
OPTIONS /api/v1/status
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 200
OPTIONS /api/v1/admin/groups
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 200
GET /-/quit
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 405
PATCH /metrics
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 405
GET /metrics
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 200
PUT /metrics/job/x
> Authorization: Basic c2NyYXBlOnNlY3JldA==
| a 1
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "scrape" may not do this: the role "push" is needed
POST /metrics/job/x/instance/y
> Authorization: Basic c2NyYXBlOnNlY3JldA==
| a 1
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "scrape" may not do this: the role "push" is needed
PUT /metrics/job@base64/eA
> Authorization: Basic c2NyYXBlOnNlY3JldA==
| a 1
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "scrape" may not do this: the role "push" is needed
POST /metrics/job@base64/eA
> Authorization: Basic c2NyYXBlOnNlY3JldA==
| a 1
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "scrape" may not do this: the role "push" is needed
DELETE /metrics/job@base64/eA
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "scrape" may not do this: the role "push" is needed
DELETE /metrics/job/x/instance/y
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "scrape" may not do this: the role "push" is needed
GET /
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "scrape" may not do this: the role "read" is needed
GET /status
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "scrape" may not do this: the role "read" is needed
GET /static/page.css
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "scrape" may not do this: the role "read" is needed
GET /api/v1/status
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"scrape\\" may not do this: the role \\"read\\" is needed"}
GET /api/v1/metrics
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"scrape\\" may not do this: the role \\"read\\" is needed"}
GET /api/v1/groups
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"scrape\\" may not do this: the role \\"read\\" is needed"}
GET /api/v1/groups/job/nosuch
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"scrape\\" may not do this: the role \\"read\\" is needed"}
GET /api/v1/groups/job@base64/eA
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"scrape\\" may not do this: the role \\"read\\" is needed"}
DELETE /api/v1/admin/groups?match[]={job="z"}
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"scrape\\" may not do this: the role \\"admin\\" is needed"}
PUT /api/v1/admin/wipe
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"scrape\\" may not do this: the role \\"admin\\" is needed"}
PUT /-/quit
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 403
| user "scrape" may not do this: the role "admin" is needed
POST /-/quit
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 403
| user "scrape" may not do this: the role "admin" is needed

# a user without a role gets what needs none: health, readiness, redirects, refusals, preflights
config
| basic_auth_users:
|   admin: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   push: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   read: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   scrape: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   none: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
| roles:
|   admin: [admin]
|   push: [push]
|   read: [read]
|   scrape: [scrape]
|   none: []
start --web.config.file=$CONFIG --web.enable-admin-api --web.enable-lifecycle
differs: the reference has no such keys
ref cannot
GET /-/healthy
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 200
GET /-/ready
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 200
GET /nosuch
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 404
GET //metrics
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 301
OPTIONS /api/v1/status
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 200
OPTIONS /api/v1/admin/groups
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 200
GET /-/quit
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 405
PATCH /metrics
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 405
GET /metrics
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "none" may not do this: the role "scrape" is needed
PUT /metrics/job/x
> Authorization: Basic bm9uZTpzZWNyZXQ=
| a 1
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "none" may not do this: the role "push" is needed
POST /metrics/job/x/instance/y
> Authorization: Basic bm9uZTpzZWNyZXQ=
| a 1
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "none" may not do this: the role "push" is needed
PUT /metrics/job@base64/eA
> Authorization: Basic bm9uZTpzZWNyZXQ=
| a 1
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "none" may not do this: the role "push" is needed
POST /metrics/job@base64/eA
> Authorization: Basic bm9uZTpzZWNyZXQ=
| a 1
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "none" may not do this: the role "push" is needed
DELETE /metrics/job@base64/eA
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "none" may not do this: the role "push" is needed
DELETE /metrics/job/x/instance/y
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "none" may not do this: the role "push" is needed
GET /
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "none" may not do this: the role "read" is needed
GET /status
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "none" may not do this: the role "read" is needed
GET /static/page.css
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 403
Content-Type: text/plain; charset=utf-8
X-Content-Type-Options: nosniff
| user "none" may not do this: the role "read" is needed
GET /api/v1/status
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"none\\" may not do this: the role \\"read\\" is needed"}
GET /api/v1/metrics
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"none\\" may not do this: the role \\"read\\" is needed"}
GET /api/v1/groups
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"none\\" may not do this: the role \\"read\\" is needed"}
GET /api/v1/groups/job/nosuch
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"none\\" may not do this: the role \\"read\\" is needed"}
GET /api/v1/groups/job@base64/eA
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"none\\" may not do this: the role \\"read\\" is needed"}
DELETE /api/v1/admin/groups?match[]={job="z"}
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"none\\" may not do this: the role \\"admin\\" is needed"}
PUT /api/v1/admin/wipe
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 403
Content-Type: application/json
|\ {"status":"error","errorType":"forbidden","error":"user \\"none\\" may not do this: the role \\"admin\\" is needed"}
PUT /-/quit
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 403
| user "none" may not do this: the role "admin" is needed
POST /-/quit
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 403
| user "none" may not do this: the role "admin" is needed

# an admin ends the program
config
| basic_auth_users:
|   admin: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   push: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   read: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   scrape: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   none: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
| roles:
|   admin: [admin]
|   push: [push]
|   read: [read]
|   scrape: [scrape]
|   none: []
start --web.config.file=$CONFIG --web.enable-admin-api --web.enable-lifecycle
differs: the reference has no such keys
ref cannot
POST /-/quit
> Authorization: Basic YWRtaW46c2VjcmV0
=> 200

# with push_groups a user changes and deletes the groups that a selector takes, and no other
config
| basic_auth_users:
|   ci: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   night: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   nobody: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
| roles:
|   ci: push
|   night: [push, read]
|   nobody: [push]
| push_groups:
|   ci: '{job=~"ci-.*",env!="prod"}'
|   night: ['{job="backup",instance="db"}', '{job="rotate"}']
|   nobody: []
start --web.config.file=$CONFIG
differs: the reference has no such keys
ref cannot
PUT /metrics/job/ci-1
> Authorization: Basic Y2k6c2VjcmV0
| a 1
=> 200
PUT /metrics/job@base64/Y2ktMg
> Authorization: Basic Y2k6c2VjcmV0
| a 1
=> 200
POST /metrics/job/ci-1/env/test
> Authorization: Basic Y2k6c2VjcmV0
| a 1
=> 200
POST /metrics/job/ci-1/env/prod
> Authorization: Basic Y2k6c2VjcmV0
| a 1
=> 403
| user "ci" may not change the group {env="prod",job="ci-1"}: it is none of the user's push_groups
PUT /metrics/job@base64/eA
> Authorization: Basic Y2k6c2VjcmV0
| a 1
=> 403
| user "ci" may not change the group {job="x"}: it is none of the user's push_groups
PUT /metrics/job/xci-1
> Authorization: Basic Y2k6c2VjcmV0
| a 1
=> 403
DELETE /metrics/job/rotate
> Authorization: Basic Y2k6c2VjcmV0
=> 403
DELETE /metrics/job/ci-1
> Authorization: Basic Y2k6c2VjcmV0
=> 202
DELETE /metrics/job@base64/Y2ktMg
> Authorization: Basic Y2k6c2VjcmV0
=> 202
DELETE /metrics/job/ci-1/env/test
> Authorization: Basic Y2k6c2VjcmV0
=> 202
PUT /metrics/job/backup/instance/db
> Authorization: Basic bmlnaHQ6c2VjcmV0
| a 1
=> 200
PUT /metrics/job/rotate/instance/any
> Authorization: Basic bmlnaHQ6c2VjcmV0
| a 1
=> 200
PUT /metrics/job/backup
> Authorization: Basic bmlnaHQ6c2VjcmV0
| a 1
=> 403
| user "night" may not change the group {job="backup"}: it is none of the user's push_groups
GET /api/v1/groups/job/backup/instance/db
> Authorization: Basic bmlnaHQ6c2VjcmV0
=> 200
PUT /metrics/job/x
> Authorization: Basic bm9ib2R5OnNlY3JldA==
| a 1
=> 403

# a refused push leaves nothing, not even the time of its failure; what the body says is not looked at
config
| basic_auth_users:
|   ci: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   ops: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
| roles: {ci: [push], ops: [admin]}
| push_groups: {ci: ['{job="ci"}']}
start --web.config.file=$CONFIG
differs: the reference has no such keys
ref cannot
PUT /metrics/job/x
> Authorization: Basic Y2k6c2VjcmV0
| nonsense
=> 403
GET /metrics
> Authorization: Basic b3BzOnNlY3JldA==
=> 200
stored

# what is refused is counted by the role that it needs
config
| basic_auth_users:
|   admin: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   push: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   read: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   scrape: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   none: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
| roles:
|   admin: [admin]
|   push: [push]
|   read: [read]
|   scrape: [scrape]
|   none: []
start --web.config.file=$CONFIG --web.enable-admin-api --web.enable-lifecycle
differs: the reference has no such keys
ref cannot
GET /metrics
> Authorization: Basic YWRtaW46c2VjcmV0
=> 200
lacks pushgateway_http_denied_requests_total
GET /metrics
> Authorization: Basic cmVhZDpzZWNyZXQ=
=> 403
PUT /metrics/job/x
> Authorization: Basic cmVhZDpzZWNyZXQ=
| a 1
=> 403
GET /
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 403
GET /status
> Authorization: Basic bm9uZTpzZWNyZXQ=
=> 403
GET /metrics
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 200
has pushgateway_http_denied_requests_total{role="push"} 1
has pushgateway_http_denied_requests_total{role="read"} 2
has pushgateway_http_denied_requests_total{role="scrape"} 1
has pushgateway_http_requests_total{code="403",handler="push",method="put"} 1

# a user whom roles does not name has none; without roles everybody has all
config
| basic_auth_users:
|   ci: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
| roles:
start --web.config.file=$CONFIG
differs: the reference has no such keys
ref cannot
PUT /metrics/job/x
> Authorization: Basic Y2k6c2VjcmV0
| a 1
=> 403
GET /-/ready
> Authorization: Basic Y2k6c2VjcmV0
=> 200
config
| basic_auth_users:
|   ci: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
PUT /metrics/job/x
> Authorization: Basic Y2k6c2VjcmV0
| a 1
=> 200

# roles that change are in force with the next request
config
| basic_auth_users: {ci: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq}
| roles: {ci: [scrape]}
start --web.config.file=$CONFIG
differs: the reference has no such keys
ref cannot
GET /metrics
> Authorization: Basic Y2k6c2VjcmV0
=> 200
config
| basic_auth_users: {ci: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq}
| roles: {ci: [push]}
GET /metrics
> Authorization: Basic Y2k6c2VjcmV0
=> 403
PUT /metrics/job/x
> Authorization: Basic Y2k6c2VjcmV0
| a 1
=> 200
config
| basic_auth_users: {ci: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq}
| roles: {ci: [push]}
| push_groups: {ci: '{job="y"}'}
PUT /metrics/job/x
> Authorization: Basic Y2k6c2VjcmV0
| a 1
=> 403

# a file with a mistake in its roles answers 500 to everybody, rather than to let anybody do anything
config
| basic_auth_users: {ci: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq}
| roles: {ci: [scrape]}
start --web.config.file=$CONFIG
differs: the reference has no such keys
ref cannot
config
| basic_auth_users: {ci: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq}
| roles: {ci: [scrap]}
GET /metrics
> Authorization: Basic Y2k6c2VjcmV0
=> 500

# behind a route prefix the roles are the same
config
| basic_auth_users:
|   admin: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   push: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   read: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   scrape: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   none: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
| roles:
|   admin: [admin]
|   push: [push]
|   read: [read]
|   scrape: [scrape]
|   none: []
start --web.config.file=$CONFIG --web.route-prefix=/gw
differs: the reference has no such keys
ref cannot
GET /gw/metrics
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 200
GET /gw/api/v1/status
> Authorization: Basic c2NyYXBlOnNlY3JldA==
=> 403
PUT /gw/metrics/job/x
> Authorization: Basic c2NyYXBlOnNlY3JldA==
| a 1
=> 403

# on one connection each request has its own user
config
| basic_auth_users:
|   admin: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   push: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   read: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   scrape: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
|   none: $2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq
| roles:
|   admin: [admin]
|   push: [push]
|   read: [read]
|   scrape: [scrape]
|   none: []
start --web.config.file=$CONFIG --web.enable-admin-api --web.enable-lifecycle
differs: the reference has no such keys
ref cannot
send
| GET /metrics HTTP/1.1
| Host: x
| Authorization: Basic c2NyYXBlOnNlY3JldA==
|
=> 200
send
| GET /metrics HTTP/1.1
| Host: x
| Authorization: Basic cHVzaDpzZWNyZXQ=
|
=> 403
send
| GET /metrics HTTP/1.1
| Host: x
|
=> 401
send
| GET /metrics HTTP/1.1
| Host: x
| Authorization: Basic YWRtaW46c2VjcmV0
|
=> 200

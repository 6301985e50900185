// The API beyond the original's: lists of groups, one group, deletion by selectors (docs/api.md).

# a list of groups tells labels, times, success and sizes, in the order of grouping keys
differs: the original has no list of groups
PUT /metrics/job/b
| a 1
| b{k="1"} 1
| b{k="2"} 1
=> 200
PUT /metrics/job/a/host/h%22
| a 1
=> 200
PUT /metrics/job/a/host/h%22
| a 1 1
=> 400
GET /api/v1/groups
=> 200
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, Origin
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Allow-Origin: *
Access-Control-Expose-Headers: Date, ETag
Cache-Control: no-cache
Content-Type: application/json
ETag: <<"[0-9a-f-]+">>
|\ {"status":"success","data":{"stored":2,"total":2,"groups":[{"labels":{"host":"h\\"","job":"a"},"push_time_seconds":<<time>>,"push_failure_time_seconds":<<time>>,"last_push_successful":false,"families":3,"series":3,"bytes":<<[1-9][0-9]{2,3}>>},{"labels":{"job":"b"},"push_time_seconds":<<time>>,"push_failure_time_seconds":0,"last_push_successful":true,"families":4,"series":5,"bytes":<<[1-9][0-9]{2,3}>>}]}}
ref cannot

# a list of no groups is empty
differs: the original has no list of groups
GET /api/v1/groups
=> 200
|\ {"status":"success","data":{"stored":0,"total":0,"groups":[]}}
ref cannot

# selectors choose groups; several of them are alternatives, and a missing label is an empty one
differs: the original has no list of groups
PUT /metrics/job/a/host/db-1
=> 200
PUT /metrics/job/a/host/db-2
=> 200
PUT /metrics/job/b
=> 200
GET /api/v1/groups?match[]={job="a",host=~"db-[2-9]"}
=> 200
|\ {"status":"success","data":{"stored":3,"total":1,"groups":[{"labels":{"host":"db-2","job":"a"},<<[^}]*>>}]}}
GET /api/v1/groups?match%5B%5D=%7Bhost%3D%22%22%7D
=> 200
|\ {"status":"success","data":{"stored":3,"total":1,"groups":[{"labels":{"job":"b"},<<[^}]*>>}]}}
GET /api/v1/groups?match[]={host!~"db.*"}&match[]={host="db-1"}
=> 200
|\ {"status":"success","data":{"stored":3,"total":2,"groups":[{"labels":{"host":"db-1","job":"a"},<<[^}]*>>},{"labels":{"job":"b"},<<[^}]*>>}]}}
GET /api/v1/groups?match[]={job!="b",host!="db-1"}
=> 200
|\ {"status":"success","data":{"stored":3,"total":1,"groups":[{"labels":{"host":"db-2","job":"a"},<<[^}]*>>}]}}
ref cannot

# a text is searched in labels as they are shown, in either case
differs: the original has no list of groups
PUT /metrics/job/Backup/host/db-1
=> 200
PUT /metrics/job/etl/zone/up
=> 200
GET /api/v1/groups?search=BACK
=> 200
|\ <<.*>>"total":1,"groups":[{"labels":{"host":"db-1","job":"Backup"},<<[^}]*>>}]}}
GET /api/v1/groups?search=job%3D%22etl%22
=> 200
|\ <<.*>>"total":1,"groups":[{"labels":{"job":"etl","zone":"up"},<<[^}]*>>}]}}
GET /api/v1/groups?search=zone
=> 200
|\ <<.*>>"total":1,"groups":[{"labels":{"job":"etl","zone":"up"},<<[^}]*>>}]}}
GET /api/v1/groups?search=db-1+etl
=> 200
|\ <<.*>>"total":0,"groups":[]}}
ref cannot

# failed groups, and those pushed before or after a time, can be asked for
differs: the original has no list of groups
PUT /metrics/job/good
=> 200
PUT /metrics/job/bad
| a 1 1
=> 400
GET /api/v1/groups?failed=true
=> 200
|\ <<.*>>"total":1,"groups":[{"labels":{"job":"bad"},"push_time_seconds":0,<<[^}]*>>}]}}
GET /api/v1/groups?failed=false
=> 200
|\ <<.*>>"total":1,"groups":[{"labels":{"job":"good"},<<[^}]*>>}]}}
GET /api/v1/groups?pushed_before=1e9
=> 200
|\ <<.*>>"total":1,"groups":[{"labels":{"job":"bad"},<<[^}]*>>}]}}
GET /api/v1/groups?pushed_after=1000000000.5
=> 200
|\ <<.*>>"total":1,"groups":[{"labels":{"job":"good"},<<[^}]*>>}]}}
GET /api/v1/groups?pushed_after=1000&pushed_before=2000
=> 200
|\ <<.*>>"total":0,"groups":[]}}
ref cannot

# a list is sorted by each of its keys, up or down, and equal ones by labels
differs: the original has no list of groups
PUT /metrics/job/c
| a 1
=> 200
PUT /metrics/job/a
| a{k="1"} 1
| a{k="2"} 1
=> 200
PUT /metrics/job/b
| a{k="some text that takes memory"} 1
=> 200
PUT /metrics/job/a
| a 1 1
=> 400
sh
$ for sort in labels -labels push_time_seconds -push_time_seconds push_time push_failure_time_seconds -push_failure_time_seconds -failure_time series -series bytes -bytes; do curl -s "$GATEWAY9091/api/v1/groups?sort=$sort" | python3 -c 'import json,sys; print(sys.argv[1], *(g["labels"]["job"] for g in json.load(sys.stdin)["data"]["groups"]))' $sort; done
| labels a b c
| -labels c b a
| push_time_seconds c a b
| -push_time_seconds b a c
| push_time c a b
| push_failure_time_seconds b c a
| -push_failure_time_seconds a b c
| -failure_time a b c
| series b c a
| -series a b c
| bytes c b a
| -bytes a b c
ref cannot

# pages follow each other by their cursors, whatever comes and goes in between
differs: the original has no list of groups
PUT /metrics/job/b
=> 200
PUT /metrics/job/d
=> 200
PUT /metrics/job/f
=> 200
sh
$ url="$GATEWAY9091/api/v1/groups"; page() { curl -s "$url?limit=1&sort=$1&cursor=$2"; }; cursor() { python3 -c 'import json,sys; print(json.load(sys.stdin)["data"].get("next_cursor","none"))'; }; job() { grep -o '"job":"[a-z]*"'; }
$ first=$(curl -s "$url?limit=1&sort=labels"); echo "$first" | job; c=$(echo "$first" | cursor)
$ curl -s -X DELETE "$GATEWAY9091/metrics/job/b"; echo 'x 1' | curl -s --data-binary @- "$GATEWAY9091/metrics/job/a"; echo 'x 1' | curl -s --data-binary @- "$GATEWAY9091/metrics/job/e"
$ while [ "$c" != none ]; do p=$(page labels $c); echo "$p" | job; c=$(echo "$p" | cursor); done
$ echo down; c=$(curl -s "$url?limit=1&sort=-series" | cursor); while [ "$c" != none ]; do p=$(page -series $c); echo "$p" | job; c=$(echo "$p" | cursor); done
| "job":"b"
| "job":"d"
| "job":"e"
| "job":"f"
| down
| "job":"e"
| "job":"d"
| "job":"f"
ref cannot

# freshness counts ages of last pushes, of the groups that selectors and search let through
differs: the original has no list of groups
PUT /metrics/job/good
=> 200
PUT /metrics/job/bad
| a 1 1
=> 400
GET /api/v1/groups?freshness=true&failed=true
=> 200
|\ {"status":"success","data":{"stored":2,"total":1,"freshness":{"minute":1,"hour":1,"day":1,"week":1,"older":0,"never":1,"failed":1},"groups":[{"labels":{"job":"bad"},<<[^}]*>>}]}}
GET /api/v1/groups?freshness=true&search=good
=> 200
|\ <<.*>>"freshness":{"minute":1,"hour":1,"day":1,"week":1,"older":0,"never":0,"failed":0},<<.*>>
GET /api/v1/groups?freshness=false
=> 200
|\ {"status":"success","data":{"stored":2,"total":2,"groups":<<.*>>
ref cannot

# an answer that the client has already is not sent again until something changes
differs: the original has no list of groups
PUT /metrics/job/x
=> 200
sh
$ url="$GATEWAY9091/api/v1/groups"; tag() { curl -si "$url?$1" | tr -d '\r' | sed -n 's/^ETag: //p'; }; ask() { curl -s -o /dev/null -w '%{http_code} %{size_download}\n' -H "If-None-Match: $2" "$url?$1"; }
$ t=$(tag limit=5); ask limit=5 "$t"; ask limit=5 "W/\"x\", $t"; ask limit=5 '*'; ask limit=5 '"other"' | cut -c1-3
$ f=$(tag freshness=true); ask freshness=true "$f"; echo 'a 1' | curl -s --data-binary @- $GATEWAY9091/metrics/job/x; ask limit=5 "$t" | cut -c1-3; ask freshness=true "$f" | cut -c1-3
| 304 0
| 304 0
| 304 0
| 200
| 304 0
| 200
| 200
ref cannot

# a parameter that is wrong is refused with a sentence that names it
differs: the original has no list of groups
GET /api/v1/groups?sort=size
=> 400
Access-Control-Allow-Origin: *
Content-Type: application/json
|\ {"status":"error","errorType":"bad_data","error":"unknown sort key; there are labels, push_time_seconds, push_failure_time_seconds, series and bytes, with - before them for the largest first"}
GET /api/v1/groups?limit=0
=> 400
|\ {"status":"error","errorType":"bad_data","error":"the parameter \\"limit\\" is not a number from 1 to 1000"}
GET /api/v1/groups?limit=1001
=> 400
GET /api/v1/groups?limit=1000
=> 200
GET /api/v1/groups?failed=yes
=> 400
|\ {"status":"error","errorType":"bad_data","error":"the parameter \\"failed\\" is neither true nor false"}
GET /api/v1/groups?freshness=1
=> 400
GET /api/v1/groups?pushed_before=yesterday
=> 400
|\ {"status":"error","errorType":"bad_data","error":"the parameter \\"pushed_before\\" is not a number"}
GET /api/v1/groups?pushed_after=NaN
=> 400
GET /api/v1/groups?cursor=x
=> 400
|\ {"status":"error","errorType":"bad_data","error":"the cursor is none that was given out"}
GET /api/v1/groups?limit=1&limit=2
=> 400
|\ {"status":"error","errorType":"bad_data","error":"the parameter \\"limit\\" is there more than once"}
GET /api/v1/groups?mach[]={job="x"}
=> 400
|\ {"status":"error","errorType":"bad_data","error":"unknown parameter \\"mach[]\\""}
GET /api/v1/groups?search=%zz
=> 400
|\ {"status":"error","errorType":"bad_data","error":"not a percent-encoded query: \\"%zz\\""}
GET /api/v1/groups?match[]=up
=> 400
|\ {"status":"error","errorType":"bad_data","error":"selector \\"up\\": groups are selected by their labels, not by a metric name; write {label=\\"value\\"}"}
GET /api/v1/groups?match[]={a=~"(x)\\1"}
=> 400
|\ {"status":"error","errorType":"bad_data","error":"selector \\"{a=~\\\\\\"(x)\\\\\\\\\\\\\\\\1\\\\\\"}\\": the regular expression for label \\"a\\" is refused: invalid escape sequence: \\\\1"}
ref cannot

# a cursor belongs to its order
differs: the original has no list of groups
PUT /metrics/job/a
=> 200
PUT /metrics/job/b
=> 200
sh
$ c=$(curl -s "$GATEWAY9091/api/v1/groups?limit=1&sort=series" | sed 's/.*next_cursor":"//;s/".*//'); curl -s "$GATEWAY9091/api/v1/groups?limit=1&sort=-series&cursor=$c"
|\ {"status":"error","errorType":"bad_data","error":"the cursor belongs to another sort key"}
ref cannot

# one group has the families that the list of all metrics shows of it
differs: the original does not show one group
PUT /metrics/job/x/path@base64/L2E
| a 1
=> 200
PUT /metrics/job/y
| a 1
=> 200
GET /api/v1/groups/job/x/path@base64/L2E
=> 200
Access-Control-Allow-Origin: *
Content-Type: application/json
|\ {"status":"success","data":{"a":{"time_stamp":"<<stamp>>","type":"UNTYPED","metrics":[{"labels":{"instance":"","job":"x","path":"/a"},"value":"1"}]},"labels":{"job":"x","path":"/a"},"last_push_successful":true,"push_failure_time_seconds":<<.*>>}]}}}
GET /api/v1/groups/job@base64/eA/path@base64/L2E
=> 200
|\ {"status":"success","data":{"a":<<.*>>"labels":{"job":"x","path":"/a"},<<.*>>
ref cannot

# a group that does not exist is 404, a path that names none is 400
differs: the original does not show one group
GET /api/v1/groups/job/x/a/b%22
=> 404
Access-Control-Allow-Origin: *
Content-Type: application/json
|\ {"status":"error","errorType":"not_found","error":"there is no group {a=\\"b\\\\\\"\\",job=\\"x\\"}"}
GET /api/v1/groups/job/x/a
=> 400
|\ {"status":"error","errorType":"bad_data","error":"odd number of components in label string \\"/a\\""}
GET /api/v1/groups/job@base64/%3D
=> 400
|\ {"status":"error","errorType":"bad_data","error":"job name is required"}
POST /api/v1/groups/job/x
=> 405
Allow: GET, OPTIONS
ref cannot

# a deletion takes all groups that a selector matches and no other; no other origin may ask for it
differs: the original cannot delete by selectors
start --web.enable-admin-api
PUT /metrics/job/a/env/staging
=> 200
PUT /metrics/job/b/env/staging
=> 200
PUT /metrics/job/b/env/prod
| a 1
=> 200
PUT /metrics/job/c
=> 200
DELETE /api/v1/admin/groups?match[]={env="staging"}&match[]={job=~"c.*"}
=> 200
Cache-Control: no-cache, no-store, must-revalidate
Content-Type: application/json
no Access-Control-Allow-Origin
|\ {"status":"success","data":{"deleted":3}}
GET /metrics
=> 200
pushed
| # TYPE a untyped
| a{env="prod",instance="",job="b"} 1
DELETE /api/v1/admin/groups?match[]={env="staging"}
=> 200
|\ {"status":"success","data":{"deleted":0}}
ref cannot

# a trial lists what would go and deletes nothing
differs: the original cannot delete by selectors
start --web.enable-admin-api
PUT /metrics/job/a
=> 200
PUT /metrics/job/b
=> 200
DELETE /api/v1/admin/groups?match[]={job="b"}&dry_run=true
=> 200
no Access-Control-Allow-Origin
|\ {"status":"success","data":{"deleted":0,"total":1,"groups":[{"labels":{"job":"b"},"push_time_seconds":<<time>>,"push_failure_time_seconds":0,"last_push_successful":true,"families":2,"series":2,"bytes":<<[0-9]+>>}]}}
DELETE /api/v1/admin/groups?match[]={job="x"}&dry_run=true
=> 200
|\ {"status":"success","data":{"deleted":0,"total":0,"groups":[]}}
DELETE /api/v1/admin/groups?match[]={job="b"}&dry_run=false
=> 200
|\ {"status":"success","data":{"deleted":1}}
ref cannot

# what would take everything is refused unless that is said
differs: the original cannot delete by selectors
start --web.enable-admin-api
PUT /metrics/job/a
=> 200
PUT /metrics/job/b
=> 200
DELETE /api/v1/admin/groups
=> 400
no Access-Control-Allow-Origin
|\ {"status":"error","errorType":"bad_data","error":"no match[] parameter says which groups to delete"}
DELETE /api/v1/admin/groups?all=true
=> 400
|\ {"status":"error","errorType":"bad_data","error":"no match[] parameter says which groups to delete"}
DELETE /api/v1/admin/groups?match[]=
=> 400
DELETE /api/v1/admin/groups?match[]={}
=> 400
|\ {"status":"error","errorType":"bad_data","error":"a selector takes every group; if that is what you want, add all=true"}
DELETE /api/v1/admin/groups?match[]={job="a"}&match[]={job=~".%2B"}
=> 400
DELETE /api/v1/admin/groups?match[]={job=~".*"}&dry_run=true
=> 400
DELETE /api/v1/admin/groups?match[]={job!=""}&all=false
=> 400
DELETE /api/v1/admin/groups?match[]={job="a"}&dryrun=true
=> 400
|\ {"status":"error","errorType":"bad_data","error":"unknown parameter \\"dryrun\\""}
DELETE /api/v1/admin/groups?match[]={job="a"}&dry_run=1
=> 400
GET /api/v1/groups
=> 200
|\ <<.*>>"stored":2,<<.*>>
DELETE /api/v1/admin/groups?match[]={}&all=true
=> 200
|\ {"status":"success","data":{"deleted":2}}
ref cannot

# without the admin API groups cannot be deleted by selectors
DELETE /api/v1/admin/groups?match[]={job="a"}
=> 404
no Access-Control-Allow-Origin
| 404 page not found

# a browser is not told that a page of another origin may delete groups
differs: the original cannot delete by selectors
start --web.enable-admin-api
OPTIONS /api/v1/admin/groups
> Origin: http://elsewhere.example
> Access-Control-Request-Method: DELETE
=> 200
Allow: DELETE, OPTIONS
no Access-Control-Allow-Origin
no Access-Control-Allow-Methods
empty
OPTIONS /api/v1/admin%2Fgroups?match[]={}
=> 200
no Access-Control-Allow-Origin
ref cannot

# with it other methods are refused
differs: the original cannot delete by selectors
start --web.enable-admin-api
GET /api/v1/admin/groups
=> 405
Allow: DELETE, OPTIONS
ref cannot

# the new handlers are counted by their names
differs: the original has no such handlers
start --web.enable-admin-api
GET /api/v1/groups
=> 200
GET /api/v1/groups/job/x
=> 404
DELETE /api/v1/admin/groups?match[]={job="x"}
=> 200
GET /metrics
=> 200
has pushgateway_http_requests_total{code="200",handler="api/v1/admin/groups",method="delete"} 1
has pushgateway_http_requests_total{code="200",handler="api/v1/groups",method="get"} 1
has pushgateway_http_requests_total{code="404",handler="api/v1/groups",method="get"} 1
ref cannot

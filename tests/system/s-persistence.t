// What is in the persistence file comes back, after a clean end and after a kill. The reference
// writes its own format, later and without a sync, and so cannot be the yardstick for most of this.

# a push, a replacement and a delete outlive a kill
differs: another file, written later
ref cannot
start --persistence.file=$FOLDER/db
PUT /metrics/job/x/instance/i
| # HELP m A help.
| # TYPE m counter
| m{a="b"} 1
| # TYPE h histogram
| h_bucket{le="1"} 2
| h_bucket{le="+Inf"} 3
| h_sum 4.5
| h_count 3
=> 200
POST /metrics/job/x/instance/i
| # HELP m A help.
| # TYPE m counter
| m{a="b"} 2
=> 200
PUT /metrics/job/gone
| gone 1
=> 200
DELETE /metrics/job/gone
=> 202
kill
start --persistence.file=$FOLDER/db
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="i",job="x",le="1"} 2
| h_bucket{instance="i",job="x",le="+Inf"} 3
| h_sum{instance="i",job="x"} 4.5
| h_count{instance="i",job="x"} 3
| # HELP m A help.
| # TYPE m counter
| m{a="b",instance="i",job="x"} 2

# a clean end leaves the database and its lock, and the next start has all of it
differs: another file, written later
ref cannot
start --persistence.file=$FOLDER/db
PUT /metrics/job/x
| m 1
=> 200
start --web.workers=2
sh
$ ls $FOLDER
| db
| db.lock
start --persistence.file=$FOLDER/db
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1

# a refused push leaves the time of its failure in the file, the push before it stays
differs: another file, written later
ref cannot
start --persistence.file=$FOLDER/db
PUT /metrics/job/x
| m 1
=> 200
PUT /metrics/job/x
| m 2 1700000000000
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps
PUT /metrics/job/new
| m 2 1700000000000
=> 400
kill
start --persistence.file=$FOLDER/db
GET /metrics
=> 200
has m{instance="",job="x"} 1
has push_failure_time_seconds{instance="",job="x"} <<1\.\d+e\+09>>
has push_failure_time_seconds{instance="",job="new"} <<1\.\d+e\+09>>
has push_time_seconds{instance="",job="new"} 0

# a wipe is in the file before its answer
differs: another file, written later
ref cannot
start --persistence.file=$FOLDER/db --web.enable-admin-api
PUT /metrics/job/x
| m 1
=> 200
PUT /api/v1/admin/wipe
=> 202
kill
start --persistence.file=$FOLDER/db
GET /metrics
=> 200
stored

# unchecked pushes are in the file before their 202, contradictions included
differs: another file, written later
ref cannot
start --persistence.file=$FOLDER/db --push.disable-consistency-check
PUT /metrics/job/x
| # TYPE m counter
| m 1
=> 202
PUT /metrics/job/y
| # TYPE m gauge
| m 1
=> 202
kill
start --persistence.file=$FOLDER/db --push.disable-consistency-check
GET /metrics
=> 500
DELETE /metrics/job/y
=> 202
GET /metrics
=> 200
has m{instance="",job="x"} 1

# with --persistence.relaxed a change is visible at once and written later, at the latest at the end, however long the interval
differs: another file, written later
ref cannot
start --persistence.file=$FOLDER/db --persistence.relaxed --persistence.interval=2562047h47m16.854775807s
PUT /metrics/job/x
| m 1
=> 200
PUT /metrics/job/y
| m 1
=> 200
GET /metrics
=> 200
has m{instance="",job="y"} 1
has pushgateway_persistence_pending_changes <<[12]>>
start --persistence.file=$FOLDER/db
GET /metrics
=> 200
has m{instance="",job="x"} 1
has m{instance="",job="y"} 1

# with a short interval what was written in time outlives a kill
differs: another file, written later
ref cannot
start --persistence.file=$FOLDER/db --persistence.relaxed --persistence.interval=50ms
PUT /metrics/job/x
| m 1
=> 200
wait 1
kill
start --persistence.file=$FOLDER/db
GET /metrics
=> 200
has m{instance="",job="x"} 1

# without a persistence file there are no metrics of it
sh
$ curl -s $GATEWAY9091/metrics | grep pushgateway_persistence
exit 1

# commits, files and damage are exposed
differs: another file, written later
ref cannot
start --persistence.file=$FOLDER/db
PUT /metrics/job/x
| m 1
=> 200
GET /metrics
=> 200
has pushgateway_persistence_commits_total 1
has pushgateway_persistence_commit_failures_total 0
has pushgateway_persistence_commit_changes_count 1
has pushgateway_persistence_commit_changes_sum 1
has pushgateway_persistence_commit_duration_seconds_count 1
has pushgateway_persistence_corrupt_rows 0
has pushgateway_persistence_file_bytes{file="database"} <<\d+>>
has pushgateway_persistence_file_bytes{file="log"} <<\d+>>
has pushgateway_persistence_last_commit_timestamp_seconds <<1\.\d+e\+09>>
has pushgateway_persistence_pending_changes 0
PUT /metrics/job/x
| # TYPE pushgateway_persistence_commits_total gauge
| pushgateway_persistence_commits_total 1
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: gathered metric family pushgateway_persistence_commits_total has help "" but should have "Commits to the persistence file."

# a backup of a running gateway is a file to start from
differs: another file, written later
ref cannot
start --persistence.file=$FOLDER/db
PUT /metrics/job/x
| m 1
=> 200
sh
$ sqlite3 $FOLDER/db ".backup $FOLDER/copy"
PUT /metrics/job/x
| m 2
=> 200
start --persistence.file=$FOLDER/copy
GET /metrics
=> 200
has m{instance="",job="x"} 1

# the schema explains itself
differs: another file, written later
ref cannot
start --persistence.file=$FOLDER/db
PUT /metrics/job/x
| m 1
=> 200
sh
$ sqlite3 $FOLDER/db .schema | head -n 8
| CREATE TABLE groups (
|     -- What is pushed: one row for each group. Written by the Pushgateway; version 1.
|     id INTEGER PRIMARY KEY,     -- never used again for another group
|     checksum INTEGER NOT NULL,  -- XXH3-64 over content, seeded by that over labels,
|                                 -- seeded by id
|     labels BLOB NOT NULL,       -- the grouping key: names and values, each behind its
|                                 -- length (varint), sorted by name
|     content BLOB NOT NULL       -- times and families: docs/persistence.md

# a damaged row is left out and counted, and the gateway serves the others
differs: another file, written later
ref cannot
start --persistence.file=$FOLDER/db
PUT /metrics/job/x
| m 1
=> 200
PUT /metrics/job/y
| m 2
=> 200
start --web.workers=2
sh
$ sqlite3 $FOLDER/db "UPDATE groups SET content = zeroblob(length(content)) WHERE id = 1"
start --persistence.file=$FOLDER/db
GET /metrics
=> 200
has m{instance="",job="y"} 2
has pushgateway_persistence_corrupt_rows 1
lacks job="x"
GET /-/ready
=> 200
|\ OK

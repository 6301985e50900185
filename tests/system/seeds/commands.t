// The commands of the articles that people learn the Pushgateway from, as they stand there, run by
// a shell with curl. localhost:9091 and localhost:9001 are two gateways. The articles show a blank
// after the commas of a label set; no gateway prints one.

# one article: push, group, POST, PUT and DELETE with raw HTTP
sh
$ echo "backup_records_processed_total 12345" \
$   | curl --data-binary @- http://$GATEWAY9091/metrics/job/backup
$ echo "backup_duration_seconds 42.3" \
$   | curl --data-binary @- http://$GATEWAY9091/metrics/job/backup/instance/host1
$ curl $GATEWAY9091/metrics | grep backup
| # TYPE backup_duration_seconds untyped
| backup_duration_seconds{instance="host1",job="backup"} 42.3
| # TYPE backup_records_processed_total untyped
| backup_records_processed_total{instance="",job="backup"} 12345
| push_failure_time_seconds{instance="",job="backup"} 0
| push_failure_time_seconds{instance="host1",job="backup"} 0
| push_time_seconds{instance="",job="backup"} <<time>>
| push_time_seconds{instance="host1",job="backup"} <<time>>
sh
$ printf '# TYPE backup_records_processed_total counter\nbackup_records_processed_total 12345\nbackup_duration_seconds 42.3\n' \
$   | curl --data-binary @- http://$GATEWAY9091/metrics/job/backup
$ curl $GATEWAY9091/metrics | grep '^backup'
| backup_duration_seconds{instance="",job="backup"} 42.3
| backup_duration_seconds{instance="host1",job="backup"} 42.3
| backup_records_processed_total{instance="",job="backup"} 12345
sh
$ curl -X DELETE http://$GATEWAY9091/metrics/job/backup/instance/host1
$ printf '# TYPE backup_records_processed_total counter\nbackup_records_processed_total 12345\nbackup_duration_seconds 42.3\n' \
$   | curl --data-binary @- http://$GATEWAY9091/metrics/job/backup
$ curl $GATEWAY9091/metrics | grep backup
| # TYPE backup_duration_seconds untyped
| backup_duration_seconds{instance="",job="backup"} 42.3
| # TYPE backup_records_processed_total counter
| backup_records_processed_total{instance="",job="backup"} 12345
| push_failure_time_seconds{instance="",job="backup"} 0
| push_time_seconds{instance="",job="backup"} <<time>>
sh
$ echo "backup_duration_seconds 42.3" \
$   | curl -X PUT --data-binary @- http://$GATEWAY9091/metrics/job/backup
$ curl $GATEWAY9091/metrics | grep backup
| # TYPE backup_duration_seconds untyped
| backup_duration_seconds{instance="",job="backup"} 42.3
| push_failure_time_seconds{instance="",job="backup"} 0
| push_time_seconds{instance="",job="backup"} <<time>>
sh
$ curl -X DELETE http://$GATEWAY9091/metrics/job/backup
$ curl $GATEWAY9091/metrics | grep -c backup
| 0
exit 1

# the same pushes printed with their statuses
sh
$ echo "backup_records_processed_total 12345" \
$   | curl -s -w '%{http_code} %{size_download}\n' --data-binary @- http://$GATEWAY9091/metrics/job/backup
$ echo "backup_duration_seconds 42.3" \
$   | curl -s -w '%{http_code} %{size_download}\n' -X PUT --data-binary @- http://$GATEWAY9091/metrics/job/backup
$ curl -s -w '%{http_code} %{size_download}\n' -X DELETE http://$GATEWAY9091/metrics/job/backup
| 200 0
| 200 0
| 202 0

# the group holds A and B, A alone is pushed: POST keeps B, PUT removes it, DELETE empties the group
sh
$ printf 'A 1\nB 1\n' | curl --data-binary @- http://$GATEWAY9091/metrics/job/backup
$ printf 'A 2\n' | curl --data-binary @- http://$GATEWAY9091/metrics/job/backup
$ curl -s $GATEWAY9091/metrics | grep '^[AB]'
$ printf 'A 3\n' | curl -X PUT --data-binary @- http://$GATEWAY9091/metrics/job/backup
$ curl -s $GATEWAY9091/metrics | grep '^[AB]'
$ curl -X DELETE http://$GATEWAY9091/metrics/job/backup
$ curl -s $GATEWAY9091/metrics | grep '^[AB]'
| A{instance="",job="backup"} 2
| B{instance="",job="backup"} 1
| A{instance="",job="backup"} 3
exit 1

# a body must end with a newline
sh
$ printf 'backup_duration_seconds 42.3' | curl -s -w '%{http_code}\n' --data-binary @- http://$GATEWAY9091/metrics/job/backup
| text format parsing error in line 1: unexpected end of input stream
| 400

# another article: a first metric, then several in a body that begins with a blank line
sh
$ echo "processing_time_seconds 120" | curl --data-binary @- http://$GATEWAY9091/metrics/job/video_processing
$ cat << EOF | curl --data-binary @- http://$GATEWAY9091/metrics/job/video_processing
$
$ # TYPE metric_one gauge
$ metric_one{label="value1"} 23
$ # TYPE metric_two counter
$ # HELP metric_two Another example
$ metric_two 41
$ EOF
$ curl $GATEWAY9091/metrics | grep -E 'processing_time_seconds|metric_one|metric_two'
| # TYPE metric_one gauge
| metric_one{instance="",job="video_processing",label="value1"} 23
| # HELP metric_two Another example
| # TYPE metric_two counter
| metric_two{instance="",job="video_processing"} 41
| # TYPE processing_time_seconds untyped
| processing_time_seconds{instance="",job="video_processing"} 120

# the article's groups: two groups of one job, then POST to one of them
sh
$ cat << EOF | curl --data-binary @- http://$GATEWAY9001/metrics/job/backup/db/psql
$ # TYPE metric_one counter
$ metric_one{label="value1"} 11
$ # TYPE metric_two gauge
$ # HELP metric_two Another example
$ metric_two 100
$ EOF
$ cat << EOF | curl --data-binary @- http://$GATEWAY9001/metrics/job/backup/app/web
$ # TYPE metric_one counter
$ metric_one{label="value1"} 22
$ # TYPE metric_two gauge
$ # HELP metric_two Another example
$ metric_two 100
$ EOF
$ curl $GATEWAY9001/metrics | grep backup
| metric_one{db="psql",instance="",job="backup",label="value1"} 11
| metric_one{app="web",instance="",job="backup",label="value1"} 22
| metric_two{db="psql",instance="",job="backup"} 100
| metric_two{app="web",instance="",job="backup"} 100
| push_failure_time_seconds{db="psql",instance="",job="backup"} 0
| push_failure_time_seconds{app="web",instance="",job="backup"} 0
| push_time_seconds{db="psql",instance="",job="backup"} <<time>>
| push_time_seconds{app="web",instance="",job="backup"} <<time>>
sh
$ cat << EOF | curl --data-binary @- http://$GATEWAY9001/metrics/job/backup/app/web
$ # TYPE metric_one counter
$ metric_one{label="value1"} 44
$ EOF
$ curl $GATEWAY9001/metrics | grep backup | grep metric
| metric_one{db="psql",instance="",job="backup",label="value1"} 11
| metric_one{app="web",instance="",job="backup",label="value1"} 44
| metric_two{db="psql",instance="",job="backup"} 100
| metric_two{app="web",instance="",job="backup"} 100
sh
$ curl $GATEWAY9091/metrics | grep -c backup
| 0
exit 1

# the article's POST as printed there, without the blank before the address, reaches nothing
sh
$ cat << EOF | curl --data-binary @-http://$GATEWAY9001/metrics/job/backup/app/web
$ # TYPE metric_one counter
$ metric_one{label="value1"} 44
$ EOF
exit 2

# the article's archive: PUT replaces one group, DELETE removes it, the other group stays
sh
$ cat << EOF | curl --data-binary @- http://$GATEWAY9001/metrics/job/archive/db/psql
$ # TYPE metric_one counter
$ metric_one{label="value1"} 11
$ # TYPE metric_two gauge
$ # HELP metric_two Another example
$ metric_two 100
$ EOF
$ cat << EOF | curl --data-binary @- http://$GATEWAY9001/metrics/job/archive/app/web
$ # TYPE metric_one counter
$ metric_one{label="value1"} 22
$ # TYPE metric_two gauge
$ # HELP metric_two Another example
$ metric_two 100
$ # TYPE metric_three gauge
$ metric_three 300
$ EOF
$ curl $GATEWAY9001/metrics | grep archive | grep ^metric
| metric_one{db="psql",instance="",job="archive",label="value1"} 11
| metric_one{app="web",instance="",job="archive",label="value1"} 22
| metric_three{app="web",instance="",job="archive"} 300
| metric_two{db="psql",instance="",job="archive"} 100
| metric_two{app="web",instance="",job="archive"} 100
sh
$ cat << EOF | curl -X PUT --data-binary @- http://$GATEWAY9001/metrics/job/archive/app/web
$ # TYPE metric_one counter
$ metric_one{label="value1"} 53
$ EOF
$ curl $GATEWAY9001/metrics | grep archive | grep ^metric
| metric_one{db="psql",instance="",job="archive",label="value1"} 11
| metric_one{app="web",instance="",job="archive",label="value1"} 53
| metric_two{db="psql",instance="",job="archive"} 100
sh
$ curl -X DELETE http://$GATEWAY9001/metrics/job/archive/app/web
$ curl $GATEWAY9001/metrics | grep archive
| metric_one{db="psql",instance="",job="archive",label="value1"} 11
| metric_two{db="psql",instance="",job="archive"} 100
| push_failure_time_seconds{db="psql",instance="",job="archive"} 0
| push_time_seconds{db="psql",instance="",job="archive"} <<time>>

# the first scrape of the article answers with metrics
sh
$ curl -s -o /dev/null -w '%{http_code} %{content_type}\n' $GATEWAY9091/metrics
| 200 text/plain; version=0.0.4; charset=utf-8; escaping=underscores

# the requests of the client libraries: push is PUT, pushadd is POST, delete is DELETE
sh
$ printf '# HELP example_metric_total An example metric\n# TYPE example_metric_total counter\nexample_metric_total 1.0\n# HELP example_metric_created An example metric\n# TYPE example_metric_created gauge\nexample_metric_created 1.7342e+09\n' >body
$ type='Content-Type: text/plain; version=0.0.4; charset=utf-8'
$ curl -s -w '%{http_code}\n' -X PUT -H "$type" --data-binary @body http://$GATEWAY9091/metrics/job/example_job
$ curl -s -w '%{http_code}\n' -X POST -H "$type" --data-binary @body http://$GATEWAY9091/metrics/job/example_job
$ curl -s $GATEWAY9091/metrics | grep example_job
$ curl -s -w '%{http_code}\n' -X DELETE -H "$type" http://$GATEWAY9091/metrics/job/example_job
$ curl -s $GATEWAY9091/metrics | grep example_job
| 200
| 200
| example_metric_created{instance="",job="example_job"} 1.7342e+09
| example_metric_total{instance="",job="example_job"} 1
| push_failure_time_seconds{instance="",job="example_job"} 0
| push_time_seconds{instance="",job="example_job"} <<time>>
| 202
exit 1

# one gateway does not hold the article's first job and its groups: their types contradict each other
sh
$ cat << EOF | curl -s -w '%{http_code}\n' --data-binary @- http://$GATEWAY9091/metrics/job/video_processing
$
$ # TYPE metric_one gauge
$ metric_one{label="value1"} 23
$ EOF
$ cat << EOF | curl -s -w '%{http_code}\n' --data-binary @- http://$GATEWAY9091/metrics/job/backup/db/psql
$ # TYPE metric_one counter
$ metric_one{label="value1"} 11
$ EOF
| 200
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "metric_one" { <<.*>>} is not a <<(GAUGE|COUNTER)>>
| 400

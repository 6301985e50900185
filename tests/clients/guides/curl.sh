echo "processing_time_seconds 120" | curl --data-binary @- http://localhost:9091/metrics/job/video_processing

cat << EOF | curl --data-binary @- http://localhost:9091/metrics/job/video_processing

# TYPE metric_one gauge
metric_one{label="value1"} 23
# TYPE metric_two counter
# HELP metric_two Another example
metric_two 41
EOF

printf '# TYPE backup_records_processed_total counter\nbackup_records_processed_total 12345\nbackup_duration_seconds 42.3\n' \
  | curl --data-binary @- http://localhost:9091/metrics/job/backup

echo "backup_duration_seconds 42.3" \
  | curl -X PUT --data-binary @- http://localhost:9091/metrics/job/backup

# SPDX-License-Identifier: Apache-2.0
"""Debian's promtool judges the text of /metrics: its syntax, and whether it follows Prometheus' conventions."""
import subprocess

from harness import BUILD, HERE, ROOT, expect, program, test
from with_curl import PROTOBUF

CONVENTIONAL = """
# HELP batch_records_total Records that were read.
# TYPE batch_records_total counter
batch_records_total{source="a\\"b\\\\c\\nd"} 12345
batch_records_total{source="Zürich"} 1e+300
# HELP batch_success_timestamp_seconds When the batch succeeded.
# TYPE batch_success_timestamp_seconds gauge
batch_success_timestamp_seconds 1.7952e+09
# HELP batch_step_duration_seconds How long the steps took.
# TYPE batch_step_duration_seconds histogram
batch_step_duration_seconds_bucket{le="0.5"} 1
batch_step_duration_seconds_bucket{le="+Inf"} 3
batch_step_duration_seconds_sum 4.5
batch_step_duration_seconds_count 3
# HELP batch_row_bytes Sizes of rows.
# TYPE batch_row_bytes summary
batch_row_bytes{quantile="0.5"} NaN
batch_row_bytes{quantile="0.99"} -Inf
batch_row_bytes_sum 17
batch_row_bytes_count 2
# HELP batch_level How full it is.
# TYPE batch_level untyped
batch_level -0.25
"""


def check(text):
    """What promtool has against a text, line by line."""
    done = subprocess.run([ROOT / "usr/bin/promtool", "check", "metrics"], input=text, capture_output=True,
                          text=True, timeout=30)
    return done.returncode, sorted((done.stdout + done.stderr).split("\n")[:-1])


def exposed(gateway):
    status, text = gateway.request("GET", "/metrics")
    expect(status, 200, "the status of /metrics")
    return text


@test("promtool check metrics has nothing against the gateway's own metrics.", ["own-metrics"])
def own_metrics(gateway):
    for body, status in (("batch_up 1\n", 200), ("batch_up 1 7\n", 400)):
        expect(gateway.request("PUT", "/metrics/job/batch", body)[0], status)
    gateway.request("GET", "/api/v1/status")
    expect(gateway.request("DELETE", "/metrics/job/batch"), (202, ""))
    expect(check(exposed(gateway)), (0, []))


@test("promtool check metrics has nothing against pushed metrics of every type that follow the conventions.")
def pushed_metrics(gateway):
    for path in ("batch", "batch/zone/eu@1", "batch/instance@base64/aG9zdC8x"):
        expect(gateway.request("PUT", f"/metrics/job/{path}", CONVENTIONAL), (200, ""))
    expect(check(exposed(gateway)), (0, []))


@test("promtool check metrics reads what came as protobuf, and complains of names and helps alone.", ["protobuf"])
def pushed_protobuf(gateway):
    headers = dict([PROTOBUF.split(": ")])
    for body in ("native.pb", "classic.pb"):
        expect(gateway.request("POST", "/metrics/job/etl", (HERE / "bodies" / body).read_bytes(), headers), (200, ""))
    program(BUILD / "go_client", gateway.url, "push")
    status, complaints = check(exposed(gateway))
    expect((status, complaints), (3, [
        "pb_counter_total metric name should not include type 'counter'",
        "pb_gauge metric name should not include type 'gauge'",
        "pb_histogram metric name should not include type 'histogram'",
        "pb_native_gauge metric name should not include type 'gauge'",
        "pb_summary metric name should not include type 'summary'",
        "pb_summary no help text",
        "pb_untyped no help text"]))

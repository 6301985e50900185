# SPDX-License-Identifier: Apache-2.0
"""Debian's Go client library and its push package, driven by go/client.go: protobuf unless told otherwise."""
import re

from harness import BUILD, expect, expect_lines, program, test, wait_until
from with_prometheus import prometheus

COMPACT = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=compact-text"
EVERY_TYPE = r"""
    # HELP go_job_events_total Events "seen" \\ here.
    # TYPE go_job_events_total counter
    go_job_events_total{instance="",job="go",kind="a\"b\\c\nd",zone="eu 1/a"} 3
    go_job_events_total{instance="",job="go",kind="€",zone="eu 1/a"} 0.5
    # HELP go_job_native_seconds Steps, in native buckets.
    # TYPE go_job_native_seconds histogram
    go_job_native_seconds_bucket{instance="",job="go",zone="eu 1/a",le="+Inf"} 6
    go_job_native_seconds_sum{instance="",job="go",zone="eu 1/a"} 99.05
    go_job_native_seconds_count{instance="",job="go",zone="eu 1/a"} 6
    # HELP go_job_seconds Steps.
    # TYPE go_job_seconds histogram
    go_job_seconds_bucket{instance="",job="go",zone="eu 1/a",le="0.1"} 3
    go_job_seconds_bucket{instance="",job="go",zone="eu 1/a",le="1"} 5
    go_job_seconds_bucket{instance="",job="go",zone="eu 1/a",le="+Inf"} 6
    go_job_seconds_sum{instance="",job="go",zone="eu 1/a"} 99.05
    go_job_seconds_count{instance="",job="go",zone="eu 1/a"} 6
    # HELP go_job_size Sizes.
    # TYPE go_job_size summary
    go_job_size{instance="",job="go",zone="eu 1/a",quantile="0.5"} 5
    go_job_size{instance="",job="go",zone="eu 1/a",quantile="0.9"} 9
    go_job_size_sum{instance="",job="go",zone="eu 1/a"} 55
    go_job_size_count{instance="",job="go",zone="eu 1/a"} 10
    # HELP go_job_state A state.
    # TYPE go_job_state untyped
    go_job_state{instance="",job="go",zone="eu 1/a"} 2
    # HELP go_job_values Odd values.
    # TYPE go_job_values gauge
    go_job_values{instance="",job="go",value="big",zone="eu 1/a"} 3.333333333333333e+08
    go_job_values{instance="",job="go",value="inf",zone="eu 1/a"} -Inf
    go_job_values{instance="",job="go",value="nan",zone="eu 1/a"} NaN"""


def client(gateway, action, says):
    """What the client prints: method and status of each request, then its error if it has one."""
    expect(program(BUILD / "go_client", gateway.url, action), says)


def pushed(gateway):
    return gateway.metrics("go_job")


@test("Go's push package sends every type as protobuf, and as text what text can say.", ["protobuf"])
def every_type(gateway):
    client(gateway, "push", "PUT 200")
    expect_lines(pushed(gateway), EVERY_TYPE)
    client(gateway, "push text", "PUT 200")
    expect_lines(pushed(gateway), EVERY_TYPE)


@test("Go's exemplars and native histograms come out as protobuf as they went in.", ["protobuf"])
def beyond_text(gateway):
    client(gateway, "push", "PUT 200")
    lines = "\n".join(gateway.metrics(r'name:"go_job', COMPACT))
    # Blanks between fields are the build's choice.
    text = re.sub(r"timestamp:{.*?}", "timestamp:TIME", lines.replace("  ", " "))
    for wanted in (
            'counter:{value:3 exemplar:{label:{name:"trace" value:"7f"} value:3 timestamp:TIME}}',
            'bucket:{cumulative_count:5 upper_bound:1 exemplar:{label:{name:"step" value:"load"} value:0.5 '
            'timestamp:TIME}}',
            "histogram:{sample_count:6 sample_sum:99.05 schema:3 zero_threshold:0.001 zero_count:1 "
            "negative_span:{offset:8 length:1} negative_delta:1 positive_span:{offset:-34 length:1} "
            "positive_span:{offset:25 length:1} positive_span:{offset:61 length:1} "
            "positive_delta:1 positive_delta:1 positive_delta:-1}"):
        expect(wanted in text, True, f"{wanted} in {text}")


@test("Go's native histogram reaches Prometheus, which computes with its buckets.", ["protobuf"])
def native_histogram_in_prometheus(gateway):
    client(gateway, "push", "PUT 200")
    with prometheus(gateway, "--enable-feature=native-histograms") as server:
        wait_until(lambda: server.query("count(go_job_native_seconds)"), "the native histogram is in Prometheus")
        found = [server.query(f"histogram_{function}go_job_native_seconds)")[0][1]
                 for function in ("count(", "sum(", "fraction(-1, 1, ")]
        expect(found, ["6", "99.05", "0.6666666666666666"])


@test("Go's Push replaces the group, Add adds to it, Delete removes it.", ["protobuf"])
def push_add_delete(gateway):
    client(gateway, "push", "PUT 200")
    client(gateway, "push one", "PUT 200")
    client(gateway, "add two", "POST 200")
    expect_lines(pushed(gateway), """
        # HELP go_job_one One gauge.
        # TYPE go_job_one gauge
        go_job_one{instance="",job="go",zone="eu 1/a"} 7
        # HELP go_job_two One gauge.
        # TYPE go_job_two gauge
        go_job_two{instance="",job="go",zone="eu 1/a"} 7""")
    client(gateway, "delete", "DELETE 202")
    expect_lines(gateway.metrics("go_job|push_"), "")


@test("Go's basic auth is no obstacle to a gateway that asks for none.", ["protobuf"])
def basic_auth(gateway):
    client(gateway, "add with a password", "POST 200 Basic dXNlcjpwYXNzOndvcmQ=")
    expect(pushed(gateway)[-1], 'go_job_two{instance="",job="go",zone="eu 1/a"} 7')


@test("Grouping values with slashes, or empty, arrive from Go as they were.", ["protobuf"])
def odd_values(gateway):
    client(gateway, "push odd values", "PUT 200")
    expect(pushed(gateway)[-1], 'go_job_one{empty="",instance="",job="go",path="/var/tmp",zone="eu 1/a"} 7')
    client(gateway, "delete odd values", "DELETE 202")
    expect_lines(gateway.metrics("go_job|push_"), "")


@test("Go's Push tells its caller why the gateway refused it.", ["protobuf"])
def refused(gateway):
    client(gateway, "push one", "PUT 200")
    said = program(BUILD / "go_client", gateway.url, "push another type")
    expect(said.splitlines()[0], "PUT 400 ")
    expect("unexpected status code 400 while pushing" in said and "pushed metrics are invalid or inconsistent with "
           "existing metrics" in said and "go_job_one" in said, True, said)


@test("Go's default registry is pushed, its process_* beside the gateway's own.", ["protobuf", "own-metrics"])
def default_registry(gateway):
    client(gateway, "push the default registry", "PUT 200")
    names = {line.split("{")[0] for line in gateway.metrics("go_|process_") if 'job="go"' in line}
    for name in ("go_gc_duration_seconds", "go_gc_duration_seconds_count", "go_goroutines", "go_info",
                 "process_cpu_seconds_total", "process_max_fds", "process_virtual_memory_max_bytes"):
        expect(name in names, True, f"{name} in {sorted(names)}")
    client(gateway, "delete", "DELETE 202")
    expect([line for line in gateway.metrics("go_|process_") if 'job="go"' in line], [])

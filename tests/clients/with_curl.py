# SPDX-License-Identifier: Apache-2.0
"""curl, the client of most shell scripts; and the sample bodies, pushed with it."""
import base64
import re

from harness import HERE, expect, expect_lines, program, test

PROTOBUF = ("Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; "
            "encoding=delimited")


def curl(*arguments, body=None):
    """The status and the body that curl shows for one request."""
    data = [] if body is None else ["--data-binary", body]
    answer = program("curl", "-sS", "--max-time", "20", "-w", "\n%{http_code}", *data, *arguments)
    text, status = answer.rsplit("\n", 1) if "\n" in answer else ("", answer)
    return int(status), text.strip()


@test("curl --data-binary pushes by POST, and what it pushed before under other names stays.")
def post_keeps_the_rest(gateway):
    url = f"{gateway.url}/metrics/job/backup/instance/host1"
    expect(curl(url, body="backup_records_total 12345\n"), (200, ""))
    expect(curl(url, body="backup_duration_seconds 42.3\n"), (200, ""))
    expect_lines(gateway.metrics("backup_"), """
        # TYPE backup_duration_seconds untyped
        backup_duration_seconds{instance="host1",job="backup"} 42.3
        # TYPE backup_records_total untyped
        backup_records_total{instance="host1",job="backup"} 12345""")


@test("curl -X PUT replaces the whole group, and leaves other groups of the same job alone.")
def put_replaces_the_group(gateway):
    url = f"{gateway.url}/metrics/job/backup"
    curl(url, body="backup_a 1\nbackup_b 2\n")
    curl(f"{url}/instance/other", body="backup_a 9\n")
    expect(curl("-X", "PUT", url, body="backup_b 3\n"), (200, ""))
    expect_lines(gateway.metrics("backup_"), """
        # TYPE backup_a untyped
        backup_a{instance="other",job="backup"} 9
        # TYPE backup_b untyped
        backup_b{instance="",job="backup"} 3""")


@test("curl -X DELETE is answered 202 and the group is gone, with its push times.")
def delete_removes_the_group(gateway):
    url = f"{gateway.url}/metrics/job/backup"
    curl(url, body="backup_a 1\n")
    expect(curl("-X", "DELETE", url), (202, ""))
    expect_lines(gateway.metrics("backup_|push_"), "")


@test("curl reaches groups whose labels hold slashes, nothing or other alphabets with @base64.")
def base64_labels(gateway):
    path = base64.urlsafe_b64encode(b"/var/tmp").decode().rstrip("=")
    town = base64.urlsafe_b64encode("Zürich".encode()).decode()
    url = f"{gateway.url}/metrics/job@base64/YS9i/path@base64/{path}/town@base64/{town}/dc@base64/="
    expect(curl(url, body="m 1\n"), (200, ""))
    expect_lines(gateway.metrics("m"), """
        # TYPE m untyped
        m{dc="",instance="",job="a/b",path="/var/tmp",town="Zürich"} 1""")
    expect(curl("-X", "DELETE", url), (202, ""))
    expect_lines(gateway.metrics("m"), "")


@test("curl is told in a 400 what is wrong with a path that is no grouping key.")
def bad_paths(gateway):
    url = f"{gateway.url}/metrics/job"
    expect(curl(f"{url}/x/a", body="m 1\n"), (400, 'odd number of components in label string "/a"'))
    expect(curl(f"{url}/x/a-b/c", body="m 1\n"), (400, 'improper label name "a-b"'))
    expect(curl(f"{url}@base64/=", body="m 1\n"), (400, "job name is required"))
    expect_lines(gateway.metrics("m |push_"), "")


@test("curl -T pushes a file from standard input, whose length nobody knows, in chunks.")
def upload_in_chunks(gateway):
    url = f"{gateway.url}/metrics/job/pipe"
    expect(program("sh", "-c", f"seq 1 3 | sed 's/.*/m{{n=\"&\"}} &/' | curl -sS -T - {url}"), "")
    expect_lines(gateway.metrics("m"), """
        # TYPE m untyped
        m{instance="",job="pipe",n="1"} 1
        m{instance="",job="pipe",n="2"} 2
        m{instance="",job="pipe",n="3"} 3""")


def body(name):
    return f"@{HERE}/bodies/{name}"


SIMPLE = r"""
    # HELP another_metric Just an example with \\ backslash and \n newline.
    # TYPE another_metric gauge
    another_metric{instance="",job="sample"} 2398.283
    # HELP some_metric Just an example of a labelled counter.
    # TYPE some_metric counter
    some_metric{instance="",job="sample",label="val1"} 42
    # TYPE untyped_metric untyped
    untyped_metric{a="1",instance="",job="sample",z="9"} 1e-09"""


def simple_body(name, *headers, needs=()):
    @test(f"The sample body {name} is accepted, and shown as the text that it holds.", needs)
    def accepted(gateway):
        expect(curl("-X", "PUT", *headers, f"{gateway.url}/metrics/job/sample", body=body(name)), (200, ""))
        expect_lines(gateway.metrics("some_|another_|untyped_"), SIMPLE)


simple_body("simple.txt")
simple_body("simple.txt.gz", "-H", "Content-Encoding: gzip", needs=["compression"])
simple_body("simple.txt.sz", "-H", "Content-Encoding: snappy", needs=["compression"])


@test("The sample body histogram_summary.txt keeps its buckets and quantiles, and +Inf is added where it lacks.")
def histogram_and_summary(gateway):
    url = f"{gateway.url}/metrics/job/s"
    expect(curl("-X", "PUT", url, body=body("histogram_summary.txt")), (200, ""))
    expect_lines(gateway.metrics("job_|rpc_"), """
        # HELP job_duration_seconds Duration of the batch job steps.
        # TYPE job_duration_seconds histogram
        job_duration_seconds_bucket{instance="",job="s",step="load",le="0.1"} 1
        job_duration_seconds_bucket{instance="",job="s",step="load",le="1"} 3
        job_duration_seconds_bucket{instance="",job="s",step="load",le="+Inf"} 4
        job_duration_seconds_sum{instance="",job="s",step="load"} 5.25
        job_duration_seconds_count{instance="",job="s",step="load"} 4
        job_duration_seconds_bucket{instance="",job="s",step="save",le="0.1"} 0
        job_duration_seconds_bucket{instance="",job="s",step="save",le="1"} 2
        job_duration_seconds_bucket{instance="",job="s",step="save",le="+Inf"} 2
        job_duration_seconds_sum{instance="",job="s",step="save"} 1.5
        job_duration_seconds_count{instance="",job="s",step="save"} 2
        # HELP rpc_latency_seconds RPC latencies.
        # TYPE rpc_latency_seconds summary
        rpc_latency_seconds{instance="",job="s",quantile="0.5"} 0.012
        rpc_latency_seconds{instance="",job="s",quantile="0.9"} 0.034
        rpc_latency_seconds{instance="",job="s",quantile="0.99"} NaN
        rpc_latency_seconds_sum{instance="",job="s"} 17.5
        rpc_latency_seconds_count{instance="",job="s"} 1027""")


@test("The sample body float_histogram.txt keeps counts that are no whole numbers.")
def float_histogram(gateway):
    expect(curl("-X", "PUT", f"{gateway.url}/metrics/job/s", body=body("float_histogram.txt")), (200, ""))
    expect_lines(gateway.metrics("fh"), """
        # TYPE fh histogram
        fh_bucket{instance="",job="s",le="0.5"} 1.5
        fh_bucket{instance="",job="s",le="+Inf"} 3.25
        fh_sum{instance="",job="s"} 2
        fh_count{instance="",job="s"} 3.25""")


@test("The sample body special_values.txt shows the values as the reference writes them.")
def special_values(gateway):
    expect(curl("-X", "PUT", f"{gateway.url}/metrics/job/s", body=body("special_values.txt")), (200, ""))
    expect_lines(gateway.metrics("v"), r"""
        # TYPE v untyped
        v{instance="",job="s",n="big"} 1.23456789e+08
        v{instance="",job="s",n="inf"} +Inf
        v{instance="",job="s",n="nan"} NaN
        v{instance="",job="s",n="negzero"} 0
        v{instance="",job="s",n="ninf"} -Inf
        v{instance="",job="s",n="quote\"back\\nl\n"} 1
        v{instance="",job="s",n="tiny"} 5e-324
        v{instance="",job="s",n="ä€"} 2""")


def protobuf_body(name, wanted, *headers, needs=()):
    @test(f"The sample body {name} is accepted as protobuf and shown as text.", ["protobuf", *needs])
    def accepted(gateway):
        arguments = ("-X", "PUT", "-H", PROTOBUF, *headers, f"{gateway.url}/metrics/job/s")
        expect(curl(*arguments, body=body(name)), (200, ""))
        expect_lines([line for line in gateway.metrics("pb_") if not line.startswith("# HELP")], wanted)


CLASSIC = """
    # TYPE pb_counter_total counter
    pb_counter_total{code="200",instance="",job="s",zone="b"} 1.234567e+06
    pb_counter_total{code="500",instance="",job="s",zone="a"} 3
    # TYPE pb_gauge gauge
    pb_gauge{instance="",job="s"} -1.5
    # TYPE pb_histogram histogram
    pb_histogram_bucket{instance="",job="s",op="x",le="0.1"} 1
    pb_histogram_bucket{instance="",job="s",op="x",le="1"} 2
    pb_histogram_bucket{instance="",job="s",op="x",le="+Inf"} 3
    pb_histogram_sum{instance="",job="s",op="x"} 2.5
    pb_histogram_count{instance="",job="s",op="x"} 3
    # TYPE pb_summary summary
    pb_summary{instance="",job="s",quantile="0.5"} 1.5
    pb_summary{instance="",job="s",quantile="0.99"} 2.5
    pb_summary_sum{instance="",job="s"} 4.5
    pb_summary_count{instance="",job="s"} 3
    # TYPE pb_untyped untyped
    pb_untyped{instance="",job="s"} 1e+21"""
NATIVE = """
    # TYPE pb_native histogram
    pb_native_bucket{code="200",instance="",job="s",le="+Inf"} 12
    pb_native_sum{code="200",instance="",job="s"} 18.4
    pb_native_count{code="200",instance="",job="s"} 12
    # TYPE pb_native_float histogram
    pb_native_float_bucket{code="200",instance="",job="s",le="+Inf"} 12.5
    pb_native_float_sum{code="200",instance="",job="s"} 18.4
    pb_native_float_count{code="200",instance="",job="s"} 12.5
    # TYPE pb_native_gauge histogram
    pb_native_gauge_bucket{code="200",instance="",job="s",le="+Inf"} 12
    pb_native_gauge_sum{code="200",instance="",job="s"} 18.4
    pb_native_gauge_count{code="200",instance="",job="s"} 12"""
protobuf_body("classic.pb", CLASSIC)
protobuf_body("classic.pb.gz", CLASSIC, "-H", "Content-Encoding: gzip", needs=["compression"])
protobuf_body("native.pb", NATIVE)


def bad_body(name, wanted, *headers, needs=()):
    @test(f"The sample body {name} is refused with the reference's reason.", needs)
    def refused(gateway):
        arguments = ("-X", "PUT", *headers, f"{gateway.url}/metrics/job/s")
        status, reason = curl(*arguments, body=body(name))
        # The reference's builds differ in the blanks of a metric's debug text.
        expect((status, re.sub(" +", " ", reason)), (400, wanted))
        expect_lines(gateway.metrics("m[ {]"), "")


REFUSED = "pushed metrics are invalid or inconsistent with existing metrics: "
bad_body("bad_crlf.txt", r'text format parsing error in line 1: expected float as value, got "1\r"')
bad_body("bad_duplicate.txt", REFUSED + 'collected metric "m" { label:{name:"a" value:"1"} '
         'label:{name:"instance" value:""} label:{name:"job" value:"s"} untyped:{value:2}} '
         'was collected before with the same name and label values')
bad_body("bad_no_final_newline.txt", "text format parsing error in line 1: unexpected end of input stream")
bad_body("bad_timestamp.txt", REFUSED + "pushed metrics must not have timestamps")
bad_body("bad_snappy_block.bin", "snappy: corrupt input", "-H", "Content-Encoding: snappy",
         needs=["compression"])


def utf8_names(gateway, wanted, accept="*/*"):
    expect(curl("-X", "PUT", f"{gateway.url}/metrics/job/s", body=body("utf8_names.txt")), (200, ""))
    expect_lines(gateway.metrics("my", accept), wanted)


@test("The sample body utf8_names.txt with dots in its names is accepted with --push.enable-utf8-names.")
def utf8_names_raw(gateway):
    utf8_names(gateway, """
        # HELP "my.dotted.metric" A metric with dots.
        # TYPE "my.dotted.metric" counter
        {"my.dotted.metric","http.status"="200",instance="",job="s",plain="x"} 7""",
               "text/plain;version=0.0.4;escaping=allow-utf-8")


@test("Names with dots are shown with underscores to who does not ask for more.", ["escaping"])
def utf8_names_escaped(gateway):
    utf8_names(gateway, """
        # HELP my_dotted_metric A metric with dots.
        # TYPE my_dotted_metric counter
        my_dotted_metric{http_status="200",instance="",job="s",plain="x"} 7""")


@test("The sample body utf8_names.txt is refused without that flag.")
def utf8_names_refused(gateway):
    expect(curl("-X", "PUT", f"{gateway.url}/metrics/job/s", body=body("utf8_names.txt")),
           (400, 'text format parsing error in line 1: invalid metric name "my.dotted.metric"'))


utf8_names_raw.flags = utf8_names_escaped.flags = ["--push.enable-utf8-names"]

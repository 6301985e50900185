# SPDX-License-Identifier: Apache-2.0
"""Debian's Prometheus server scrapes the gateway and is asked what it made of it."""
import contextlib
import json
import pathlib
import tempfile
import time
import urllib.parse

from harness import HERE, ROOT, Process, expect, free_port, test, wait_until
from with_curl import PROTOBUF

CONFIGURATION = """
global:
  scrape_interval: 1s
scrape_configs:
  - job_name: pushgateway
    honor_labels: true
    static_configs:
      - targets: ["{}"]
"""


class Prometheus(Process):
    def __init__(self, directory, gateway, *flags):
        configuration = pathlib.Path(directory) / "prometheus.yml"
        configuration.write_text(CONFIGURATION.format(gateway.address))
        port = free_port()
        super().__init__([ROOT / "usr/bin/prometheus", f"--config.file={configuration}",
                          f"--storage.tsdb.path={directory}/data", f"--web.listen-address=127.0.0.1:{port}",
                          *flags], port, "/-/ready")

    def ask(self, path, **parameters):
        status, text = self.request("GET", f"/api/v1/{path}?{urllib.parse.urlencode(parameters)}")
        expect(status, 200, f"the status of {path}")
        return json.loads(text)["data"]

    def query(self, expression):
        """The labels and the value of each series that the expression yields now."""
        result = self.ask("query", query=expression)["result"]
        return [(series["metric"], series["value"][1]) for series in result]


@contextlib.contextmanager
def prometheus(gateway, *flags):
    """A server that has scraped the gateway at least once."""
    with tempfile.TemporaryDirectory() as directory, Prometheus(directory, gateway, *flags) as server:
        wait_until(lambda: server.query('up{job="pushgateway"} == 1'), "the gateway is up in Prometheus")
        yield server


def push(gateway, path, body, headers=None):
    expect(gateway.request("PUT", f"/metrics/job/{path}", body, headers), (200, ""))


@test("Prometheus with honor_labels keeps the job and the instance that were pushed.")
def labels_are_kept(gateway):
    push(gateway, "backup/instance/host1", "backup_records 12345\n")
    push(gateway, "backup", 'backup_records{zone="Zürich \\"a\\\\b\\""} 7.5\n')
    with prometheus(gateway) as server:
        wait_until(lambda: server.query("backup_records"), "the pushed series are in Prometheus")
        found = sorted(server.query("backup_records"), key=lambda pair: pair[1])
        # An empty instance keeps Prometheus from adding the gateway's own address.
        expect(found, [
            ({"__name__": "backup_records", "job": "backup", "instance": "host1"}, "12345"),
            ({"__name__": "backup_records", "job": "backup", "zone": 'Zürich "a\\b"'}, "7.5")])


@test("Prometheus learns the types and the helps of what was pushed, and of the push times.")
def types(gateway):
    push(gateway, "etl", (HERE / "bodies/histogram_summary.txt").read_bytes())
    push(gateway, "batch", (HERE / "bodies/simple.txt").read_bytes())
    with prometheus(gateway) as server:
        wait_until(lambda: "some_metric" in server.ask("metadata"), "the metadata is in Prometheus")
        metadata = server.ask("metadata")
        found = {name: (metadata[name][0]["type"], metadata[name][0]["help"]) for name in (
            "job_duration_seconds", "rpc_latency_seconds", "some_metric", "another_metric", "untyped_metric",
            "push_time_seconds")}
        expect(found, {
            "job_duration_seconds": ("histogram", "Duration of the batch job steps."),
            "rpc_latency_seconds": ("summary", "RPC latencies."),
            "some_metric": ("counter", "Just an example of a labelled counter."),
            "another_metric": ("gauge", "Just an example with \\ backslash and \n newline."),
            "untyped_metric": ("unknown", ""),
            "push_time_seconds": ("gauge", "Last Unix time when changing this group in the Pushgateway succeeded.")})
        expect(server.query('histogram_quantile(0.5, job_duration_seconds_bucket{step="load"})')[0][1],
               "0.55")


@test("Prometheus tells how fresh a push is by time() - push_time_seconds, and which push failed.")
def freshness(gateway):
    push(gateway, "backup", "backup_records 1\n")
    status, _ = gateway.request("PUT", "/metrics/job/broken", "m 1 1700000000000\n")
    expect(status, 400)
    with prometheus(gateway) as server:
        age = 'time() - push_time_seconds{job="backup"}'
        wait_until(lambda: server.query(age), "the push time is in Prometheus")
        expect(0 <= float(server.query(age)[0][1]) < 30, True, "a young push")
        failed = server.query("push_failure_time_seconds > push_time_seconds")
        expect([labels["job"] for labels, _ in failed], ["broken"])


@test("A group that is deleted goes stale in Prometheus with the next scrape, a group that stays does not.")
def deleted_goes_stale(gateway):
    push(gateway, "gone", "records 1\n")
    push(gateway, "stays", "records 2\n")
    with prometheus(gateway) as server:
        wait_until(lambda: len(server.query("records")) == 2, "both groups are in Prometheus")
        expect(gateway.request("DELETE", "/metrics/job/gone"), (202, ""))
        wait_until(lambda: len(server.query("records")) == 1, "the deleted group is stale")
        expect([labels["job"] for labels, _ in server.query("records")], ["stays"])
        time.sleep(2)
        expect(server.query('scrape_samples_scraped{job="pushgateway"} > 0') != [], True)
        expect([value for _, value in server.query('up{job="pushgateway"}')], ["1"])


@test("Prometheus with native histograms scrapes protobuf, and reads pushed native and classic histograms.",
      ["protobuf"])
def native_histograms(gateway):
    push(gateway, "native", (HERE / "bodies/native.pb").read_bytes(), dict([PROTOBUF.split(": ")]))
    push(gateway, "etl", (HERE / "bodies/histogram_summary.txt").read_bytes())
    with prometheus(gateway, "--enable-feature=native-histograms") as server:
        wait_until(lambda: server.query("count(pb_native)"), "the native histogram is in Prometheus")
        expect([value for _, value in server.query("histogram_count(pb_native)")], ["12"])
        expect([value for _, value in server.query("histogram_sum(pb_native)")], ["18.4"])
        expect([value for _, value in server.query("histogram_count(pb_native_float)")], ["12.5"])
        expect([value for _, value in server.query('job_duration_seconds_bucket{step="load",le="1.0"}')], ["3"])


@test("Prometheus scrapes OpenMetrics where it is offered, and keeps exemplars of counters and buckets.",
      ["openmetrics"])
def openmetrics(gateway):
    push(gateway, "batch", """# TYPE rows counter
rows_total 17 # {trace_id="abc"} 1
# TYPE steps histogram
steps_bucket{le="0.5"} 1 # {trace_id="def"} 0.25
steps_bucket{le="+Inf"} 2
steps_count 2
steps_sum 5.5
# EOF
""", {"Content-Type": "application/openmetrics-text; version=1.0.0; charset=utf-8"})
    push(gateway, "text", "# TYPE other counter\nother 1\n")
    with prometheus(gateway, "--enable-feature=exemplar-storage") as server:
        wait_until(lambda: server.query("rows_total"), "the pushed series are in Prometheus")
        expect(server.query("rows_total")[0][1], "17")
        expect(server.query("other")[0][1], "1")
        expect([value for _, value in server.query('steps_bucket{le="0.5"}')], ["1"])
        # the gateway's own metrics and those of text pushes are in the same scrape
        expect([value for _, value in server.query("count(pushgateway_build_info)")], ["1"])
        found = server.ask("query_exemplars", query='{job="batch"}', start=time.time() - 60, end=time.time() + 60)
        expect(sorted((series["seriesLabels"]["__name__"], series["exemplars"][0]["labels"],
                       series["exemplars"][0]["value"]) for series in found), [
            ("rows_total", {"trace_id": "abc"}, "1"), ("steps_bucket", {"trace_id": "def"}, "0.25")])


openmetrics.flags = ["--web.enable-openmetrics", "--push.enable-openmetrics"]

# SPDX-License-Identifier: Apache-2.0
"""client.py ADDRESS ACTION: what a batch job does with Debian's prometheus_client, one action a run."""
import sys
import urllib.error
import urllib.request

from prometheus_client import (REGISTRY, CollectorRegistry, Counter, Enum, Gauge, Histogram, Info,
                               Summary, delete_from_gateway, openmetrics, push_to_gateway, pushadd_to_gateway)
import prometheus_client.openmetrics.exposition  # noqa: F401
import prometheus_client.openmetrics.parser  # noqa: F401
from prometheus_client.exposition import basic_auth_handler

ADDRESS, ACTION = sys.argv[1:]
ODD_VALUES = {"empty": "", "path": "/var/tmp", "town": "Zürich €"}


def every_type():
    registry = CollectorRegistry()
    Counter("py_events", 'Events "seen" \\ here.', ["kind"], registry=registry).labels('a"b\\c\nd').inc(3)
    gauge = Gauge("py_gauge", "Odd values.", ["value"], registry=registry)
    gauge.labels("nan").set(float("nan"))
    gauge.labels("inf").set(float("-inf"))
    gauge.labels("big").set(123456789012)
    summary = Summary("py_size", "Sizes.", registry=registry)
    summary.observe(2)
    summary.observe(2.5)
    histogram = Histogram("py_seconds", "Steps.", ["step"], buckets=(0.1, 1), registry=registry)
    histogram.labels("load").observe(0.05)
    histogram.labels("load").observe(5)
    Info("py_build", "The build.", registry=registry).info({"version": "1.2", "branch": "main"})
    Enum("py_state", "The state.", states=["starting", "running"], registry=registry).state("running")
    return registry


def one_gauge(name):
    registry = CollectorRegistry()
    Gauge(name, "One gauge.", registry=registry).set(7)
    return registry


def push_openmetrics():
    registry = CollectorRegistry()
    Counter("om_run_seconds", 'Time "spent".', unit="seconds", registry=registry).inc(3, {"trace_id": "abc"})
    Gauge("om_size", "Odd values.", ["value"], registry=registry).labels("inf").set(float("-inf"))
    Summary("om_reads", "Sizes.", registry=registry).observe(2)
    histogram = Histogram("om_steps", "Steps.", ["step"], buckets=(0.5, 1), registry=registry)
    histogram.labels("load").observe(0.25, {"trace_id": "def"})
    histogram.labels("load").observe(5)
    Info("om_build", "The build.", registry=registry).info({"version": "1.2"})
    Enum("om_state", "The state.", states=["starting", "running"], registry=registry).state("running")
    urllib.request.urlopen(urllib.request.Request(
        f"http://{ADDRESS}/metrics/job/om", openmetrics.exposition.generate_latest(registry),
        {"Content-Type": openmetrics.exposition.CONTENT_TYPE_LATEST}, method="PUT"), timeout=10).read()


def scrape_openmetrics():
    """What the strict parser makes of a scrape, a line for each sample that was pushed."""
    request = urllib.request.Request(f"http://{ADDRESS}/metrics",
                                     headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    text = urllib.request.urlopen(request, timeout=10).read().decode()
    families = list(openmetrics.parser.text_string_to_metric_families(text))
    assert "process_cpu_seconds" in [family.name for family in families]
    for family in families:
        for sample in family.samples:
            if not family.name.startswith("om_"):
                continue
            labels = [f"{name}={value}" for name, value in sorted(sample.labels.items())
                      if name not in ("job", "instance")]
            exemplar = (sample.exemplar.labels, sample.exemplar.value) if sample.exemplar else ""
            print(family.type, family.unit, sample.name, *labels, sample.value, exemplar)


def with_password(url, method, timeout, headers, data):
    return basic_auth_handler(url, method, timeout, headers, data, "u", "secret")


def push_of_another_job():
    try:
        push_to_gateway(ADDRESS, "another", one_gauge("py_one"), handler=with_password)
    except urllib.error.HTTPError as error:
        print(error.code, error.reason)


{
    "push openmetrics": push_openmetrics,
    "scrape openmetrics": scrape_openmetrics,
    "types": lambda: push_to_gateway(ADDRESS, "py", every_type()),
    "push": lambda: push_to_gateway(ADDRESS, "py", one_gauge("py_one")),
    "pushadd": lambda: pushadd_to_gateway(ADDRESS, "py", one_gauge("py_two")),
    "delete": lambda: delete_from_gateway(ADDRESS, "py"),
    "push odd values": lambda: push_to_gateway(ADDRESS, "py/odd", one_gauge("py_one"), ODD_VALUES),
    "delete odd values": lambda: delete_from_gateway(ADDRESS, "py/odd", ODD_VALUES),
    "default registry": lambda: push_to_gateway(ADDRESS, "py", REGISTRY),
    "push with a password": lambda: push_to_gateway(ADDRESS, "py", one_gauge("py_one"), handler=with_password),
    "push of another job with a password": push_of_another_job,
}[ACTION]()

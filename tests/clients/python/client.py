# SPDX-License-Identifier: Apache-2.0
"""client.py ADDRESS ACTION: what a batch job does with Debian's prometheus_client, one action a run."""
import sys

from prometheus_client import (REGISTRY, CollectorRegistry, Counter, Enum, Gauge, Histogram, Info,
                               Summary, delete_from_gateway, push_to_gateway, pushadd_to_gateway)
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


def with_password(url, method, timeout, headers, data):
    return basic_auth_handler(url, method, timeout, headers, data, "u", "secret")


{
    "types": lambda: push_to_gateway(ADDRESS, "py", every_type()),
    "push": lambda: push_to_gateway(ADDRESS, "py", one_gauge("py_one")),
    "pushadd": lambda: pushadd_to_gateway(ADDRESS, "py", one_gauge("py_two")),
    "delete": lambda: delete_from_gateway(ADDRESS, "py"),
    "push odd values": lambda: push_to_gateway(ADDRESS, "py/odd", one_gauge("py_one"), ODD_VALUES),
    "delete odd values": lambda: delete_from_gateway(ADDRESS, "py/odd", ODD_VALUES),
    "default registry": lambda: push_to_gateway(ADDRESS, "py", REGISTRY),
    "push with a password": lambda: push_to_gateway(ADDRESS, "py", one_gauge("py_one"), handler=with_password),
}[ACTION]()

# SPDX-License-Identifier: Apache-2.0
"""Debian's python3-prometheus-client, driven by python/client.py."""
import re

from harness import HERE, ROOT, expect, expect_lines, program, test, without_times

PYTHON = "/usr/bin/python3"
ENVIRONMENT = {"PYTHONPATH": str(ROOT / "usr/lib/python3/dist-packages")}


def client(gateway, action):
    expect(program(PYTHON, HERE / "python/client.py", gateway.address, action, env=ENVIRONMENT), "")


@test("push_to_gateway pushes every type of the Python library, as that library writes them.")
def every_type(gateway):
    client(gateway, "types")
    expect_lines(without_times(gateway.metrics("py_")), r"""
        # HELP py_build_info The build.
        # TYPE py_build_info gauge
        py_build_info{branch="main",instance="",job="py",version="1.2"} 1
        # HELP py_events_created Events "seen" \\ here.
        # TYPE py_events_created gauge
        py_events_created{instance="",job="py",kind="a\"b\\c\nd"} TIME
        # HELP py_events_total Events "seen" \\ here.
        # TYPE py_events_total counter
        py_events_total{instance="",job="py",kind="a\"b\\c\nd"} 3
        # HELP py_gauge Odd values.
        # TYPE py_gauge gauge
        py_gauge{instance="",job="py",value="big"} 1.23456789012e+11
        py_gauge{instance="",job="py",value="inf"} -Inf
        py_gauge{instance="",job="py",value="nan"} NaN
        # HELP py_seconds Steps.
        # TYPE py_seconds histogram
        py_seconds_bucket{instance="",job="py",step="load",le="0.1"} 1
        py_seconds_bucket{instance="",job="py",step="load",le="1"} 1
        py_seconds_bucket{instance="",job="py",step="load",le="+Inf"} 2
        py_seconds_sum{instance="",job="py",step="load"} 5.05
        py_seconds_count{instance="",job="py",step="load"} 2
        # HELP py_seconds_created Steps.
        # TYPE py_seconds_created gauge
        py_seconds_created{instance="",job="py",step="load"} TIME
        # HELP py_size Sizes.
        # TYPE py_size summary
        py_size_sum{instance="",job="py"} 4.5
        py_size_count{instance="",job="py"} 2
        # HELP py_size_created Sizes.
        # TYPE py_size_created gauge
        py_size_created{instance="",job="py"} TIME
        # HELP py_state The state.
        # TYPE py_state gauge
        py_state{instance="",job="py",py_state="running"} 1
        py_state{instance="",job="py",py_state="starting"} 0""")


@test("push_to_gateway replaces the group, pushadd_to_gateway adds to it, delete_from_gateway removes it.")
def push_add_delete(gateway):
    client(gateway, "types")
    client(gateway, "push")
    client(gateway, "pushadd")
    expect_lines(gateway.metrics("py_"), """
        # HELP py_one One gauge.
        # TYPE py_one gauge
        py_one{instance="",job="py"} 7
        # HELP py_two One gauge.
        # TYPE py_two gauge
        py_two{instance="",job="py"} 7""")
    client(gateway, "delete")
    expect_lines(gateway.metrics("py_|push_"), "")


@test("Grouping values with slashes, nothing or non-ASCII arrive from Python as it encodes them, blank as plus.")
def odd_values(gateway):
    client(gateway, "push odd values")
    expect_lines(gateway.metrics("py_"), """
        # HELP py_one One gauge.
        # TYPE py_one gauge
        py_one{empty="",instance="",job="py/odd",path="/var/tmp",town="Zürich+€"} 7""")
    client(gateway, "delete odd values")
    expect_lines(gateway.metrics("py_|push_"), "")


@test("Python's default registry is pushed, with what its process and platform collectors find.")
def default_registry(gateway):
    client(gateway, "default registry")
    lines = [line for line in gateway.metrics("process_|python_") if 'job="py"' in line]
    expect_lines(sorted({line.split("{")[0] for line in lines}), """
        process_cpu_seconds_total
        process_max_fds
        process_open_fds
        process_resident_memory_bytes
        process_start_time_seconds
        process_virtual_memory_bytes
        python_gc_collections_total
        python_gc_objects_collected_total
        python_gc_objects_uncollectable_total
        python_info""")


@test("The process_* of Python's default registry stand beside the gateway's own, under its help.",
      ["own-metrics"])
def beside_own_metrics(gateway):
    client(gateway, "default registry")
    lines = gateway.metrics("process_max_fds")
    expect([re.sub(r" \d+$", " N", line) for line in lines], [
        "# HELP process_max_fds Maximum number of open file descriptors.",
        "# TYPE process_max_fds gauge",
        "process_max_fds N",
        'process_max_fds{instance="",job="py"} N'])


OPENMETRICS = ["--web.enable-openmetrics", "--push.enable-openmetrics"]


@test("What the Python library writes as OpenMetrics is pushed, and its strict parser reads the scrape.",
      ["openmetrics"])
def openmetrics(gateway):
    client(gateway, "push openmetrics")
    read = program(PYTHON, HERE / "python/client.py", gateway.address, "scrape openmetrics", env=ENVIRONMENT)
    expect_lines([re.sub(r"(_created.*) \S+$", r"\1 TIME", line.rstrip()) for line in read.splitlines()], """
        gauge  om_build_info version=1.2 1.0
        summary  om_reads_sum 2.0
        summary  om_reads_count 1
        summary  om_reads_created TIME
        counter seconds om_run_seconds_total 3.0 ({'trace_id': 'abc'}, 3.0)
        counter seconds om_run_seconds_created TIME
        gauge  om_size value=inf -inf
        gauge  om_state om_state=running 1.0
        gauge  om_state om_state=starting 0.0
        histogram  om_steps_bucket le=0.5 step=load 1 ({'trace_id': 'def'}, 0.25)
        histogram  om_steps_bucket le=1.0 step=load 1
        histogram  om_steps_bucket le=+Inf step=load 2
        histogram  om_steps_sum step=load 5.25
        histogram  om_steps_count step=load 2
        histogram  om_steps_created step=load TIME""")


openmetrics.flags = OPENMETRICS

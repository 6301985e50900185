# SPDX-License-Identifier: Apache-2.0
"""Debian's prometheus-cpp push library, driven by cpp/client.cpp. Its Push is a POST and its PushAdd a PUT;
its Delete names the job alone, its DeleteForInstance the labels too."""
from harness import BUILD, expect, expect_lines, program, test

EVERY_TYPE = r"""
    # HELP cpp_events_total Events seen.
    # TYPE cpp_events_total counter
    cpp_events_total{instance="host1",job="cpp_job",kind="a\"b\\c",zone="eu-1"} 3
    # HELP cpp_gauge Odd values.
    # TYPE cpp_gauge gauge
    cpp_gauge{instance="host1",job="cpp_job",value="big",zone="eu-1"} 1.2345678905e+09
    cpp_gauge{instance="host1",job="cpp_job",value="inf",zone="eu-1"} +Inf
    cpp_gauge{instance="host1",job="cpp_job",value="nan",zone="eu-1"} NaN
    # HELP cpp_seconds Steps.
    # TYPE cpp_seconds histogram
    cpp_seconds_bucket{instance="host1",job="cpp_job",step="load",zone="eu-1",le="0.1"} 1
    cpp_seconds_bucket{instance="host1",job="cpp_job",step="load",zone="eu-1",le="1"} 1
    cpp_seconds_bucket{instance="host1",job="cpp_job",step="load",zone="eu-1",le="+Inf"} 2
    cpp_seconds_sum{instance="host1",job="cpp_job",step="load",zone="eu-1"} 5.05
    cpp_seconds_count{instance="host1",job="cpp_job",step="load",zone="eu-1"} 2
    # HELP cpp_size Sizes.
    # TYPE cpp_size summary
    cpp_size{instance="host1",job="cpp_job",zone="eu-1",quantile="0.5"} 2
    cpp_size_sum{instance="host1",job="cpp_job",zone="eu-1"} 4
    cpp_size_count{instance="host1",job="cpp_job",zone="eu-1"} 2"""
ADDED = """
    # HELP cpp_added Added later.
    # TYPE cpp_added gauge
    cpp_added{instance="host1",job="cpp_job",zone="eu-1"} 7"""


def client(gateway, action):
    return program(BUILD / "cpp_client", "127.0.0.1", str(gateway.port), action)


@test("prometheus-cpp's Push sends every type, with its labels.")
def push(gateway):
    expect(client(gateway, "push"), "200")
    expect_lines(gateway.metrics("cpp_"), EVERY_TYPE)


@test("prometheus-cpp's PushAdd, a PUT, replaces the group.")
def push_add(gateway):
    client(gateway, "push")
    expect(client(gateway, "push_add"), "200")
    expect_lines(gateway.metrics("cpp_"), ADDED)


@test("prometheus-cpp's AsyncPush, a POST, adds to the group.")
def async_push(gateway):
    client(gateway, "push_add")
    expect(client(gateway, "async_push"), "200")
    expect_lines(gateway.metrics("cpp_"), ADDED + EVERY_TYPE)


@test("prometheus-cpp's Delete leaves groups with more labels than the job, DeleteForInstance removes them.")
def delete(gateway):
    client(gateway, "push")
    expect(client(gateway, "delete"), "202")
    expect_lines(gateway.metrics("cpp_"), EVERY_TYPE)
    expect(client(gateway, "delete_for_instance"), "202")
    expect_lines(gateway.metrics("cpp_|push_"), "")

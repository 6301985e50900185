# SPDX-License-Identifier: Apache-2.0
"""npm's prom-client, driven by node/client.js."""
from harness import BUILD, HERE, expect, expect_lines, program, test

def client(gateway, action):
    return program("node", HERE / "node/client.js", gateway.url, action,
                   env={"NODE_PATH": str(BUILD / "node/node_modules")})


def every_type(gateway, action):
    expect(client(gateway, action), "200")
    expect_lines(gateway.metrics("node_"), r"""
        # HELP node_events_total Events\nseen.
        # TYPE node_events_total counter
        node_events_total{instance="host 1",job="node job",kind="a\"b\\c",plus="a+b",zone="Zürich"} 3
        # HELP node_gauge Odd values.
        # TYPE node_gauge gauge
        node_gauge{instance="host 1",job="node job",plus="a+b",value="inf",zone="Zürich"} +Inf
        node_gauge{instance="host 1",job="node job",plus="a+b",value="nan",zone="Zürich"} NaN
        node_gauge{instance="host 1",job="node job",plus="a+b",value="tiny",zone="Zürich"} 1e-09
        # HELP node_seconds Steps.
        # TYPE node_seconds histogram
        node_seconds_bucket{instance="host 1",job="node job",plus="a+b",step="load",zone="Zürich",le="0.1"} 1
        node_seconds_bucket{instance="host 1",job="node job",plus="a+b",step="load",zone="Zürich",le="1"} 1
        node_seconds_bucket{instance="host 1",job="node job",plus="a+b",step="load",zone="Zürich",le="+Inf"} 2
        node_seconds_sum{instance="host 1",job="node job",plus="a+b",step="load",zone="Zürich"} 5.05
        node_seconds_count{instance="host 1",job="node job",plus="a+b",step="load",zone="Zürich"} 2
        # HELP node_size Sizes.
        # TYPE node_size summary
        node_size{instance="host 1",job="node job",plus="a+b",zone="Zürich",quantile="0.5"} 2
        node_size_sum{instance="host 1",job="node job",plus="a+b",zone="Zürich"} 2
        node_size_count{instance="host 1",job="node job",plus="a+b",zone="Zürich"} 1""")


@test("prom-client's push sends every type in chunks, with its groupings.")
def push(gateway):
    every_type(gateway, "push")


@test("prom-client's push with Content-Encoding gzip means the same.", ["compression"])
def push_gzip(gateway):
    every_type(gateway, "push_gzip")


@test("prom-client's pushAdd adds to what push replaced, and delete removes the group.")
def push_add_delete(gateway):
    client(gateway, "push")
    expect(client(gateway, "push_add"), "200")
    names = [line.split()[2] for line in gateway.metrics("node_") if line.startswith("# TYPE")]
    expect(names, ["node_added", "node_events_total", "node_gauge", "node_seconds", "node_size"])
    expect(client(gateway, "delete"), "202")
    expect_lines(gateway.metrics("node_|push_"), "")


@test("A slash in a grouping of prom-client, which it only percent-encodes, is refused with the reason.")
def slash(gateway):
    expect(client(gateway, "slash"),
           'push failed with status 400, odd number of components in label string "/path/a/b"')


@test("An empty grouping of prom-client makes a double slash, which is redirected and stores nothing.",
      ["redirects"])
def empty(gateway):
    expect(client(gateway, "empty"), "301")
    expect_lines(gateway.metrics("node_|push_"), "")

# SPDX-License-Identifier: Apache-2.0
"""The requests of the Java clients' push gateways, byte for byte as java/capture took them from the wire."""
import re
import socket

from harness import HERE, expect, expect_lines, test


def from_text(text):
    """A request file's bytes; java/capture says how it is written."""
    escapes = {"n": b"\n", "r": b"\r", "\\": b"\\"}
    parts = re.findall(r"\\x([0-9a-f]{2})|\\(.)|([^\\\n]+)", text)
    return b"".join(bytes.fromhex(code) or escapes.get(short) or plain.encode()
                    for code, short, plain in parts if code or short or plain)


def send(gateway, name):
    """Sends the request on a connection of its own; the status line and the body."""
    request = from_text((HERE / "java/requests" / f"{name}.txt").read_text())
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            part = connection.recv(65536)
            if not part:
                raise AssertionError(f"the connection was closed after {answer!r}")
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.split(b"\r\n")[0].decode(), body.decode()


OK = ("HTTP/1.1 200 OK", "")
ACCEPTED = ("HTTP/1.1 202 Accepted", "")


OLD_BODY = r"""
    # HELP java_events_created Events \\ seen.
    # TYPE java_events_created gauge
    java_events_created{GROUP,kind="a\"b\\c"} 1.700000000123e+09
    # HELP java_events_total Events \\ seen.
    # TYPE java_events_total counter
    java_events_total{GROUP,kind="a\"b\\c"} 3
    # HELP java_gauge Odd values.
    # TYPE java_gauge gauge
    java_gauge{GROUP,value="big"} 1.2345678905e+09
    java_gauge{GROUP,value="inf"} -Inf
    java_gauge{GROUP,value="nan"} NaN
    # HELP java_seconds Steps.
    # TYPE java_seconds histogram
    java_seconds_bucket{GROUP,step="load";le="0.1"} 1
    java_seconds_bucket{GROUP,step="load";le="1"} 1
    java_seconds_bucket{GROUP,step="load";le="+Inf"} 2
    java_seconds_sum{GROUP,step="load"} 5.05
    java_seconds_count{GROUP,step="load"} 2
    # HELP java_size Sizes.
    # TYPE java_size summary
    java_size{GROUP;quantile="0.5"} 2
    java_size_sum{GROUP} 4
    java_size_count{GROUP} 2"""


def old_body(group):
    """OLD_BODY with the labels of a group for GROUP: sorted with the body's own, le and quantile last."""
    def labels(match):
        own = [match[1][1:]] if match[1] else []
        return "{" + ",".join(sorted(group + own)) + (match[2] or "").replace(";", ",") + "}"
    return re.sub(r"\{GROUP(,[^;\n]+?)?(;.*)?\}", labels, OLD_BODY)


TEXT_BODY = """
    # HELP java_events_total Events seen.
    # TYPE java_events_total counter
    java_events_total{instance="",job="my_batch_job",kind="ä"} 3
    # HELP java_seconds Steps.
    # TYPE java_seconds histogram
    java_seconds_bucket{instance="",job="my_batch_job",le="0.1"} 1
    java_seconds_bucket{instance="",job="my_batch_job",le="+Inf"} 2
    java_seconds_sum{instance="",job="my_batch_job"} 5.05
    java_seconds_count{instance="",job="my_batch_job"} 2"""
PLAIN = ['instance=""', 'job="my_batch_job"']
ODD = ['dc=""', 'instance=""', 'job="a/job?"', 'path="/var/tmp"', 'town="Zürich+x"']


@test("simpleclient's push is understood, label sets that end in a comma and Java's floats too.")
def old_push(gateway):
    expect(send(gateway, "old_push"), OK)
    expect_lines(gateway.metrics("java_"), old_body(PLAIN))


@test("simpleclient's pushAdd replaces families of the same name and keeps the others.")
def old_push_add(gateway):
    send(gateway, "old_push")
    expect(send(gateway, "old_push_add"), OK)
    names = [line.split()[2] for line in gateway.metrics("java_") if line.startswith("# TYPE")]
    expect(names, ["java_events_created", "java_events_total", "java_gauge", "java_seconds", "java_size"])
    expect_lines(gateway.metrics("java_events_total|java_seconds"), TEXT_BODY)


@test("simpleclient's odd jobs and grouping values come in base64, and delete finds the same group.")
def old_odd(gateway):
    expect(send(gateway, "old_push_odd"), OK)
    expect_lines(gateway.metrics("java_"), old_body(ODD))
    expect(send(gateway, "old_delete_odd"), ACCEPTED)
    expect_lines(gateway.metrics("java_|push_"), "")


@test("prometheus-metrics' push as text is understood, with credentials that nobody asked for.")
def text_push(gateway):
    expect(send(gateway, "text_push"), OK)
    expect_lines(gateway.metrics("java_"), TEXT_BODY)


@test("prometheus-metrics' push as protobuf, its default, is understood; push, pushAdd and delete.",
      ["protobuf"])
def proto(gateway):
    expect(send(gateway, "proto_push"), OK)
    expect(send(gateway, "proto_push_add"), OK)
    expect_lines(gateway.metrics("java_"), """
        # HELP java_events_total Events seen.
        # TYPE java_events_total counter
        java_events_total{instance="",job="my_batch_job",kind="ä"} 3
        java_events_total{dc="",instance="",job="my_batch_job",kind="ä",path="/var/tmp",town="Zürich+x"} 3""")
    expect(send(gateway, "proto_delete"), ACCEPTED)
    expect_lines(gateway.metrics("java_"), """
        # HELP java_events_total Events seen.
        # TYPE java_events_total counter
        java_events_total{instance="",job="my_batch_job",kind="ä"} 3""")

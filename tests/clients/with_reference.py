# SPDX-License-Identifier: Apache-2.0
"""Debian's prometheus-pushgateway, the Go original: its persistence file here, and ours there."""
import contextlib
import pathlib
import tempfile

from harness import HERE, ROOT, Process, expect, free_port, program, pushed_lines, test
from with_curl import PROTOBUF

REFERENCE = ROOT / "usr/bin/prometheus-pushgateway"
BODIES = HERE.parent / "golden/push"

@contextlib.contextmanager
def reference(file):
    """The original with that file, which it writes when it ends."""
    port = free_port()
    with Process([REFERENCE, f"--web.listen-address=127.0.0.1:{port}", f"--persistence.file={file}"],
                 port, "/-/ready") as original:
        yield original


def push_everything(gateway):
    for path, body in (("job/batch", "simple.txt"), ("job/etl/instance/host-1", "histogram_summary.txt"),
                       ("job/special/dc/", "special_values.txt"),
                       ("job@base64/d2l0aC9zbGFzaA/path@base64/L3Zhci90bXA", "float_histogram.txt")):
        expect(gateway.request("PUT", f"/metrics/{path}", (BODIES / body).read_bytes()), (200, ""))
    name, value = PROTOBUF.split(": ", 1)
    expect(gateway.request("PUT", "/metrics/job/proto", (BODIES / "classic.pb").read_bytes(), {name: value})[0], 200)
    expect(gateway.request("PUT", "/metrics/job/failed", "m 1 1\n")[0], 400)
    expect(gateway.request("PUT", "/metrics/job/empty", "")[0], 200)


@test("The original's persistence file is whole and holds what it exposed, times and failures included.")
def from_the_reference(gateway):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "pushgateway.data"
        with reference(file) as original:
            push_everything(original)
            exposed = pushed_lines(original)
        binary = gateway.process.args[0]
        expect(program(binary, "check", file).splitlines()[1], "everything in it is whole")
        expect(program(binary, "export", "--text", file).splitlines(), exposed)


@test("The original exposes an exported file as it exposed what that was made of.")
def back_to_the_reference(gateway):
    with tempfile.TemporaryDirectory() as folder:
        file, exported = pathlib.Path(folder) / "pushgateway.data", pathlib.Path(folder) / "exported"
        with reference(file) as original:
            push_everything(original)
            exposed = pushed_lines(original)
        program(gateway.process.args[0], "export", "--gob", file, exported)
        with reference(exported) as original:
            expect(pushed_lines(original), exposed)

# SPDX-License-Identifier: Apache-2.0
"""What the client tests share: a gateway of their own, its metrics as lines, and programs bounded in time."""
import http.client
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parent.parent / "build" / "clients"
ROOT = BUILD / "root"
TESTS = []


NEEDS = ("protobuf", "compression", "escaping", "own-metrics", "redirects", "limits", "openmetrics")


def test(sentence, needs=()):
    """Registers a function of one gateway as the test that says `sentence`; what of NEEDS it is about."""
    assert set(needs) <= set(NEEDS)

    def register(function):
        TESTS.append((sentence, function, set(needs)))
        return function
    return register


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_until(condition, what, timeout_seconds=15):
    end = time.monotonic() + timeout_seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"not within {timeout_seconds} s: {what}")


def program(*command, env=None, timeout_seconds=30):
    """Runs a program to its end; what it printed, and an error if it failed."""
    done = subprocess.run(command, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=timeout_seconds, text=True)
    if done.returncode:
        raise AssertionError(f"{command[0]} ended with {done.returncode}: {done.stdout}")
    return done.stdout.strip()


class Process:
    """A server on a free loopback port, ready when it answers `path`, ended by its pid."""

    def __init__(self, command, port, path):
        self.port, self.address = port, f"127.0.0.1:{port}"
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        try:
            wait_until(lambda: self.ready(path), f"{command[0]} answers on {self.address}", 30)
        except BaseException:
            self.stop()
            self.log.seek(0)
            print(self.log.read()[-2000:])
            raise

    def ready(self, path):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.process.args[0]} ended with {self.process.returncode}")
        try:
            return self.request("GET", path)[0] == 200
        except OSError:
            return False

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self.log.close()

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            data = body.encode() if isinstance(body, str) else body
            connection.request(method, path, data, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


class Gateway(Process):
    def __init__(self, binary, *flags):
        port = free_port()
        super().__init__([binary, f"--web.listen-address=127.0.0.1:{port}", "--persistence.file=", *flags],
                         port, "/-/ready")
        self.url = f"http://{self.address}"

    def metrics(self, pattern, accept="*/*"):
        """The lines of /metrics that are about a metric whose name `pattern` matches from its start."""
        status, text = self.request("GET", "/metrics", headers={"Accept": accept})
        expect(status, 200, "the status of /metrics")
        return [line for line in text.splitlines() if re.match(rf"(# (HELP|TYPE) )?{{?\"?({pattern})", line)]


def pushed_lines(gateway):
    """The lines of /metrics that are not about the gateway itself."""
    status, text = gateway.request("GET", "/metrics")
    expect(status, 200, "the status of /metrics")
    return [line for line in text.splitlines() if not re.match(r"(# (HELP|TYPE) )?(go_|process_|pushgateway_)", line)]


def expect(found, wanted, what="the answer"):
    if found != wanted:
        raise AssertionError(f"{what} is not as expected\n  found:  {found!r}\n  wanted: {wanted!r}")


def expect_lines(found, wanted):
    """Compares lines with a block of text, in order; the block's own indentation does not count."""
    wanted = [line.strip() for line in wanted.strip().splitlines()] if wanted.strip() else []
    if found != wanted:
        raise AssertionError("the metrics are not as expected\n  found:\n    " + "\n    ".join(found) +
                             "\n  wanted:\n    " + "\n    ".join(wanted))


def without_times(lines):
    """The same lines with the values of *_created, which are the time of the run, written as TIME."""
    return [re.sub(r"^(\w+_created\S*) \S+$", r"\1 TIME", line) for line in lines]

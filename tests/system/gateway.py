# SPDX-License-Identifier: Apache-2.0
"""One gateway process on a free loopback port: started, watched, ended by its pid."""

import http.client
import os
import shlex
import signal
import socket
import subprocess
import tempfile
import time

from wire import Connection, WireError

START_SECONDS = 10.0
STOP_SECONDS = 10.0
SECONDS = 60  # for what only must not hang


class GatewayError(Exception):
    """The process did not start, died, or did not end as it should."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def ask(port, method, path, body=None, tls=None):
    """The answer's status and text."""
    if tls is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    else:
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=SECONDS, context=tls)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


class Subject:
    """A gateway whose start, flags and log are what is tested: ready where a `with` begins, killed where it ends."""

    def __init__(self, binary, *flags, stderr, tls=None, **popen):
        self.port = free_port()
        self.tls = tls
        self.process = subprocess.Popen([binary, f"--web.listen-address=127.0.0.1:{self.port}", *flags],
                                        stdin=subprocess.DEVNULL, stderr=stderr, **popen)

    def __enter__(self):
        end = time.monotonic() + SECONDS
        while not self._is_ready():
            if time.monotonic() > end or self.process.poll() is not None:
                log = self.log_text()
                self.__exit__()
                raise GatewayError(f"the gateway did not start: {log}")
            time.sleep(0.01)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(SECONDS)
        if self.process.stderr is not None:
            self.process.stderr.close()

    def _is_ready(self):
        try:
            return self.ask("GET", "/-/ready")[0] == 200
        except OSError:
            return False

    def log_text(self):
        return ""  # where a subclass does not keep it

    def ask(self, method, path, body=None):
        return ask(self.port, method, path, body, self.tls)


class Gateway:
    def __init__(self, binary, is_reference, flags="", open_connection=Connection):
        self.flags = flags
        self.open_connection = open_connection  # of the port
        for _ in range(3):  # another process may take the port between the choice and the start
            self.port = free_port()
            self.log = tempfile.TemporaryFile()
            command = [binary, f"--web.listen-address=127.0.0.1:{self.port}"]
            environment = dict(os.environ)
            if is_reference:  # its Debian build, made to behave like the official ones
                if "--persistence.file" not in flags:
                    command.append("--persistence.file=")
                environment["GODEBUG"] = "httpmuxgo121=0,httplaxcontentlength=0"
            self.process = subprocess.Popen(
                command + shlex.split(flags),
                stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=environment,
            )
            if self._came_up():
                return
            if b"address already in use" not in self.log_text():
                break
        raise GatewayError(f"the gateway did not start: {self.log_text()[-2000:]!r}")

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def _came_up(self):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            try:
                connection = self.open_connection(self.port)
            except OSError:
                time.sleep(0.005)
                continue
            try:
                if connection.is_serving():
                    return self.process.poll() is None
            except (OSError, WireError):
                pass
            finally:
                connection.close()
            time.sleep(0.01)
        self.kill()
        return False

    def log_text(self):
        self.log.seek(0)
        return self.log.read()

    def is_alive(self):
        return self.process.poll() is None

    def stop(self):
        """Ask it to end; anything but a clean, timely end is an error."""
        if not self.is_alive():
            raise GatewayError(f"the gateway died ({self.process.returncode}): {self._tail()}")
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise GatewayError("the gateway did not end after SIGTERM") from None
        if status != 0:
            raise GatewayError(f"the gateway ended with status {status}: {self._tail()}")
        self.log.close()

    def _tail(self):
        return self.log_text()[-3000:].decode("utf-8", "replace")

    def kill(self):
        if self.is_alive():
            self.process.kill()
        self.process.wait()

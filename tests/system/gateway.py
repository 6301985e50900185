# SPDX-License-Identifier: Apache-2.0
"""One gateway process on a free loopback port: started, watched, ended by its pid."""

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


class GatewayError(Exception):
    """The process did not start, died, or did not end as it should."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


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

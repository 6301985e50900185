#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""listeners.py --binary PATH: Unix sockets, sockets from systemd, and what systemd is told."""

import argparse
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import unittest

BINARY = None
SECONDS = 20


def end(process):
    """However the test went, nothing stays behind."""
    if process.poll() is None:
        process.kill()
    process.wait(SECONDS)
    process.stderr.close()


def ask(family, address, request=b"GET /-/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"):
    """The whole answer; an OSError when nobody answers."""
    with socket.socket(family, socket.SOCK_STREAM) as client:
        client.settimeout(SECONDS)
        client.connect(address)
        client.sendall(request)
        return b"".join(iter(lambda: client.recv(65536), b""))


def ask_until_served(process, family, address):
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            answer = ask(family, address)
            if answer.startswith(b"HTTP/1.1 200 "):
                return
        except OSError:
            pass
        if time.monotonic() > deadline or process.poll() is not None:
            raise AssertionError("the gateway did not start")
        time.sleep(0.01)


class Listeners(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "gateway")

    def start(self, *command, environment=None):
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   env={**os.environ, **(environment or {})})
        self.addCleanup(end, process)
        return process

    def stop(self, process):
        """Ended as an operator does; the log."""
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=SECONDS)
        self.assertEqual(process.returncode, 0)
        return log.decode()

    def test_a_unix_socket_is_served_with_its_mode_and_removed_at_the_end(self):
        process = self.start(BINARY, f"--web.listen-address=unix:{self.path},mode=0600")
        ask_until_served(process, socket.AF_UNIX, self.path)
        self.assertEqual(stat.S_IMODE(os.stat(self.path).st_mode), 0o600)
        log = self.stop(process)
        self.assertIn(f'msg="Listening on" address={self.path}\n', log)
        self.assertEqual(os.listdir(os.path.dirname(self.path)), [])

    def test_the_log_names_who_pushed_through_a_unix_socket(self):
        process = self.start(BINARY, f"--web.listen-address=unix:{self.path}", "--log.level=debug")
        ask_until_served(process, socket.AF_UNIX, self.path)
        answer = ask(socket.AF_UNIX, self.path, b"PUT /metrics/job/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                     b"Content-Length: 2\r\n\r\n{\n")
        self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer)
        self.assertIn(f'logged_source="unix:uid={os.getuid()},pid={os.getpid()}"', self.stop(process))

    def test_the_socket_of_a_killed_gateway_is_replaced_and_that_of_a_living_one_is_not(self):
        address = f"--web.listen-address=unix:{self.path}"
        process = self.start(BINARY, address)
        ask_until_served(process, socket.AF_UNIX, self.path)
        second = subprocess.run([BINARY, address], stderr=subprocess.PIPE, timeout=SECONDS)
        self.assertEqual(second.returncode, 1)
        self.assertIn(b": bind: address already in use", second.stderr)
        process.kill()
        process.wait(SECONDS)
        self.assertTrue(os.path.exists(self.path))
        third = self.start(BINARY, address)
        ask_until_served(third, socket.AF_UNIX, self.path)
        self.stop(third)

    def test_many_gateways_that_start_at_once_leave_one_that_serves(self):
        address = f"--web.listen-address=unix:{self.path}"
        with socket.socket(socket.AF_UNIX) as stale:  # what a dead one left
            stale.bind(self.path)
        processes = [self.start(BINARY, address) for _ in range(8)]
        deadline = time.monotonic() + SECONDS
        while sum(process.poll() is None for process in processes) > 1 and time.monotonic() < deadline:
            time.sleep(0.01)
        living = [process for process in processes if process.poll() is None]
        self.assertEqual(len(living), 1)
        ask_until_served(living[0], socket.AF_UNIX, self.path)
        self.stop(living[0])

    def test_sockets_of_systemd_are_served_instead_of_the_address(self):
        with socket.create_server(("127.0.0.1", 0)) as chosen:
            port = chosen.getsockname()[1]
        activate = self.start("systemd-socket-activate", "-l", f"127.0.0.1:{port}", "-l", self.path,
                              BINARY, "--web.systemd-socket", "--web.listen-address=not an address")
        ask_until_served(activate, socket.AF_INET, ("127.0.0.1", port))
        ask_until_served(activate, socket.AF_UNIX, self.path)
        log = self.stop(activate)
        lines = re.findall(r"level=info caller=\w+\.c:\d+ (msg=.*)", log)
        first = lines.index('msg="Listening on systemd activated listeners instead of port listeners."')
        self.assertIn(f'msg="Listening on" address=127.0.0.1:{port}', lines[first:])
        self.assertIn(f'msg="Listening on" address={self.path}', lines[first:])
        self.assertTrue(os.path.exists(self.path), "the socket is systemd's to remove")

    def test_a_socket_of_systemd_survives_the_gateway(self):
        """What connects between the end of one gateway and the start of the next only waits."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            def start():
                # by a shell, as LISTEN_PID must be the gateway's own
                fd = listener.fileno()
                return subprocess.Popen(
                    ["/bin/sh", "-c", f'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" --web.systemd-socket 3<&{fd}', BINARY],
                    stderr=subprocess.PIPE, pass_fds=(fd,))

            first = start()
            self.addCleanup(end, first)
            ask_until_served(first, socket.AF_INET, listener.getsockname())
            self.stop(first)
            with socket.create_connection(listener.getsockname(), SECONDS) as client:
                client.sendall(b"GET /-/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                second = start()
                self.addCleanup(end, second)
                self.assertTrue(client.recv(1000).startswith(b"HTTP/1.1 200 "))
            self.stop(second)

    def test_without_sockets_of_systemd_it_ends_with_status_1(self):
        done = subprocess.run([BINARY, "--web.systemd-socket"], stderr=subprocess.PIPE, timeout=SECONDS, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn('msg="Listening on systemd activated listeners instead of port listeners."', done.stderr)
        self.assertIn('msg="HTTP server stopped" err="no socket activation file descriptors found"', done.stderr)

    def test_systemd_is_told_of_readiness_and_of_the_end(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(self.path)
            manager.settimeout(SECONDS)
            listen = os.path.join(os.path.dirname(self.path), "http")
            process = self.start(BINARY, f"--web.listen-address=unix:{listen}",
                                 environment={"NOTIFY_SOCKET": self.path})
            told = []
            while not told or "READY=1" not in told[-1].split("\n"):
                told.append(manager.recv(4096).decode())
            self.assertIn("STATUS=Serving.", told[-1].split("\n"))
            self.assertTrue(ask(socket.AF_UNIX, listen).startswith(b"HTTP/1.1 200 "))
            self.stop(process)
            self.assertEqual(manager.recv(4096).decode().split("\n"), ["STOPPING=1", "STATUS=Finishing requests."])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    options, rest = parser.parse_known_args()
    BINARY = os.path.abspath(options.binary)
    unittest.main(argv=[sys.argv[0], *rest])

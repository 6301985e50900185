#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""program.py --binary PATH: the program as its caller sees it: exit codes, streams, signals, log lines."""

import argparse
import http.client
import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
import unittest

BINARY = None
SECONDS = 20
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def run(*flags):
    """Runs the program to its end: exit code, stdout, stderr."""
    done = subprocess.run([BINARY, *flags], stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, text=True)
    return done.returncode, done.stdout, done.stderr


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def status_at(host, port):
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    try:
        connection.request("GET", "/-/healthy")
        return connection.getresponse().status
    finally:
        connection.close()


def wait_until_refused(port):
    """Until the listener is closed."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), SECONDS).close()
        except ConnectionError:
            return
        time.sleep(0.01)
    raise AssertionError("connections are still accepted")


class Gateway:
    """A running program; stderr goes to a pipe that is read at the end."""

    def __init__(self, *flags, preexec_fn=None):
        self.port = free_port()
        self.process = subprocess.Popen(
            [BINARY, f"--web.listen-address=127.0.0.1:{self.port}", *flags],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=preexec_fn)

    def __enter__(self):
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                self.get("/-/ready")
                return self
            except OSError as error:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    self.__exit__()
                    raise AssertionError(f"the gateway did not start: {error}") from error
                time.sleep(0.01)

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(SECONDS)
        self.process.stderr.close()

    def get(self, path, headers={}):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request("GET", path, headers=headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def end(self, number):
        """Sends the signal: exit code and the log's lines."""
        self.process.send_signal(number)
        _, log = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, log.decode().splitlines()


class Program(unittest.TestCase):
    def test_help_and_version_are_printed_on_stdout(self):
        for flag, start in (("--help", "usage: pushgateway [<flags>]\n"), ("--version", "pushgateway, version ")):
            code, out, err = run(flag)
            self.assertEqual((code, err), (0, ""))
            self.assertTrue(out.startswith(start), out)

    def test_help_follows_the_width_of_the_terminal(self):
        wide = subprocess.run([BINARY, "--help"], env={"COLUMNS": "200"}, capture_output=True, timeout=SECONDS)
        self.assertIn(b"Use systemd socket activation listeners instead of port listeners (Linux only).\n", wide.stdout)

    def test_an_unwritable_stdout_is_an_error(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([BINARY, "--help"], stdout=full, timeout=SECONDS)
        self.assertEqual(done.returncode, 1)

    def test_a_bad_flag_ends_it_with_a_sentence_on_stderr(self):
        self.assertEqual(run("--nosuch"), (1, "", "pushgateway: error: unknown long flag '--nosuch', try --help\n"))

    def test_a_bad_path_ends_it_with_a_sentence_on_stderr(self):
        self.assertEqual(run("--web.telemetry-path=/status"), (
            1, "", "pushgateway: error: --web.telemetry-path: '/status' is the path of something else, try --help\n"))

    def test_the_program_is_called_what_it_was_called(self):
        done = subprocess.run(["some/where/gw", "-x"], executable=BINARY, capture_output=True, timeout=SECONDS)
        self.assertEqual(done.stderr, b"gw: error: unknown short flag '-x', try --help\n")

    def test_start_and_stop_are_logged(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with Gateway() as gateway:
                code, lines = gateway.end(number)
            self.assertEqual(code, 0)
            head = rf"^ts={TIME} level=info caller=\w+\.c:\d+ "
            wanted = [
                r'msg="starting pushgateway" version="\(version=[^ ]+, branch=[^ ]+, revision=[^ ]+\)"$',
                r'msg="Build context" build_context="\(go=.+, platform=\w+/\w+, user=.+, date=.+, tags=unknown\)"$',
                rf'msg="Listening on" address=127\.0\.0\.1:{gateway.port}$',
                rf'msg="TLS is disabled\." http2=false address=127\.0\.0\.1:{gateway.port}$',
                r'msg="Sandbox is (enabled|disabled)\." ',
                r'msg="received SIGINT/SIGTERM; exiting gracefully\.\.\."$',
                r'msg="HTTP server stopped"$',
            ]
            self.assertEqual(len(lines), len(wanted), lines)
            for line, pattern in zip(lines, wanted):
                self.assertRegex(line, head + pattern)

    def test_json_lines_are_json_in_the_same_order(self):
        with Gateway("--log.format=json", "--log.level=debug", '--web.external-url=http://h/a "b') as gateway:
            _, lines = gateway.end(signal.SIGTERM)
        for line in lines:
            self.assertEqual(list(json.loads(line))[:4], ["ts", "level", "caller", "msg"])
        lines = [json.loads(line) for line in lines]
        self.assertIn('/a "b', [line.get("path") for line in lines])
        self.assertIs([line for line in lines if line["msg"] == "TLS is disabled."][0]["http2"], False)
        self.assertRegex(lines[0]["caller"], r"^\w+\.c\(\w+\):\d+$")

    def test_a_scrape_that_accepts_no_encoding_is_logged(self):
        with Gateway() as gateway:
            for accepted in ("identity;q=0", "gzip"):
                self.assertEqual(gateway.get("/metrics", {"Accept-Encoding": accepted}), 200)
            _, log = gateway.end(signal.SIGTERM)
        errors = [line.split(" msg=")[1] for line in log if "level=error" in line]
        self.assertEqual(errors, ['"error getting writer content compression format not recognized: . '
                                  'Valid formats are: [identity gzip]"'])

    def test_levels_leave_lines_out(self):
        with Gateway("--log.level=warn") as gateway:
            self.assertEqual(gateway.end(signal.SIGTERM), (0, []))

    def test_user_signals_do_nothing(self):
        with Gateway() as gateway:
            for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE):
                gateway.process.send_signal(number)
            self.assertEqual(gateway.get("/-/healthy"), 200)
            self.assertEqual(gateway.end(signal.SIGTERM)[0], 0)

    def test_a_hangup_ends_it_at_once(self):
        with Gateway() as gateway:
            code, lines = gateway.end(signal.SIGHUP)  # a shell shows 129
        self.assertEqual(code, -signal.SIGHUP)
        self.assertNotIn("exiting gracefully", "\n".join(lines))

    def test_a_request_in_flight_is_answered_before_the_end(self):
        body = b"m 1\n"
        for number in (signal.SIGTERM, signal.SIGINT):
            with Gateway() as gateway, socket.create_connection(("127.0.0.1", gateway.port), SECONDS) as client:
                client.sendall(b"PUT /metrics/job/x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                               b"Content-Length: %d\r\n\r\n" % len(body))
                self.assertTrue(client.recv(100).startswith(b"HTTP/1.1 100 "))  # so the request has begun
                gateway.process.send_signal(number)
                wait_until_refused(gateway.port)
                client.sendall(body)
                answer = b"".join(iter(lambda: client.recv(1000), b""))
                self.assertRegex(answer, rb"^HTTP/1\.1 200 OK\r\n(.*\r\n)*Connection: close\r\n")
                self.assertEqual(gateway.process.wait(SECONDS), 0)

    def test_a_request_that_does_not_end_is_cut_off_after_the_grace(self):
        with Gateway("--web.shutdown-grace=300ms") as gateway, \
                socket.create_connection(("127.0.0.1", gateway.port), SECONDS) as client:
            client.sendall(b"PUT /metrics/job/x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
            self.assertTrue(client.recv(100).startswith(b"HTTP/1.1 100 "))
            start = time.monotonic()
            self.assertEqual(gateway.end(signal.SIGTERM)[0], 0)
            self.assertGreater(time.monotonic() - start, 0.25)
            self.assertLess(time.monotonic() - start, 5)
            try:
                self.assertEqual(client.recv(100), b"")
            except ConnectionResetError:
                pass

    def test_an_idle_connection_does_not_hold_the_end_up(self):
        with Gateway() as gateway, socket.create_connection(("127.0.0.1", gateway.port), SECONDS) as client:
            client.sendall(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertTrue(client.recv(1000).startswith(b"HTTP/1.1 200 "))
            start = time.monotonic()
            self.assertEqual(gateway.end(signal.SIGTERM)[0], 0)
            self.assertLess(time.monotonic() - start, 5)

    def test_a_quit_is_answered_and_ends_it(self):
        for method in ("PUT", "POST"):
            with Gateway("--web.enable-lifecycle") as gateway:
                connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=SECONDS)
                connection.request(method, "/-/quit")
                answer = connection.getresponse()
                self.assertEqual((answer.status, answer.read()), (200, b"Requesting termination... Goodbye!"))
                connection.close()
                self.assertEqual(gateway.process.wait(SECONDS), 0)

    def test_a_quit_is_refused_without_its_flag_or_by_another_method(self):
        with Gateway() as gateway:
            self.assertEqual(gateway.get("/-/quit"), 405)
            connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=SECONDS)
            connection.request("PUT", "/-/quit")
            answer = connection.getresponse()
            self.assertEqual((answer.status, answer.read()), (403, b"Lifecycle API is not enabled."))
            connection.close()
            self.assertEqual(gateway.end(signal.SIGTERM)[0], 0)

    def test_an_address_in_use_ends_it_with_status_1(self):
        with Gateway() as gateway:
            code, _, err = run(f"--web.listen-address=127.0.0.1:{gateway.port}")
        self.assertEqual(code, 1)
        self.assertRegex(err, rf'level=error caller=\w+\.c:\d+ msg="HTTP server stopped" err="listen tcp 127\.0\.0\.1:'
                              rf'{gateway.port}: bind: address already in use"\n$')

    def test_one_address_in_use_closes_the_others(self):
        with Gateway() as gateway:
            other = free_port()
            code, _, err = run(f"--web.listen-address=127.0.0.1:{other}",
                               f"--web.listen-address=127.0.0.1:{gateway.port}")
            self.assertEqual(code, 1)
            self.assertNotIn("Listening on", err)
            socket.create_server(("127.0.0.1", other)).close()
            self.assertEqual(gateway.get("/-/healthy"), 200)

    def test_all_addresses_are_served(self):
        ports = free_port(), free_port()
        flags = [f"--web.listen-address={host}:{port}" for host, port in zip(("[::1]", "127.0.0.1"), ports)]
        with Gateway(*flags) as gateway:
            self.assertEqual(status_at("::1", ports[0]), 200)
            self.assertEqual(status_at("127.0.0.1", ports[1]), 200)
            _, lines = gateway.end(signal.SIGTERM)
        text = "\n".join(lines)
        for address in (f"127.0.0.1:{gateway.port}", rf"\[::1\]:{ports[0]}", f"127.0.0.1:{ports[1]}"):
            self.assertRegex(text, rf'msg="Listening on" address="?{address}"?\n')
            self.assertRegex(text, rf'msg="TLS is disabled\." http2=false address="?{address}"?\n')

    def test_an_address_without_a_host_is_both_families(self):
        port = free_port()
        with Gateway(f"--web.listen-address=:{port}") as gateway:
            self.assertEqual(status_at("127.0.0.1", port), 200)
            self.assertEqual(status_at("::1", port), 200)
            _, lines = gateway.end(signal.SIGTERM)
        self.assertRegex("\n".join(lines), rf'msg="Listening on" address="?\[::\]:{port}"?\n')

    def test_an_address_of_one_family_is_that_family(self):
        port = free_port()
        with Gateway(f"--web.listen-address=[::1]:{port}"):
            with self.assertRaises(ConnectionRefusedError):
                status_at("127.0.0.1", port)

    def test_an_address_without_a_port_ends_it_with_status_1(self):
        code, _, err = run("--web.listen-address=foo")
        self.assertEqual(code, 1)
        self.assertIn('err="listen tcp: address foo: missing port in address"', err)

    def test_as_many_files_are_opened_as_there_may_be(self):
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        with Gateway(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, most))) as gateway:
            held = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(100)]
            self.assertEqual(gateway.get("/-/healthy"), 200)
            for connection in held:
                connection.close()

    def test_without_files_to_open_new_connections_wait(self):
        with Gateway(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))) as gateway:
            held = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(100)]
            time.sleep(0.5)
            for connection in held:
                connection.close()
            self.assertEqual(gateway.get("/-/healthy"), 200)
            log = "\n".join(gateway.end(signal.SIGTERM)[1])
            self.assertIn('msg="the limit of open files (ulimit -n) is lower than --web.max-connections"', log)
            self.assertIn('msg="cannot accept connections: new ones wait" err="Too many open files"', log)

    def test_closed_streams_are_not_taken_for_something_else(self):
        with Gateway("--log.level=debug", preexec_fn=lambda: os.closerange(0, 3)) as gateway:
            for fd in range(3):
                self.assertEqual(os.readlink(f"/proc/{gateway.process.pid}/fd/{fd}"), "/dev/null")
            self.assertEqual(gateway.get("/-/healthy"), 200)
        self.assertEqual(subprocess.run([BINARY, "--version"], preexec_fn=lambda: os.close(1), timeout=SECONDS).returncode, 1)

    def test_a_log_that_nobody_reads_stops_nothing(self):
        with Gateway("--log.level=debug") as gateway:
            connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=SECONDS)
            for i in range(1000):  # far more than a pipe holds
                connection.request("PUT", f"/metrics/job/x/{'y' * 1000}{i}", b"m{} 1\n")
                answer = connection.getresponse()
                answer.read()
                self.assertEqual(answer.status, 400)
            connection.close()
            start = time.monotonic()
            gateway.process.send_signal(signal.SIGTERM)
            self.assertEqual(gateway.process.wait(SECONDS), 0)
            self.assertLess(time.monotonic() - start, 10)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    options, rest = parser.parse_known_args()
    BINARY = os.path.abspath(options.binary)
    unittest.main(argv=[sys.argv[0], *rest])

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""logs.py --binary PATH [--reference]: what is logged of each event: level, message, attributes and their order, in
both formats. With --reference the binary is the Go gateway, of which the same is asked."""

import argparse
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
from gateway import Subject  # noqa: E402

BINARY = None
IS_REFERENCE = False
SECONDS = 20
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
SOURCE = r"127\.0\.0\.1:\d+"
REJECTED = "pushed metrics are invalid or inconsistent with existing metrics"
TWICE = 'collected metric "m" { label:{name:"instance" value:""} label:{name:"job" value:"x"} untyped:{value:2}} ' \
        "was collected before with the same name and label values"


class Gateway(Subject):
    """Its log goes to a pipe."""

    def __init__(self, *flags):
        super().__init__(BINARY, *flags, *(["--persistence.file="] if IS_REFERENCE else []), stderr=subprocess.PIPE)

    def end(self, number=signal.SIGTERM):
        """The log's lines."""
        if number is not None:
            self.process.send_signal(number)
        _, log = self.process.communicate(timeout=SECONDS)
        return log.decode().splitlines()


def read_logfmt(line):
    """Pairs in order; a quoted value as Go quotes it."""
    pairs, at = [], 0
    while at < len(line):
        match = re.compile(r'(\w+)=(?:("(?:[^"\\]|\\.)*")|([^\s"=]+))(?: |$)').match(line, at)
        if match is None:
            raise AssertionError(f"no logfmt: {line}")
        value = match[3] if match[2] is None else json.loads(
            re.sub(r"\\\\|\\x(..)", lambda escape: escape[0] if escape[1] is None else rf"\u00{escape[1]}", match[2]))
        pairs.append((match[1], value))
        at = match.end()
    return pairs


def read_json(line):
    return json.loads(line, object_pairs_hook=list)


READERS = {"logfmt": read_logfmt, "json": read_json}


def sandbox_event(lines):
    """A line about the sandbox that says what it must in either state."""
    if "Sandbox is enabled." in [dict(pairs)["msg"] for pairs in lines]:
        return "info", "Sandbox is enabled.", {"seccomp": re.compile("^true$"), "landlock": re.compile(r"^\d+$")}
    return "info", "Sandbox is disabled.", {"reason": "built without"}


class Logs(unittest.TestCase):
    maxDiff = None

    def check_event(self, pairs, wanted):
        """`wanted` is level, message and attributes; a value that is a compiled pattern is one to match."""
        level, message, attributes = wanted
        self.assertEqual([key for key, _ in pairs], ["ts", "level", "caller", "msg", *attributes], pairs)
        values = dict(pairs)
        self.assertRegex(values["ts"], f"^{TIME}$")
        self.assertEqual((values["level"], values["msg"]), (level, message))
        for key, value in attributes.items():
            shown = values[key]
            if isinstance(shown, list):  # the Go gateway writes URLs and families in JSON by their parts
                self.assertTrue(IS_REFERENCE)
                continue
            if isinstance(shown, str):
                shown = re.sub(" +", " ", shown)  # the reference varies blanks in the text of a metric
            if isinstance(value, re.Pattern):
                self.assertRegex(shown if isinstance(shown, str) else json.dumps(shown), value)
            else:
                self.assertEqual(shown, value)

    def check(self, requests, wanted, *flags):
        """Asks, and finds exactly these events between the start and the stop, in each format."""
        for name, read in READERS.items():
            with self.subTest(format=name), Gateway("--log.level=debug", f"--log.format={name}", *flags) as gateway:
                for method, path, body, status in requests:
                    self.assertEqual(gateway.ask(method, path, body)[0], status)
                lines = [read(line) for line in gateway.end()]
                messages = [dict(pairs)["msg"] for pairs in lines]
                first = messages.index("TLS is disabled.") + (1 if IS_REFERENCE else 2)  # the sandbox
                last = messages.index("received SIGINT/SIGTERM; exiting gracefully...")
                self.assertEqual(len(lines[first:last]), len(wanted), lines[first:last])
                for pairs, event in zip(lines[first:last], wanted):
                    self.check_event(pairs, event)

    def test_start_and_stop(self):
        for name, read in READERS.items():
            flags = ["--log.level=debug", f"--log.format={name}", "--web.external-url=http://h/a", "--web.route-prefix=/"]
            with self.subTest(format=name), Gateway(*flags) as gateway:
                lines = [read(line) for line in gateway.end()]
                address = f"127.0.0.1:{gateway.port}"
                stop = "received SIGINT/SIGTERM; exiting gracefully..."
                wanted = [
                    ("info", "starting pushgateway", {"version": re.compile(r"^\(version=.+, branch=.*, revision=.+\)$")}),
                    ("info", "Build context", {"build_context": re.compile(r"^\(go=.+, platform=.+, user=.+\)$")}),
                    ("debug", "external URL", {"url": "http://h/a"}),
                    ("debug", "path prefix used externally", {"path": "/a"}),
                    ("debug", "path prefix for internal routing", {"path": ""}),
                    ("info", "Listening on", {"address": address}),
                    ("info", "TLS is disabled.", {"http2": "false" if name == "logfmt" else False, "address": address}),
                    *([] if IS_REFERENCE else [sandbox_event(lines)]),
                    ("info", stop, {}),
                    ("info", "HTTP server stopped", {}),
                ]
                if IS_REFERENCE:  # whose server reports that it was closed
                    lines.pop()
                    wanted.pop()
                for pairs, event in zip(lines, wanted, strict=True):
                    self.check_event(pairs, event)

    def test_what_succeeds_is_not_logged(self):
        self.check([("PUT", "/metrics/job/x", b"m 1\n", 200), ("DELETE", "/metrics/job/x", b"", 202),
                    ("GET", "/metrics", b"", 200), ("GET", "/nosuch", b"", 404), ("PATCH", "/metrics", b"", 405)], [])

    def test_a_refused_push(self):
        body = b"m 1\nm 2\n"
        self.check([("PUT", "/metrics/job/x", body, 400), ("POST", "/metrics/job/x", body, 400)], [
            ("error", REJECTED, {"method": "PUT", "logged_source": re.compile(f"^{SOURCE}$"), "err": TWICE}),
            ("error", REJECTED, {"method": "POST", "logged_source": re.compile(f"^{SOURCE}$"), "err": TWICE})])

    def test_a_refused_push_without_the_check(self):
        self.check([("PUT", "/metrics/job/x", b"m 1 7\n", 202)], [], "--push.disable-consistency-check")

    def test_a_push_over_a_limit(self):
        if IS_REFERENCE:  # which has none
            return
        self.check([("PUT", "/metrics/job/x", b"a 1\n", 200), ("PUT", "/metrics/job/y", b"a 1\n", 429),
                    ("PUT", "/metrics/job/x", b"a 11111111\n", 413)], [
            ("warn", "push refused", {
                "logged_source": re.compile(f"^{SOURCE}$"),
                "err": "the gateway is full: the push would exceed --store.max-groups"}),
            ("warn", "request refused", {
                "code": "413", "logged_source": re.compile(f"^{SOURCE}$"),
                "err": "the request body is over the limit of 10 bytes (--web.max-body-bytes)"})],
            "--store.max-groups=1", "--web.max-body-bytes=10")

    def test_a_body_that_is_no_text(self):
        self.check([("PUT", "/metrics/job/x", b'm{a="\xff"} 1\n', 400)], [
            ("debug", "failed to parse text", {
                "logged_source": re.compile(f"^{SOURCE}$"),
                "err": r'text format parsing error in line 1: invalid label value "\xff"'})])

    def test_a_path_that_names_no_group(self):
        self.check([("PUT", "/metrics/job/x/a", b"", 400), ("DELETE", "/metrics/job/x/1%22/b", b"", 400)], [
            ("debug", "failed to parse URL", {"url": "/a", "err": 'odd number of components in label string "/a"'}),
            ("debug", "failed to parse URL", {"url": '/1"/b', "err": r'improper label name "1\""'})])

    def test_a_job_that_is_no_job(self):
        self.check([("PUT", "/metrics/job@base64/eHl6eA!", b"", 400), ("DELETE", "/metrics/job@base64/=", b"", 400)], [
            ("debug", "invalid base64 encoding in job name", {
                "job": "xyz", "err": "illegal base64 data at input byte 6"}),
            ("debug", "job name is required", {})])

    def test_a_wipe(self):
        self.check([("PUT", "/api/v1/admin/wipe", b"", 202)], [("debug", "start wiping metric store", {})],
                   "--web.enable-admin-api")

    def test_a_scrape_of_what_contradicts_itself(self):
        for name, read in READERS.items():
            with self.subTest(format=name), Gateway("--push.disable-consistency-check", f"--log.format={name}") as gateway:
                self.assertEqual(gateway.ask("PUT", "/metrics/job/x", b"m 1\nm 2\n")[0], 202)
                self.assertEqual(gateway.ask("GET", "/metrics")[0], 500)
                lines = [read(line) for line in gateway.end()]
                [pairs] = [pairs for pairs in lines if ("level", "error") in pairs]
                self.assertEqual([key for key, _ in pairs], ["ts", "level", "caller", "msg"])
                self.assertEqual(re.sub(" +", " ", dict(pairs)["msg"]), f"error gathering metrics: {TWICE}")

    def test_helps_that_differ(self):
        self.check([("PUT", "/metrics/job/x", b"# HELP m one\nm 1\n", 200),
                    ("PUT", "/metrics/job/y", b"# HELP m two\nm 1\n", 200),
                    ("GET", "/metrics", b"", 200)], [
            ("info", "metric families inconsistent help strings", {
                "err": "Metric families have inconsistent help strings. The latter will have priority. This is bad. "
                       "Fix your pushed metrics!",
                "new": re.compile('^name:"m" help:"(one|two)" type:UNTYPED'),
                "old": re.compile('^name:"m" help:"(one|two)" type:UNTYPED')})])

    def test_a_help_of_a_metric_of_our_own(self):
        body = b"# HELP process_max_fds x\n# TYPE process_max_fds gauge\nprocess_max_fds 1\n"
        self.check([("PUT", "/metrics/job/x", body, 200), ("GET", "/metrics", b"", 200)], [
            ("info", "metric families overlap", {
                "err": "Metric family has the same name as a metric family used by the Pushgateway itself but it has a "
                       "different help string. Changing it to the standard help string. This is bad. "
                       "Fix your pushed metrics!",
                "metric_family": re.compile('^name:"process_max_fds" help:"x" type:GAUGE'),
                "standard_help": "Maximum number of open file descriptors."})])

    def test_a_quit(self):
        for name, read in READERS.items():
            with self.subTest(format=name), Gateway("--web.enable-lifecycle", f"--log.format={name}") as gateway:
                self.assertEqual(gateway.ask("PUT", "/-/quit")[0], 200)
                lines = [read(line) for line in gateway.end(None)]
                self.assertEqual(gateway.process.returncode, 0)
                event = "received termination request via web service, exiting gracefully..."
                [pairs] = [pairs for pairs in lines if ("msg", event) in pairs]
                self.check_event(pairs, ("warn", event, {}))

    def test_pushes_are_stored_while_nobody_reads_the_log(self):
        if IS_REFERENCE:  # which stands still until somebody does
            return
        with Gateway("--log.level=debug") as gateway:
            connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=SECONDS)

            def ask(method, path, body=b""):
                connection.request(method, path, body)
                answer = connection.getresponse()
                return answer.status, answer.read()

            for i in range(2000):  # a megabyte more than the pipe and the queue of lines hold
                self.assertEqual(ask("PUT", f"/metrics/job/x/{'y' * 1000}{i}")[0], 400)
            self.assertEqual(ask("PUT", "/metrics/job/x", b"m 7\n")[0], 200)
            self.assertIn(b'\nm{instance="",job="x"} 7\n', ask("GET", "/metrics")[1])
            connection.close()
            lines = gateway.end()  # reads it
            self.assertRegex("\n".join(line for line in lines if "level=debug" not in line),
                             r'level=warn .* msg="log lines were dropped because [^"]*" lines=\d+')
            self.assertLess(len(lines), 2000)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--reference", action="store_true")
    options, rest = parser.parse_known_args()
    BINARY, IS_REFERENCE = os.path.abspath(options.binary), options.reference
    unittest.main(argv=[sys.argv[0], *rest])

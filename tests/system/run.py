#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the system tests: requests and expected answers, written down in *.t files (README.md).

    run.py --binary PATH [--reference PATH] [-k substring] [files...]

With --reference every test also runs against the original gateway, which must answer the same
except where a test is marked `differs`. With --http2 the requests go over HTTP/2 and TLS, and tests that
are about something else of HTTP/1 than requests and answers are left out. Ends with `N passed, N failed`, status 1 if any failed.
"""

import argparse
import glob
import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

import http2_wire
import script
from certificates import Authority
from gateway import Gateway, GatewayError
from wire import Connection, WireError

HERE = os.path.dirname(os.path.abspath(__file__))
SHELL_SECONDS = 60
ACCEPTED_SECONDS = 0.03  # the reference applies soon after its 202, this gateway before
OWN = re.compile(rb"(# (HELP|TYPE) )?(go|process|pushgateway)_")
TIMES = re.compile(rb"(# (HELP|TYPE) )?push_(failure_)?time_seconds\b")


class Mismatch(Exception):
    """An answer is not the expected one."""


class OverHttp2:
    """What makes HTTP/2 of requests: a certificate, and what can be said in it."""

    def __init__(self, folder):
        Authority(folder).issue("server")
        self.context = http2_wire.client_context(os.path.join(folder, "ca.crt"))
        self.config = os.path.join(folder, "tls.yml")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write("tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n")

    def connect(self, port):
        return http2_wire.Http2(port, self.context)

    def can(self, test):
        return all(self.can_step(step) for step in test.steps)

    @staticmethod
    def can_step(step):
        if step.kind in ("start", "wait"):
            return "$CONFIG" not in step.words
        if step.kind != "request" or not re.fullmatch(r"[A-Za-z]+ /\S*|OPTIONS \*", step.words):
            return False
        if any(b'"web.config.file":""' in (e.body or b"") for pair in step.answers for e in pair if e):
            return False
        names = [name_of(h) for h in step.headers]
        if len(step.answers) != 1 or any(re.search(rb"[^a-z0-9-]", n) or n in OF_HTTP_1 for n in names):
            return False
        return all(re.fullmatch(r"[0-9]{3}", e.status) and not any(
            name.lower().encode() in OF_HTTP_1 for name in [n for n, _ in e.headers] + e.absent)
            for pair in step.answers for e in pair if e)


OF_HTTP_1 = (b"", b"host", b"connection", b"transfer-encoding", b"content-length", b"keep-alive", b"te", b"trailer",
             b"expect")


def name_of(header):
    return header.split(b":")[0].strip().lower()


def view_of(body, view):
    """The exposition without the gateway's own families, and without the push times."""
    lines = body.splitlines(keepends=True)
    lines = [line for line in lines if not OWN.match(line)]
    if view == "pushed":
        lines = [line for line in lines if not TIMES.match(line)]
    return b"".join(lines)


def excerpt(data):
    text = data.decode("utf-8", "backslashreplace")
    return text if len(text) <= 3000 else text[:3000] + "..."


def run_shell(command, env, folder):
    """Exit status, output and errors of a script; it and its children end in time."""
    shell = subprocess.Popen(
        ["/bin/sh"], env=env, cwd=folder, start_new_session=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    try:
        output, errors = shell.communicate(command.encode(), SHELL_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(shell.pid, signal.SIGKILL)
        shell.communicate()
        raise Mismatch(f"the shell did not end within {SHELL_SECONDS} s") from None
    return shell.returncode, output, errors


def gateway_with(binary, is_reference, flags, over):
    if over is None:
        return Gateway(binary, is_reference, flags)
    return Gateway(binary, is_reference, f"{flags} --web.config.file={over.config}", over.connect)


class Run:
    """One test against one gateway."""

    def __init__(self, test, binary, is_reference, shared=None, over=None):
        self.over = over  # OverHttp2, or None
        self.test = test
        self.binary = binary
        self.is_reference = is_reference
        self.shared = shared
        self.gateways = []
        self.main = shared
        self.second = None
        self.raw = None
        self.folder = None
        self.at = test.line_number

    def run(self):
        try:
            for step in self.test.steps:
                self.at = step.line_number
                self.step(step)
            if self.raw:
                self.no_more(self.raw)
                self.raw.close()
            for g in self.gateways:
                g.stop()
            if self.shared and not self.shared.is_alive():
                raise GatewayError(f"the gateway died: {self.shared.log_text()[-3000:]}")
        finally:
            for g in self.gateways:
                g.kill()
            if self.folder:
                self.folder.cleanup()

    def own_folder(self):
        """Made at the first use, gone with the test."""
        if self.folder is None:
            self.folder = tempfile.TemporaryDirectory()
        return self.folder.name

    def config_path(self):
        return os.path.join(self.own_folder(), "web.yml")

    def with_folder(self, words):
        if "$CONFIG" in words:
            words = words.replace("$CONFIG", self.config_path())
        return words.replace("$FOLDER", self.own_folder()) if "$FOLDER" in words else words

    def start(self, flags=""):
        g = gateway_with(self.binary, self.is_reference, self.with_folder(flags), self.over)
        self.gateways.append(g)
        return g

    def gateway(self):
        if self.main is None:
            self.main = self.start()
        return self.main

    def fill(self, data):
        return data.replace(b"$ADDRESS", self.gateway().address.encode())

    def step(self, step):
        began = time.monotonic()
        if step.kind == "config":
            with open(self.config_path(), "wb") as f:
                f.write(step.body or b"")
        elif step.kind == "start":
            if self.main in self.gateways:
                self.main.stop()
                self.gateways.remove(self.main)
            self.main = self.start(step.words)
        elif step.kind == "kill":
            self.gateway().kill()
            self.gateways.remove(self.main)
            self.main = None
        elif step.kind == "wait":
            time.sleep(float(step.words))
        elif step.kind == "connect":
            self.raw = Connection(self.gateway().port, narrow=step.words == "narrow")
        elif step.kind == "close":
            self.raw.close()
            self.raw = None
        elif step.kind == "half-close":
            self.raw.half_close()
        elif step.kind == "send":
            if self.raw is None:
                self.raw = Connection(self.gateway().port)
            self.raw.send(self.fill(step.body or b""))
        elif step.kind == "sh":
            self.shell(step)
        else:
            self.request(step, began)
            return
        self.answers(step, self.raw, began, False)

    def request(self, step, began):
        words = step.words
        if not re.search(r" HTTP/1\.[01]$", words):
            words += " HTTP/1.1"
        method = words.split(" ", 1)[0]
        body = step.body
        if step.body_file:
            with open(os.path.join(HERE, "bodies", step.body_file), "rb") as f:
                body = f.read()
        if self.over:
            self.request_over(step, body, began)
            return
        names = [name_of(h) for h in step.headers]
        head = [self.fill(words.encode())]
        if b"host" not in names:
            head.append(b"Host: " + self.gateway().address.encode())
        head += [self.fill(h) for h in step.headers]
        framed = b"content-length" in names or b"transfer-encoding" in names
        if not framed and (body is not None or method in ("PUT", "POST")):
            head.append(b"Content-Length: %d" % len(body or b""))
        connection = Connection(self.gateway().port)
        try:
            connection.send(b"\r\n".join(head) + b"\r\n\r\n" + (body or b""))
            self.answers(step, connection, began, method == "HEAD")
            self.no_more(connection)
        finally:
            connection.close()

    def request_over(self, step, body, began):
        method, target = step.words.split(" ", 1)
        headers = [(name_of(h), self.fill(h.split(b":", 1)[1].strip())) for h in step.headers]
        if body is None and method in ("PUT", "POST"):
            body = b""
        [[ours, reference]] = step.answers
        expected = reference if self.is_reference and reference else ours
        with self.over.connect(self.gateway().port) as connection:
            answer = connection.request(method, self.fill(target.encode()), headers, body, self.gateway().address)
        self.at = expected.line_number
        self.compare(expected, answer)
        if self.is_reference and answer.code == 202:
            time.sleep(ACCEPTED_SECONDS)
        if expected.within is not None and time.monotonic() - began > expected.within:
            raise Mismatch(f"took longer than {expected.within} s")

    @staticmethod
    def no_more(connection):
        if connection.buffer:
            raise Mismatch(f"more came than was expected: {connection.buffer[:300]!r}")

    def answers(self, step, connection, began, to_head):
        for ours, reference in step.answers:
            expected = reference if self.is_reference and reference else ours
            self.at = expected.line_number
            if connection is None:
                raise Mismatch("there is no connection to read an answer from")
            self.answer(expected, connection, began, to_head)

    def answer(self, expected, connection, began, to_head):
        if expected.status == "closed":
            if not connection.is_closed():
                raise Mismatch(f"expected the end of the connection, got {connection.buffer[:300]!r}")
        elif expected.status == "cut":
            if not connection.is_cut():
                raise Mismatch("expected the connection to end within an answer")
        elif expected.status == "open":
            if not connection.is_open():
                raise Mismatch(f"expected an idle connection, got {connection.buffer[:300]!r}")
        else:
            answer = connection.read_answer(to_head)
            self.compare(expected, answer)
            if self.is_reference and answer.code == 202:
                time.sleep(ACCEPTED_SECONDS)
        if expected.within is not None and time.monotonic() - began > expected.within:
            raise Mismatch(f"took {time.monotonic() - began:.2f} s, longer than {expected.within} s")

    def compare(self, expected, answer):
        version, status = "HTTP/1.1", expected.status
        if status.startswith("HTTP/"):
            version, status = status.split(" ", 1)
        code, _, reason = status.partition(" ")
        reason = reason or http.client.responses.get(int(code), "")
        got = f"{answer.version} {answer.code} {answer.reason}"
        if not script.pattern(f"{version} {code} {reason}").fullmatch(got.encode("latin-1")):
            raise Mismatch(f"expected {version} {code} {reason}\ngot      {got}\n{excerpt(answer.body)}")
        self.compare_headers(expected, answer)
        self.compare_body(expected, answer.body)

    def compare_headers(self, expected, answer):
        for name, value in expected.headers:
            want = script.pattern(self.fill(value.encode()))
            values = answer.get(name)
            if len(values) != 1 or not want.fullmatch(values[0].encode("latin-1")):
                raise Mismatch(f"expected {name}: {value}\ngot      {answer.headers}")
        for name in expected.absent:
            if answer.get(name):
                raise Mismatch(f"expected no {name}, got {answer.get(name)}")

    def compare_body(self, expected, body):
        lines = body.splitlines()
        for want in expected.has:
            p = script.pattern(want)
            if not any(p.fullmatch(line) for line in lines):
                raise Mismatch(f"no line is\n  {want}\nin\n{excerpt(view_of(body, 'stored'))}")
        for text in expected.lacks:
            for line in lines:
                if text.encode() in line and not OWN.match(line):
                    raise Mismatch(f"`{text}` stands in\n  {excerpt(line)}")
        if expected.body is not None:
            seen = body if expected.view == "body" else view_of(body, expected.view)
            if not script.pattern(expected.body).fullmatch(seen):
                raise Mismatch(f"expected the {expected.view}\n{excerpt(expected.body)}\ngot\n{excerpt(seen)}")

    def shell(self, step):
        command = self.with_folder("\n".join(step.commands) + "\n")
        mode = "--reference" if self.is_reference else "--binary"
        env = {
            **os.environ,
            "LC_ALL": "C",
            "RUN": os.path.join(HERE, "run.py"),
            "RUN_ARGUMENTS": f"{mode}={self.binary}",
            "BODIES": os.path.join(HERE, "bodies"),
        }
        if "$GATEWAY9091" in command:
            env["GATEWAY9091"] = self.gateway().address
        if "$GATEWAY9001" in command:
            self.second = self.second or self.start()
            env["GATEWAY9001"] = self.second.address
        with tempfile.TemporaryDirectory() as folder:
            status, output, errors = run_shell(command, env, folder)
        if status != step.exit_status:
            raise Mismatch(
                f"exit status {status}, not {step.exit_status}\n{excerpt(output)}{excerpt(errors)}"
            )
        if step.output is not None and not script.pattern(step.output).fullmatch(output):
            raise Mismatch(f"expected the output\n{excerpt(step.output)}\ngot\n{excerpt(output)}")


class Report:
    def __init__(self, quiet):
        self.quiet = quiet
        self.passed = self.failed = self.not_for_reference = self.not_over = 0

    def one(self, name, error):
        if error is None:
            self.passed += 1
            if not self.quiet:
                print(f"ok - {name}", flush=True)
        else:
            self.failed += 1
            print(f"not ok - {name}", flush=True)
            print("\n".join("    " + line for line in str(error).split("\n")), flush=True)


def run_file(loaded, binary, is_reference, keyword, report, over):
    who = "reference" if is_reference else "ours"
    shared = None
    base = os.path.relpath(loaded.path, HERE)
    try:
        for test in loaded.tests:
            name = f"{base}: {test.title}"
            if keyword not in name:
                continue
            if is_reference and test.reference_cannot:
                report.not_for_reference += 1
                continue
            if over and not over.can(test):
                report.not_over += 1
                continue
            error = None
            run = None
            try:
                if loaded.shared and (shared is None or not shared.is_alive()):
                    shared = gateway_with(binary, is_reference, loaded.flags, over)
                run = Run(test, binary, is_reference, shared, over)
                run.run()
            except (Mismatch, WireError, GatewayError, OSError) as e:
                at = run.at if run else test.line_number
                error = f"line {at}: {e}"
            report.one(f"{name} [{who}]", error)
    finally:
        if shared is not None:
            try:
                shared.stop()
            except GatewayError as e:
                report.one(f"{base}: the end of the gateway [{who}]", e)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--binary", help="the gateway to test")
    parser.add_argument("--reference", help="the original gateway; its answers are the yardstick")
    parser.add_argument("-k", default="", metavar="SUBSTRING", help="only tests whose file or title has it")
    parser.add_argument("-q", action="store_true", help="name only the failures")
    parser.add_argument("--http2", action="store_true", help="over HTTP/2, what can be said in it")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    if not options.binary and not options.reference:
        parser.error("--binary or --reference is needed")
    files = options.files or sorted(glob.glob(f"{HERE}/*.t")) + sorted(glob.glob(f"{HERE}/seeds/*.t"))
    report = Report(options.q)
    try:
        certificates = tempfile.TemporaryDirectory()
        over = OverHttp2(certificates.name) if options.http2 else None
        for path in files:
            loaded = script.load(os.path.abspath(path))
            if options.binary:
                run_file(loaded, os.path.abspath(options.binary), False, options.k, report, over)
            if options.reference:
                run_file(loaded, os.path.abspath(options.reference), True, options.k, report, over)
    except script.ScriptError as e:
        sys.exit(str(e))
    if report.not_over:
        print(f"{report.not_over} not for HTTP/2")
    if report.not_for_reference:
        print(f"{report.not_for_reference} not for the reference")
    print(f"{report.passed} passed, {report.failed} failed")
    sys.exit(1 if report.failed or not report.passed else 0)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""Two gateways side by side, the same requests to both, and what each made of them."""

import json
import os
import re
import time

from gateway import Gateway
from wire import Connection, WireError

SETTLE_SECONDS = 0.02  # an answer 202 comes before the change is made
LOG_SECONDS = 0.1  # a line is written behind its answer


class Request:
    """One request; raw bytes are sent as they are, on a connection of their own, then half-closed."""

    def __init__(self, method, target, headers=(), body=None, raw=None):
        self.method = method
        self.target = target
        self.headers = list(headers)
        self.body = body
        self.raw = raw

    def wire(self):
        if self.raw is not None:
            return self.raw
        lines = [self.method + b" " + self.target + b" HTTP/1.1", b"Host: gateway"]
        lines += [name + b": " + value for name, value in self.headers]
        if self.body is not None or self.method in (b"PUT", b"POST"):
            lines.append(b"Content-Length: %d" % len(self.body or b""))
        return b"\r\n".join(lines) + b"\r\n\r\n" + (self.body or b"")

    def __repr__(self):
        return repr(self.wire())


class Case:
    """Requests to a fresh store under these flags; the state after them is compared, too."""

    def __init__(self, area, flags, requests, views=(), prefix=b""):
        self.area = area
        self.prefix = prefix  # of the routes under these flags
        self.flags = flags
        self.requests = requests
        self.views = list(views)

    def all_requests(self):
        return self.requests + self.views


class Side:
    """One of the two: its process, and a connection that is kept while it can be."""

    def __init__(self, binary, is_reference, flags):
        self.gateway = Gateway(binary, is_reference, flags)
        self.connection = None

    def stop(self):
        self._drop()
        self.gateway.stop()

    def _drop(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _reset(self, case):
        answer = self.ask(Request(b"PUT", case.prefix + b"/api/v1/admin/wipe"))
        if not answer.startswith(b"202"):
            raise WireError(f"no wipe: {answer!r}")

    def ask(self, request):
        """What came, as one text of bytes in which only what may differ between two runs is blotted out."""
        if request.raw is not None:
            return self._ask_raw(request.raw)
        if self.connection is None:
            self.connection = Connection(self.gateway.port)
        try:
            self.connection.send(request.wire())
            answer = self.connection.read_answer(to_head=request.method == b"HEAD")
        except WireError as e:
            self._drop()
            return b"no answer: " + re.sub(rb"[0-9]+ bytes", b"N bytes", str(e).encode())
        except OSError:
            self._drop()
            return b"no answer"
        if answer.get("Connection") == ["close"] or answer.version == "HTTP/1.0":
            self._drop()
        if answer.code == 202:
            time.sleep(SETTLE_SECONDS)
        return shown(request, answer)

    def _ask_raw(self, data):
        connection = Connection(self.gateway.port)
        try:
            connection.send(data)
            connection.half_close()
            parts = []
            while True:
                try:
                    answer = connection.read_answer(to_head=not parts and data.startswith(b"HEAD "))
                except WireError as e:
                    if b"without an answer" not in str(e).encode():
                        parts.append(b"then: " + str(e).encode())
                    break
                if answer.code != 100:  # left out when the body is there already, which is listed
                    parts.append(shown(Request(b"GET", b"/"), answer))
            return b"\n----\n".join(parts)
        except OSError:
            return b"no answer"
        finally:
            connection.close()

    def run(self, case):
        """The answers to all requests, on a fresh store, and last what was logged, where that is asked."""
        self._reset(case)
        if "--log.level=debug" not in case.flags:
            return [self.ask(request) for request in case.all_requests()]
        before = len(self._log_when_quiet())
        answers = [self.ask(request) for request in case.all_requests()]
        return answers + [shown_log(self._log_when_quiet()[before:])]

    def _log_when_quiet(self):
        size = -1
        while size != os.fstat(self.gateway.log.fileno()).st_size:
            size = os.fstat(self.gateway.log.fileno()).st_size
            time.sleep(LOG_SECONDS)
        return os.pread(self.gateway.log.fileno(), size, 0)


def shown(request, answer):
    headers = sorted(f"{n}: {v}" for n, v in answer.headers if n != "Date")
    body = answer.body
    content_type = (answer.get("Content-Type") or [""])[0]
    if answer.get("Content-Encoding") == ["gzip"]:
        body = inflated(body)
    if answer.code == 200 and "escaping=" in content_type:
        if "encoding=delimited" in content_type:
            body = without_own_protobuf(body, "allow-utf-8" not in content_type)
        elif "protobuf" in content_type:
            body = without_own_debug(body, b"\n" if "compact" in content_type else b"\n\n")
        else:
            body = without_own_text(body)
        headers = [h for h in headers if not h.startswith(("Content-Length", "Transfer-Enc"))]
    elif answer.code == 200 and body.startswith(b'{"status":"success","data":['):
        body = groups_sorted(body)
        headers = [h for h in headers if not h.startswith(("Content-Length", "Transfer-Enc"))]
    elif answer.code == 200 and body.startswith(b'{"status":"success","data":{"build_information":'):
        body = status_shape(body)
        headers = [h for h in headers if not h.startswith(("Content-Length", "Transfer-Enc"))]
    elif answer.code >= 400:
        body = TIME_VALUE.sub(rb"\1TIME", errors_sorted(body))
        if b"TIME" in body or b"\n* " in body:
            headers = [h for h in headers if not h.startswith("Content-Length")]
    head = f"{answer.code} {answer.version} {answer.reason}\n" + "\n".join(headers) + "\n\n"
    return head.encode("latin-1") + body


def shown_log(text):
    """Lines without time, place and port; what differing helps cause is logged at other moments (listed)."""
    lines = []
    for line in text.split(b"\n"):
        line = re.sub(rb"^ts=\S+ |caller=\S+ |(?<=127\.0\.0\.1:)\d+", b"", line)
        line = re.sub(rb"(push_(?:failure_)?time_seconds[^*]*value:)1\.\d+e\+09", rb"\1TIME", line)
        head, *errors = line.split(rb"\n* ")
        end = b'"' if errors and errors[-1].endswith(b'"') else b""
        if errors:
            errors[-1] = errors[-1].removesuffix(end)
        if b'msg="metric families ' not in line:
            lines.append(rb"\n* ".join([head] + sorted(errors)) + end)
    return b"\n".join(sorted(lines))


def inflated(body):
    import zlib

    try:
        return zlib.decompress(body, 31)
    except zlib.error as e:
        return b"not gzip: " + str(e).encode()


OWN = re.compile(rb"^(?:# (?:HELP|TYPE) )?(?:go_|process_|pushgateway_)")
TIME_VALUE = re.compile(rb"(push_(?:failure_)?time_seconds\" \{[^\n]*gauge:\{value:)[0-9.]+e\+09")
TIME = re.compile(rb"^(push_(?:failure_)?time_seconds\{.*\} )[0-9.]+e\+09$")


def without_own_text(body):
    lines = [TIME.sub(rb"\1TIME", line) for line in body.split(b"\n") if not OWN.match(line)]
    return b"\n".join(lines)


def without_own_debug(body, between):
    families = [f for f in body.split(between) if not re.match(rb'name: *"(?:go_|process_|pushgateway_)', f)]
    return re.sub(rb"(gauge:\s*\{\s*value:\s*)1\.[0-9]+e\+09", rb"\1TIME", between.join(families))


def errors_sorted(body):
    if b" error(s) occurred:\n* " not in body:
        return body
    head, *errors = re.split(rb"\n\* ", body.rstrip(b"\n"))
    return b"\n* ".join([head] + sorted(errors))


def groups_sorted(body):
    text = body.decode("utf-8", "surrogateescape")
    at = len('{"status":"success","data":[')
    groups = []
    decoder = json.JSONDecoder()
    while text[at : at + 1] == "{":
        try:
            end = decoder.raw_decode(text, at)[1]
        except ValueError:
            return body
        groups.append(text[at:end])
        at = end + (text[end : end + 1] == ",")
    rest = text[at:]
    joined = "\n".join(sorted(groups)) + "\n" + rest
    joined = re.sub(r'"time_stamp":"20[^"]*"', '"time_stamp":"TIME"', joined)
    joined = re.sub(r'("value":)"1\.[0-9]+e\+09"', r'\1"TIME"', joined)
    return joined.encode("utf-8", "surrogateescape")


# Flags of the original; the rest of those shown are this gateway's own, or Debian's, or differ by nature.
FLAGS = """log.format log.level persistence.file persistence.interval push.disable-consistency-check
push.enable-utf8-names web.config.file web.enable-admin-api web.enable-lifecycle web.external-url web.route-prefix
web.systemd-socket web.telemetry-path""".split()


def status_shape(body):
    data = json.loads(body)["data"]
    flags = {name: data["flags"].get(name) for name in FLAGS}
    start = re.sub(r"[0-9]+", "N", data["start_time"])
    return repr((list(data), list(data["build_information"]), flags, start)).encode()


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def fields(data):
    """The fields of a message: (number, its value, its bytes)."""
    at = 0
    while at < len(data):
        start = at
        tag, at = varint(data, at)
        kind = tag & 7
        value = None
        if kind == 0:
            value, at = varint(data, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
            value = data[at : at + size]
            at += size
        elif kind == 2:
            size, at = varint(data, at)
            value = data[at : at + size]
            at += size
        else:
            raise IndexError
        yield tag >> 3, value, data[start:at]


def shown_metric(metric, escaped):
    """Labels as text, absent parts as empty ones. What is unknown may be lost when names are escaped."""
    labels = []
    rest = b""
    for number, value, data in fields(metric):
        if number == 1:
            parts = {n: v for n, v, _ in fields(value)}
            labels.append(parts.get(1, b"").hex().encode() + b'="' + parts.get(2, b"").hex().encode() + b'"')
        elif number < 8 or not escaped:
            rest += data
    rest = re.sub(rb"^\x12\x09\x09......\xda\x41", b"TIME", rest, flags=re.S) if b"\xda\x41" in rest else rest
    return b"  " + b",".join(labels) + b" " + rest.hex().encode()


def without_own_protobuf(body, escaped):
    """The families that are not the gateway's own, as lines. A family without type is a counter."""
    lines = []
    try:
        for _, family, _ in fields(b"".join(b"\x0a" + part for part in delimited(body))):
            parts = {1: b"", 3: 0}
            metrics = []
            for number, value, _ in fields(family):
                if number == 4:
                    metrics.append(shown_metric(value, escaped))
                else:
                    parts[number] = value
            if not re.match(rb"go_|process_|pushgateway_", parts[1]):
                lines += [repr(sorted(parts.items())).encode()] + metrics
    except IndexError:
        lines.append(b"cut")
    return b"\n".join(lines)


def delimited(body):
    """The messages, each behind its length."""
    at = 0
    while at < len(body):
        size, end = varint(body, at)
        if end + size > len(body):
            raise IndexError
        yield body[at : end + size]
        at = end + size

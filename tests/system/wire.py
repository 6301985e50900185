# SPDX-License-Identifier: Apache-2.0
"""Raw HTTP/1.x over a socket: what is sent is exactly what was given, what comes is checked as framing."""

import select
import socket
import time

STEP_SECONDS = 10.0


class WireError(Exception):
    """What came is not an HTTP answer, or did not come in time."""


class Answer:
    """One HTTP answer as it stood on the wire."""

    def __init__(self, version, code, reason, headers):
        self.version = version
        self.code = code
        self.reason = reason
        self.headers = headers  # [(name, value)] in order
        self.body = b""

    def get(self, name):
        return [v for n, v in self.headers if n.lower() == name.lower()]


class Connection:
    """One connection; every call is bounded by STEP_SECONDS."""

    def __init__(self, port, narrow=False):
        self.socket = socket.socket()
        self.socket.settimeout(STEP_SECONDS)
        if narrow:  # so that an answer does not fit into the kernel's buffers
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.ended = False

    def close(self):
        self.socket.close()

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def is_serving(self):
        # a scrape is the one request that the gateway does not count
        self.send(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return self.read_answer().code != 503

    def send(self, data):
        """Send all, reading meanwhile: a server may answer and close before it has read everything."""
        self.socket.setblocking(False)
        end = time.monotonic() + STEP_SECONDS
        view = memoryview(data)
        while view and not self.ended:
            left = end - time.monotonic()
            if left <= 0:
                if self.buffer:  # answered, and reads no more
                    return
                raise WireError("the request could not be sent in time")
            readable, writable, _ = select.select([self.socket], [self.socket], [], left)
            try:
                if readable:
                    self._read_once()
                if writable and not self.ended:
                    view = view[self.socket.send(view[:65536]) :]
            except BlockingIOError:
                pass
            except (BrokenPipeError, ConnectionResetError):
                break

    def _read_once(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        if data:
            self.buffer += data
        else:
            self.ended = True

    def _more(self, end):
        """Wait for more bytes; False at the end of the stream."""
        if self.ended:
            return False
        self.socket.setblocking(False)
        left = end - time.monotonic()
        readable = left > 0 and select.select([self.socket], [], [], left)[0]
        if not readable:
            raise WireError(f"no (whole) answer in time; so far: {self.buffer[:200]!r}")
        self._read_once()
        return not self.ended

    def _take_until(self, mark, end):
        while mark not in self.buffer:
            if not self._more(end):
                raise WireError(f"the connection ended inside an answer: {self.buffer[:200]!r}")
        head, self.buffer = self.buffer.split(mark, 1)
        return head

    def _take(self, n, end):
        while len(self.buffer) < n:
            if not self._more(end):
                raise WireError(f"the connection ended {n - len(self.buffer)} bytes before the body did")
        head, self.buffer = self.buffer[:n], self.buffer[n:]
        return head

    def is_closed(self):
        """The peer ends the connection and sends nothing before."""
        end = time.monotonic() + STEP_SECONDS
        while not self.buffer:
            if not self._more(end):
                return True
        return False

    def is_cut(self):
        """The peer ends the connection within an answer."""
        end = time.monotonic() + STEP_SECONDS
        while self._more(end):
            pass
        if not self.buffer:
            return False
        try:
            self.read_answer()
        except WireError:
            self.buffer = b""  # what there is of it
            return True
        return False

    def is_open(self, seconds=0.2):
        """Nothing comes and the connection stays for a moment."""
        if self.buffer or self.ended:
            return False
        return not select.select([self.socket], [], [], seconds)[0]

    def read_answer(self, to_head=False):
        """One answer, its framing checked."""
        end = time.monotonic() + STEP_SECONDS
        if not self.buffer and not self._more(end):
            raise WireError("the connection was closed without an answer")
        lines = self._take_until(b"\r\n\r\n", end).split(b"\r\n")
        words = lines[0].decode("latin-1").split(" ", 2)
        if len(words) != 3 or not words[0].startswith("HTTP/1.") or not words[1].isdigit():
            raise WireError(f"not a status line: {lines[0]!r}")
        headers = []
        for line in lines[1:]:
            name, colon, value = line.decode("latin-1").partition(":")
            if not colon or not name or name != name.strip() or "\n" in line.decode("latin-1"):
                raise WireError(f"not a header line: {line!r}")
            headers.append((name, value.strip()))
        answer = Answer(words[0], int(words[1]), words[2], headers)
        self._read_body(answer, to_head, end)
        return answer

    def _read_body(self, answer, to_head, end):
        length = answer.get("Content-Length")
        if len(length) > 1:
            raise WireError("two Content-Length headers")
        if to_head or answer.code < 200 or answer.code in (204, 304):
            return
        if answer.get("Transfer-Encoding") == ["chunked"]:
            if length:
                raise WireError("Content-Length beside chunked")
            while True:
                size = int(self._take_until(b"\r\n", end), 16)
                answer.body += self._take(size, end)
                if self._take(2, end) != b"\r\n":
                    raise WireError("a chunk does not end with CRLF")
                if size == 0:
                    return
        if length:
            answer.body = self._take(int(length[0]), end)
            return
        while self._more(end):
            pass
        answer.body, self.buffer = self.buffer, b""

# SPDX-License-Identifier: Apache-2.0
"""HTTP/2 over TLS, frame by frame: what is sent is exactly what was given. hpack (Debian's python3-hpack) knows
header compression; everything else is here, so that it can be done wrong on purpose."""

import socket
import ssl
import struct
import sys
import time

from wire import STEP_SECONDS, Answer, WireError

sys.path.append("/usr/lib/python3/dist-packages")
import hpack  # noqa: E402

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED = 1, 1, 4, 8
ERRORS = ("NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
          "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
          "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED")
REASONS = {200: "OK", 202: "Accepted", 206: "Partial Content", 301: "Moved Permanently", 304: "Not Modified",
           307: "Temporary Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
           405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Timeout", 409: "Conflict",
           413: "Request Entity Too Large", 415: "Unsupported Media Type", 416: "Requested Range Not Satisfiable",
           417: "Expectation Failed", 422: "Unprocessable Entity", 429: "Too Many Requests",
           431: "Request Header Fields Too Large", 500: "Internal Server Error", 503: "Service Unavailable"}
WINDOW = 2**31 - 1


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes((kind, flags)) + struct.pack(">I", stream) + payload


def setting(number, value):
    return struct.pack(">HI", number, value)


def window_update(stream, bytes_more):
    return frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", bytes_more))


def client_context(authority=None):
    context = ssl.create_default_context(cafile=authority)
    if authority is None:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    return context


class Ended(WireError):
    """The server ended the connection; `code` is of its GOAWAY."""

    def __init__(self, code):
        super().__init__(f"the connection ended ({code})")
        self.code = code


class Reset(WireError):
    """The server ended one stream."""

    def __init__(self, code):
        super().__init__(f"the stream was reset ({code})")
        self.code = code


class Stream:
    def __init__(self):
        self.headers = []
        self.interim = []  # status codes before the last
        self.body = b""
        self.ended = False
        self.reset = None


class Http2:
    """One connection. Windows for answers are wide open, unless `settings` say otherwise."""

    def __init__(self, port, context=None, settings=setting(4, WINDOW), preface=PREFACE, receive_bytes=None):
        raw = socket.socket()
        raw.settimeout(STEP_SECONDS)
        if receive_bytes:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        raw.connect(("127.0.0.1", port))
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = (context or client_context()).wrap_socket(raw, server_hostname="localhost")
        self.encoder, self.decoder = hpack.Encoder(), hpack.Decoder()
        self.decoder.max_header_list_size = 8 * 1024 * 1024
        self.next_stream = 1
        self.streams = {}
        self.buffer = b""
        self.pings = []
        self.goaway = None
        self.block = b""
        self.window, self.stream_window, self.windows = 65535, 65535, {}
        self.silent = preface is None
        if preface is not None:
            self.send(preface + frame(SETTINGS, 0, 0, settings))
            if settings == setting(4, WINDOW):
                self.send(window_update(0, WINDOW - 65535))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            pass  # what the server said before stands in the buffer

    def is_serving(self):
        return self.request("GET", "/metrics").code != 503

    # --- requests

    def fields(self, method, target, headers=(), authority="x"):
        fields = [(":method", method), (":scheme", "https"), (":path", target)]
        return fields + ([(":authority", authority)] if authority else []) + list(headers)

    def begin(self, fields, end=True, raw=None):
        """Sends HEADERS (and CONTINUATION); the number of the stream."""
        stream = self.next_stream
        self.next_stream += 2
        self.streams[stream] = Stream()
        block = self.encoder.encode(fields) if raw is None else raw
        pieces = [block[i : i + 16384] for i in range(0, len(block), 16384)] or [b""]
        for i, piece in enumerate(pieces):
            flags = (END_STREAM if end and i == 0 else 0) | (END_HEADERS if i == len(pieces) - 1 else 0)
            self.send(frame(CONTINUATION if i else HEADERS, flags, stream, piece))
        return stream

    def body(self, stream, data, end=True):
        """As the server's windows allow."""
        at = 0
        while at < len(data):
            room = min(self.window, self.windows.get(stream, self.stream_window), 16384, len(data) - at)
            if room <= 0:
                if self.streams[stream].ended or self.streams[stream].reset:
                    return
                self.read_frame()
                continue
            last = end and at + room == len(data)
            self.send(frame(DATA, END_STREAM if last else 0, stream, data[at : at + room]))
            at += room
            self.window -= room
            self.windows[stream] = self.windows.get(stream, self.stream_window) - room
        if end and not data:
            self.send(frame(DATA, END_STREAM, stream))

    def request(self, method, target, headers=(), body=None, authority="x"):
        stream = self.begin(self.fields(method, target, headers, authority), end=body is None)
        if body is not None:
            self.body(stream, body)
        return self.answer(stream)

    # --- answers

    def _more(self, end):
        self.socket.settimeout(max(end - time.monotonic(), 0.001))
        try:
            data = self.socket.recv(65536)
        except (TimeoutError, ssl.SSLWantReadError):
            raise WireError("nothing came in time") from None
        except OSError:
            data = b""
        if not data:
            raise Ended(self.goaway)
        self.buffer += data

    def _take(self, n, end):
        while len(self.buffer) < n:
            self._more(end)
        head, self.buffer = self.buffer[:n], self.buffer[n:]
        return head

    def read_frame(self, seconds=STEP_SECONDS):
        """Takes the next frame, and notes what it says."""
        end = time.monotonic() + seconds
        head = self._take(9, end)
        payload = self._take(int.from_bytes(head[:3], "big"), end)
        kind, flags, stream = head[3], head[4], int.from_bytes(head[5:], "big")
        noted = self.streams.get(stream)
        if kind in (HEADERS, CONTINUATION):
            self.block += payload
            if flags & END_HEADERS:
                self._headers(noted, self.decoder.decode(self.block))
                self.block = b""
        elif kind == DATA:
            noted.body += payload
        elif kind == RST_STREAM and noted:
            noted.reset = ERRORS[int.from_bytes(payload, "big")]
        elif kind == SETTINGS and not flags & ACK:
            for number, value in struct.iter_unpack(">HI", payload):
                if number == 4:
                    self.windows = {s: w + value - self.stream_window for s, w in self.windows.items()}
                    self.stream_window = value
            if not self.silent:
                self.send(frame(SETTINGS, ACK, 0))
        elif kind == PING:
            self.pings.append((flags, payload))
        elif kind == GOAWAY:
            self.goaway = ERRORS[int.from_bytes(payload[4:8], "big")]
        elif kind == WINDOW_UPDATE:
            more = int.from_bytes(payload, "big")
            if stream == 0:
                self.window += more
            else:
                self.windows[stream] = self.windows.get(stream, self.stream_window) + more
        if kind in (HEADERS, DATA) and flags & END_STREAM:
            noted.ended = True
        return kind, flags, stream, payload

    @staticmethod
    def _headers(noted, fields):
        if fields[0][0] != ":status" or any(name.startswith(":") for name, _ in fields[1:]):
            raise WireError(f"not the header of an answer: {fields!r}")
        if int(fields[0][1]) < 200:
            noted.interim.append(int(fields[0][1]))
        elif noted.headers:
            raise WireError("two headers in one answer")
        else:
            noted.headers = fields

    def answer(self, stream, seconds=STEP_SECONDS):
        """The whole answer, as one of HTTP/1.1."""
        end = time.monotonic() + seconds
        noted = self.streams[stream]
        while not noted.ended:
            if noted.reset:
                raise Reset(noted.reset)
            self.read_frame(end - time.monotonic())
        code = int(noted.headers[0][1])
        if any(name != name.lower() for name, _ in noted.headers):
            raise WireError(f"a name that is not in lower case: {noted.headers!r}")
        answer = Answer("HTTP/1.1", code, REASONS[code], noted.headers[1:])
        answer.body = noted.body
        return answer

    def end(self, seconds=STEP_SECONDS):
        """Reads until the connection ends; the code of the GOAWAY, or None."""
        end = time.monotonic() + seconds
        try:
            while True:
                self.read_frame(end - time.monotonic())
        except Ended as e:
            return e.code

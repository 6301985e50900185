#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""http2.py --binary PATH [--reference]: HTTP/2 as frames: what is answered, what is a fault of the stream or of the
connection, which floods end it, which deadlines hold. With --reference the binary is the Go gateway: it must pass what
is not about limits."""

import argparse
import contextlib
import hashlib
import os
import signal
import ssl
import struct
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
import tls  # noqa: E402
from certificates import Authority  # noqa: E402
from http2_wire import (ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, PREFACE,  # noqa: E402
                        PRIORITY, PUSH_PROMISE, RST_STREAM, SETTINGS, WINDOW_UPDATE, Ended, Http2, Reset,
                        Stream, client_context, frame, setting, window_update)
from wire import WireError  # noqa: E402

CALM = "ENHANCE_YOUR_CALM"
CANCEL = struct.pack(">I", 8)


class Case(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.authority = Authority(cls.directory.name)
        cls.authority.issue("server")
        cls.trust = os.path.join(cls.directory.name, "ca.crt")

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def start(self, *flags, more=""):
        return tls.Gateway(self.directory.name, tls.BASE + more, *flags)

    def connect(self, gateway, **options):
        return Http2(gateway.port, client_context(self.trust), **options)

    def serves(self, gateway):
        with self.connect(gateway) as h2:
            self.assertEqual(h2.request("GET", "/-/healthy").body, b"OK")

    def filled(self, gateway, megabytes):
        with self.connect(gateway) as h2:
            body = b"".join(b'm{l="%d%s"} 1\n' % (i, b"x" * 1000) for i in range(1000 * megabytes))
            self.assertEqual(h2.request("PUT", "/metrics/job/x", body=body).code, 200)


class Answers(Case):
    def test_the_protocol_is_chosen_in_the_handshake_and_may_be_switched_off(self):
        rows = [(["h2"], "", "h2"), (["http/1.1", "h2"], "", "h2"), (["http/1.1"], "", "http/1.1"), ([], "", None),
                (["h2", "http/1.1"], tls.NO_HTTP2, "not h2")]
        for offered, more, chosen in rows:
            with self.subTest(offered=offered, more=more), self.start(more=more) as gateway:
                context = client_context(self.trust)
                if offered:
                    context.set_alpn_protocols(offered)
                else:
                    context = ssl.create_default_context(cafile=self.trust)
                with gateway.connect(context) as connection:
                    spoken = connection.selected_alpn_protocol()
                self.assertEqual(spoken if chosen != "not h2" else spoken != "h2", chosen if chosen != "not h2" else True)
                gateway.wait_for_log(f'msg="TLS is enabled." http2={"false" if more else "true"}')

    def test_a_suite_that_is_not_for_http2_ends_the_connection(self):
        with self.start("--log.level=debug") as gateway:
            context = client_context(self.trust)
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.set_ciphers("ECDHE-ECDSA-AES128-SHA")
            with Http2(gateway.port, context) as h2:
                self.assertEqual(h2.end(), "INADEQUATE_SECURITY")
            context.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256")
            with Http2(gateway.port, context) as h2:
                self.assertEqual(h2.request("GET", "/-/healthy").code, 200)

    def test_headers_are_sorted_by_name_then_length_and_date(self):
        rows = [("GET", "/-/healthy", 200, ["content-type", "content-length", "date"]),
                ("GET", "/nope", 404, ["content-type", "x-content-type-options", "content-length", "date"]),
                ("HEAD", "/-/healthy", 405,
                 ["allow", "content-type", "x-content-type-options", "content-length", "date"]),
                ("GET", "//a", 301, ["content-type", "location", "content-length", "date"]),
                ("PUT", "/metrics/job/x", 200, ["content-length", "date"]),
                ("DELETE", "/metrics/job/x", 202, ["content-length", "date"])]
        with self.start() as gateway, self.connect(gateway) as h2:
            for method, target, code, names in rows:
                with self.subTest(method=method, target=target):
                    answer = h2.request(method, target, body=b"" if method == "PUT" else None)
                    self.assertEqual(answer.code, code)
                    self.assertEqual([name for name, _ in answer.headers], names)
                    self.assertEqual(answer.body == b"", method in ("HEAD", "PUT", "DELETE"))

    def test_configured_headers_stand_among_them_and_on_refusals(self):
        more = f"http_server_config:\n  headers:\n    X-Frame-Options: deny\nbasic_auth_users:\n  u: {tls.HASH}\n"
        with self.start(more=more) as gateway, self.connect(gateway) as h2:
            answer = h2.request("GET", "/-/healthy")
            self.assertEqual((answer.code, answer.body), (401, b"Unauthorized\n"))
            names = [name for name, _ in answer.headers]
            self.assertEqual(names, ["content-type", "www-authenticate", "x-content-type-options", "x-frame-options",
                                     "content-length", "date"])

    def test_a_body_of_4096_bytes_has_a_length_and_a_longer_one_has_none(self):
        with self.start() as gateway, self.connect(gateway) as h2:
            def pushed(n):
                h2.request("PUT", "/metrics/job/x", body=b'm{l="' + b"y" * n + b'"} 1\n')
                return h2.request("GET", "/api/v1/metrics")

            at_4096 = 100 + 4096 - len(pushed(100).body)
            kinds = set()
            for n in range(at_4096 - 20, at_4096 + 20):  # times are shorter now and then
                answer = pushed(n)
                kinds.add(len(answer.body) <= 4096)
                self.assertEqual(answer.get("content-length"),
                                 [str(len(answer.body))] if len(answer.body) <= 4096 else [])
            self.assertEqual(kinds, {True, False})

    def test_requests_of_one_connection_do_not_wait_for_each_other(self):
        with self.start() as gateway, self.connect(gateway) as h2:
            late = h2.begin(h2.fields("PUT", "/metrics/job/late"), end=False)
            h2.body(late, b"late ", end=False)
            many = [h2.begin(h2.fields("POST", f"/metrics/job/j{i}"), end=False) for i in range(50)]
            for i, stream in enumerate(reversed(many)):
                h2.body(stream, b"m %d\n" % i)
            self.assertEqual({h2.answer(stream).code for stream in many}, {200})
            self.assertFalse(h2.streams[late].headers)
            h2.body(late, b"7\n")
            self.assertEqual(h2.answer(late).code, 200)
            lines = h2.request("GET", "/metrics").body.splitlines()
            self.assertIn(b'late{instance="",job="late"} 7', lines)
            self.assertEqual(sum(line.startswith(b"m{") for line in lines), 50)

    def test_bodies_larger_than_the_windows_arrive_whole(self):
        line = b'm{l="%s"} 1\n'
        body = b"".join(line % (b"%07d" % i) for i in range(100000))
        with self.start() as gateway, self.connect(gateway) as h2:
            self.assertGreater(len(body), 1500000)
            self.assertEqual(h2.request("PUT", "/metrics/job/x", body=body).code, 200)
            got = h2.request("GET", "/metrics").body
            self.assertEqual(got.count(b"\nm{"), 100000)

    def test_bodies_of_one_connection_share_its_limit_and_all_become_whole(self):
        if tls.IS_REFERENCE:
            return
        size = 900000
        with self.start(f"--web.max-body-bytes={size}") as gateway, self.connect(gateway) as h2:
            streams = [h2.begin(h2.fields("PUT", f"/metrics/job/j{i}"), end=False) for i in range(8)]
            left = {stream: size for stream in streams}
            while left:
                sent = False
                for stream in list(left):
                    room = min(h2.window, h2.windows.get(stream, h2.stream_window), 16000, left[stream])
                    if room > 0:
                        h2.body(stream, b"\n" * room, end=room == left[stream])
                        left[stream] -= room
                        sent = True
                        if not left[stream]:
                            del left[stream]
                if not sent:
                    h2.read_frame()
            self.assertEqual({h2.answer(stream).code for stream in streams}, {200})

    def test_who_waits_for_a_word_before_the_body_gets_it(self):
        with self.start() as gateway, self.connect(gateway) as h2:
            fields = h2.fields("PUT", "/metrics/job/x", [("expect", "100-continue"), ("content-length", "4")])
            stream = h2.begin(fields, end=False)
            while not h2.streams[stream].interim:
                h2.read_frame()
            self.assertEqual(h2.streams[stream].interim, [100])
            h2.body(stream, b"m 1\n")
            self.assertEqual(h2.answer(stream).code, 200)

    def test_a_length_that_is_not_the_body_s_is_refused_for_every_method(self):
        with self.start() as gateway, self.connect(gateway) as h2:
            with self.assertRaises(Reset):  # by nghttp2, which counts for all but this one:
                h2.answer(h2.begin(h2.fields("PUT", "/metrics/job/x", [("content-length", "3")])))
            connect = [(":method", "CONNECT"), (":authority", "x"), ("content-length", "3")]
            self.assertEqual(h2.answer(h2.begin(connect)).code, 400)

    def test_trailers_are_read_and_forgotten(self):
        with self.start() as gateway, self.connect(gateway) as h2:
            stream = h2.begin(h2.fields("PUT", "/metrics/job/x"), end=False)
            h2.body(stream, b"m 1\n", end=False)
            h2.send(frame(HEADERS, END_STREAM | END_HEADERS, stream, h2.encoder.encode([("x-late", "1")])))
            self.assertEqual(h2.answer(stream).code, 200)

    def test_who_waits_for_a_word_gets_it_once_the_password_is_checked(self):
        more = f"basic_auth_users:\n  u: {tls.HASH}\n"
        words = [("authorization", "Basic dTpzZWNyZXQ="), ("expect", "100-continue"), ("content-length", "4")]
        with self.start(more=more) as gateway, self.connect(gateway) as h2:
            stream = h2.begin(h2.fields("PUT", "/metrics/job/x", words), end=False)
            while not h2.streams[stream].interim:
                h2.read_frame()
            self.assertEqual(h2.streams[stream].interim, [100])
            h2.body(stream, b"m 1\n")
            self.assertEqual(h2.answer(stream).code, 200)

    def test_passwords_are_checked_while_other_streams_go_on(self):
        more = f"basic_auth_users:\n  u: {tls.HASH}\n"
        right, wrong = "Basic dTpzZWNyZXQ=", "Basic dTp3cm9uZw=="
        with self.start(more=more) as gateway, self.connect(gateway) as h2:
            streams = []
            for i in range(20):
                word = right if i % 2 else wrong
                streams.append(h2.begin(h2.fields("PUT", f"/metrics/job/j{i}", [("authorization", word)]), end=False))
                h2.body(streams[-1], b"m 1\n")
            self.assertEqual([h2.answer(s).code for s in streams], [200 if i % 2 else 401 for i in range(20)])

    def test_each_stream_has_its_own_user_and_a_body_closes_an_open_path(self):
        if tls.IS_REFERENCE:  # it has no such keys
            return
        token = hashlib.sha256(b"token-of-ci").hexdigest()
        more = f"basic_auth_users: {{u: {tls.HASH}}}\nbearer_tokens: {{ci: {token}}}\n" \
               "roles: {u: [push], ci: [scrape]}\nopen_paths: [/-/healthy]\n"
        rows = [("Basic dTpzZWNyZXQ=", 403), ("Bearer token-of-ci", 200), ("Bearer other", 401), ("", 401)]
        with self.start(more=more) as gateway, self.connect(gateway) as h2:
            streams = [h2.begin(h2.fields("GET", "/metrics", [("authorization", word)])) for word, _ in rows]
            self.assertEqual([h2.answer(s).code for s in streams], [code for _, code in rows])
            self.assertEqual(h2.request("GET", "/-/healthy").code, 200)
            answer = h2.answer(h2.begin(h2.fields("GET", "/-/healthy"), end=False))
            self.assertEqual(answer.code, 401)
            self.assertEqual([value for name, value in answer.headers if name == "www-authenticate"], ["Basic", "Bearer"])

    def test_who_lacks_the_role_is_refused_before_the_body(self):
        """Whether a helper checks the password, as that of the first, or it is known."""
        if tls.IS_REFERENCE:  # it has no such keys
            return
        more = f"basic_auth_users: {{u: {tls.HASH}}}\nroles: {{u: [scrape]}}\n"
        word = [("authorization", "Basic dTpzZWNyZXQ=")]
        with self.start(more=more) as gateway, self.connect(gateway) as h2:
            for headers in ([], [("content-length", "50000000")], [("expect", "100-continue")],
                            [("content-encoding", "gzip")]):
                stream = h2.begin(h2.fields("PUT", "/metrics/job/x", word + headers), end=False)
                answer = h2.answer(stream)
                self.assertEqual((answer.code, answer.body),
                                 (403, b'user "u" may not do this: the role "push" is needed\n'))
            self.assertEqual(h2.request("GET", "/metrics", word).code, 200)

    def test_an_end_lets_open_requests_finish_and_takes_no_others(self):
        if tls.IS_REFERENCE:  # it waits for none
            return
        with self.start() as gateway, self.connect(gateway) as h2:
            stream = h2.begin(h2.fields("PUT", "/metrics/job/x"), end=False)
            h2.body(stream, b"m ", end=False)
            h2.send(frame(PING, 0, 0, b"12345678"))
            while not h2.pings:
                h2.read_frame()
            gateway.process.send_signal(signal.SIGTERM)
            while h2.goaway is None:
                h2.read_frame()
            self.assertEqual(h2.goaway, "NO_ERROR")
            h2.body(stream, b"1\n")
            self.assertEqual(h2.answer(stream).code, 200)
            self.assertEqual(h2.end(), "NO_ERROR")


GET = [(":method", "GET"), (":scheme", "https"), (":path", "/-/healthy"), (":authority", "x")]
MALFORMED = [  # what, fields
    ("no method", GET[1:]),
    ("no scheme", GET[:1] + GET[2:]),
    ("no path", GET[:2] + GET[3:]),
    ("an empty path", GET[:2] + [(":path", "")] + GET[3:]),
    ("a path twice", GET + [(":path", "/")]),
    ("a pseudo-header of an answer", GET + [(":status", "200")]),
    ("an unknown pseudo-header", GET + [(":nosuch", "1")]),
    ("a pseudo-header behind a field", GET[:3] + [("accept", "*/*")] + GET[3:]),
    ("a name in capitals", GET + [("X-Big", "1")]),
    ("a blank in a name", GET + [("x y", "1")]),
    ("an empty name", GET + [("", "1")]),
    ("a line end in a value", GET + [("x", "a\r\nhost: y")]),
    ("a NUL in a value", GET + [("x", "a\0b")]),
    ("a line end in the path", GET[:2] + [(":path", "/ HTTP/1.1\r\nhost: y")] + GET[3:]),
    ("a line end in the method", [(":method", "GET / HTTP/1.1\r\nx: y")] + GET[1:]),
    ("a line end in the authority", GET[:3] + [(":authority", "x\r\ny: z")]),
    ("a header of a connection", GET + [("connection", "close")]),
    ("a transfer coding", GET + [("transfer-encoding", "chunked")]),
    ("keep-alive", GET + [("keep-alive", "1")]),
    ("an upgrade", GET + [("upgrade", "h2c")]),
    ("te with more than trailers", GET + [("te", "gzip")]),
] + ([] if "--reference" in sys.argv else [  # which takes them
    ("two lengths", GET + [("content-length", "0"), ("content-length", "1")]),
    ("a length without a body", GET + [("content-length", "1")]),
])
REFUSED = [  # what, fields, status
    ("an escape that is none", GET[:2] + [(":path", "/%zz")] + GET[3:]),
    ("a second host", GET + [("host", "other")]),
]


class Faults(Case):
    def test_a_malformed_request_is_a_fault_of_its_stream(self):
        with self.start() as gateway:
            for what, fields in MALFORMED:
                with self.subTest(what), self.connect(gateway) as h2:
                    other = h2.begin(h2.fields("PUT", "/metrics/job/x"), end=False)
                    stream = h2.begin(fields)
                    try:
                        self.assertEqual(h2.answer(stream).code, 400)
                    except Reset as e:
                        self.assertEqual(e.code, "PROTOCOL_ERROR")
                    h2.body(other, b"m 1\n")
                    self.assertEqual(h2.answer(other).code, 200)

    def test_what_http_1_refuses_is_refused_with_a_sentence(self):
        if tls.IS_REFERENCE:  # it resets the stream, or takes it
            return
        with self.start() as gateway, self.connect(gateway) as h2:
            for what, fields in REFUSED:
                with self.subTest(what):
                    answer = h2.answer(h2.begin(fields))
                    self.assertEqual(answer.code, 400)
                    self.assertTrue(answer.body.startswith(b"400 Bad Request"), answer.body)
            self.assertEqual(h2.answer(h2.begin(GET + [("host", "x")])).code, 200)

    def test_a_body_that_is_not_as_long_as_promised_is_a_fault_of_its_stream(self):
        with self.start() as gateway, self.connect(gateway) as h2:
            for body in (b"m 1\nm 2\n", b"m"):
                stream = h2.begin(h2.fields("PUT", "/metrics/job/x", [("content-length", "4")]), end=False)
                h2.body(stream, body)
                try:
                    self.assertEqual(h2.answer(stream).code, 400)
                except Reset as e:
                    self.assertEqual(e.code, "PROTOCOL_ERROR")
            self.assertEqual(h2.request("GET", "/metrics").body.count(b'job="x"'), 0)

    def test_a_frame_that_breaks_the_protocol_ends_the_connection(self):
        head = frame(HEADERS, 0, 1, b"")
        rows = [  # what, frames, codes
            ("DATA without a stream", frame(DATA, 0, 0, b"x"), ["PROTOCOL_ERROR"]),
            ("DATA for a stream never opened", frame(DATA, 0, 1, b"x"), ["PROTOCOL_ERROR", "STREAM_CLOSED"]),
            ("HEADERS without a stream", frame(HEADERS, END_HEADERS, 0, b""), ["PROTOCOL_ERROR"]),
            ("HEADERS for a server's stream", frame(HEADERS, END_HEADERS, 2, b"\x82"), ["PROTOCOL_ERROR"]),
            ("padding longer than the frame", frame(DATA, 8, 1, b"\xff\x82"), ["PROTOCOL_ERROR"]),
            ("RST_STREAM of an idle stream", frame(RST_STREAM, 0, 1, CANCEL), ["PROTOCOL_ERROR"]),
            ("RST_STREAM of three bytes", frame(RST_STREAM, 0, 1, b"123"), ["FRAME_SIZE_ERROR"]),
            ("SETTINGS of five bytes", frame(SETTINGS, 0, 0, b"12345"), ["FRAME_SIZE_ERROR"]),
            ("SETTINGS for a stream", frame(SETTINGS, 0, 1), ["PROTOCOL_ERROR"]),
            ("SETTINGS agreed to with a payload", frame(SETTINGS, ACK, 0, setting(4, 1)), ["FRAME_SIZE_ERROR"]),
            ("a window that is too large", frame(SETTINGS, 0, 0, setting(4, 2**31)), ["FLOW_CONTROL_ERROR"]),
            ("a frame size that is too small", frame(SETTINGS, 0, 0, setting(5, 100)), ["PROTOCOL_ERROR"]),
            ("push neither on nor off", frame(SETTINGS, 0, 0, setting(2, 2)), ["PROTOCOL_ERROR"]),
            ("PUSH_PROMISE of a client", frame(PUSH_PROMISE, END_HEADERS, 1, b"\0\0\0\2\x82"), ["PROTOCOL_ERROR"]),
            ("PING of seven bytes", frame(PING, 0, 0, b"1234567"), ["FRAME_SIZE_ERROR"]),
            ("PING for a stream", frame(PING, 0, 1, b"12345678"), ["PROTOCOL_ERROR"]),
            ("GOAWAY for a stream", frame(GOAWAY, 0, 1, bytes(8)), ["PROTOCOL_ERROR"]),
            ("WINDOW_UPDATE of nothing", window_update(0, 0), ["PROTOCOL_ERROR"]),
            ("WINDOW_UPDATE of three bytes", frame(WINDOW_UPDATE, 0, 0, b"123"), ["FRAME_SIZE_ERROR"]),
            ("a window beyond 2^31", window_update(0, 2**31 - 1) * 2, ["FLOW_CONTROL_ERROR"]),
            ("CONTINUATION of nothing", frame(CONTINUATION, END_HEADERS, 1, b""), ["PROTOCOL_ERROR"]),
            ("a frame between a header's parts", head + frame(PING, 0, 0, bytes(8)), ["PROTOCOL_ERROR"]),
            ("the header of another stream between", head + frame(CONTINUATION, 4, 3, b""), ["PROTOCOL_ERROR"]),
            ("an index of no field", frame(HEADERS, END_HEADERS, 1, b"\xff\xff\x7f"), ["COMPRESSION_ERROR"]),
            ("a name that ends too early", frame(HEADERS, END_HEADERS, 1, b"\x40\x7f"), ["COMPRESSION_ERROR"]),
            ("a table larger than agreed", frame(HEADERS, END_HEADERS, 1, b"\x3f\xff\xff\x7f"), ["COMPRESSION_ERROR"]),
            ("a frame over 16384 bytes", frame(DATA, 0, 1, bytes(2**20 + 1)), ["FRAME_SIZE_ERROR"]),
        ]
        with self.start() as gateway:
            for what, frames, codes in rows:
                with self.subTest(what), self.connect(gateway) as h2:
                    h2.send(frames)
                    self.assertIn(h2.end(), codes + ([None] if tls.IS_REFERENCE else []))
            self.serves(gateway)

    def test_a_stream_below_the_last_one_is_not_served(self):
        with self.start() as gateway, self.connect(gateway) as h2:
            h2.next_stream = 5
            h2.request("GET", "/-/healthy")
            h2.next_stream = 3
            stream = h2.begin(h2.fields("GET", "/-/healthy"))
            h2.send(frame(PING, 0, 0, bytes(8)))
            try:
                while not h2.pings:
                    h2.read_frame()
            except Ended as e:
                self.assertIn(e.code, ["PROTOCOL_ERROR", "STREAM_CLOSED"])
            self.assertFalse(h2.streams[stream].headers)

    def test_frames_of_unknown_types_are_passed_over(self):
        with self.start() as gateway, self.connect(gateway) as h2:
            h2.send(frame(99, 255, 7, b"x" * 100) * 100)
            self.assertEqual(h2.request("GET", "/-/healthy").code, 200)

    def test_something_else_than_http2_is_ended(self):
        with self.start() as gateway:
            for preface in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", PREFACE[:-1] + b"x", PREFACE + frame(PING, 0, 0, bytes(8))):
                with self.subTest(preface), self.connect(gateway, preface=None) as h2:
                    h2.send(preface)
                    self.assertIn(h2.end(), ["PROTOCOL_ERROR", None])
            self.serves(gateway)


class Limits(Case):
    """Of this gateway alone."""

    def ends_calm(self, gateway, sentence, flood, seconds=30):
        with self.connect(gateway) as h2:
            flood(h2)
            self.assertEqual(h2.end(seconds), CALM)
        gateway.wait_for_log(sentence)
        self.serves(gateway)

    def test_a_header_over_its_limit_is_refused_and_one_far_over_ends_the_connection(self):
        with self.start("--web.max-header-bytes=20000") as gateway:
            with self.connect(gateway) as h2:
                answer = h2.request("GET", "/-/healthy", [("x", "y" * 15000), ("z", "y" * 5000)])
                self.assertEqual((answer.code, answer.body), (431, b"431 Request Header Fields Too Large"))
                self.assertEqual(h2.request("GET", "/-/healthy", [("x", "y" * 15000)]).code, 200)
            self.ends_calm(gateway, "the header is too large", lambda h2: h2.begin(
                h2.fields("GET", "/"), raw=h2.encoder.encode(h2.fields("GET", "/") + [("x", "y" * 4000)]) + b"\xbe" * 9000))

    def test_trailers_over_the_limit_of_a_header_are_forgotten_and_far_over_it_end_the_connection(self):
        def pushed(h2, n):
            stream = h2.begin(h2.fields("PUT", "/metrics/job/x"), end=False)
            h2.body(stream, b"m 1\n", end=False)
            block = h2.encoder.encode([("x", "y" * 4000)]) + b"\xbe" * (n - 1)
            h2.send(frame(HEADERS, END_STREAM | END_HEADERS, stream, block))
            return stream

        with self.start("--web.max-header-bytes=20000") as gateway:
            with self.connect(gateway) as h2:
                self.assertEqual(h2.answer(pushed(h2, 6)).code, 200)
                self.assertEqual(h2.request("GET", "/-/healthy").code, 200)
            self.ends_calm(gateway, "the header is too large", lambda h2: pushed(h2, 11))

    def test_more_fields_than_a_request_may_have_are_refused(self):
        with self.start() as gateway, self.connect(gateway) as h2:
            answer = h2.request("GET", "/-/healthy", [("x", str(i)) for i in range(1001)])
            self.assertEqual((answer.code, answer.body), (431, b"431 Request Header Fields Too Large: too many header lines"))

    def test_a_body_over_its_limit_is_refused_and_the_rest_of_it_not_wanted(self):
        sentence = b"the request body is over the limit of 1000 bytes (--web.max-body-bytes)\n"
        with self.start("--web.max-body-bytes=1000") as gateway, self.connect(gateway) as h2:
            other = h2.begin(h2.fields("PUT", "/metrics/job/x"), end=False)
            promised = h2.begin(h2.fields("PUT", "/metrics/job/x", [("content-length", "1001")]), end=False)
            found = h2.begin(h2.fields("PUT", "/metrics/job/x"), end=False)
            h2.body(found, b"\n" * 1001, end=False)
            for stream in (promised, found):
                answer = h2.answer(stream)
                self.assertEqual((answer.code, answer.body), (413, sentence))
                while h2.streams[stream].reset is None:
                    h2.read_frame()
                self.assertEqual(h2.streams[stream].reset, "NO_ERROR")
            h2.body(other, b"\n" * 1000)
            self.assertEqual(h2.answer(other).code, 200)

    def test_more_streams_than_agreed_are_refused(self):
        with self.start() as gateway, self.connect(gateway) as h2:
            streams = [h2.begin(h2.fields("PUT", "/metrics/job/x"), end=False) for _ in range(101)]
            with self.assertRaises(Reset) as refused:
                h2.answer(streams[-1])
            self.assertEqual(refused.exception.code, "REFUSED_STREAM")
            h2.body(streams[0], b"")
            self.assertEqual(h2.answer(streams[0]).code, 200)

    def test_floods_of_frames_that_carry_nothing_end_the_connection(self):
        rows = {
            "PING": lambda h2, n: frame(PING, 0, 0, bytes(8)),
            "SETTINGS": lambda h2, n: frame(SETTINGS, 0, 0),
            "PRIORITY": lambda h2, n: frame(PRIORITY, 0, 2 * n + 1, struct.pack(">IB", 0, 1)),
            "WINDOW_UPDATE": lambda h2, n: window_update(0, 1),
            "PING agreed to": lambda h2, n: frame(PING, ACK, 0, bytes(8)),
        }
        with self.start() as gateway:
            for what, one in rows.items():
                with self.subTest(what), self.connect(gateway, settings=b"") as h2:
                    h2.send(b"".join(one(h2, n) for n in range(20000)))
                    self.assertEqual(h2.end(30), CALM)
            gateway.wait_for_log("too many frames that carry nothing")
            self.serves(gateway)

    def test_floods_of_empty_bodies_and_of_small_windows_end_the_connection(self):
        def empty(h2):
            stream = h2.begin(h2.fields("PUT", "/metrics/job/x"), end=False)
            h2.send(frame(DATA, 0, stream) * 20000)

        def one_byte(h2):
            stream = h2.begin(h2.fields("PUT", "/metrics/job/x"), end=False)
            h2.send(frame(DATA, 0, stream, b"\n") * 20000)

        with self.start() as gateway:
            for flood in (empty, one_byte):
                with self.subTest(flood.__name__):
                    self.ends_calm(gateway, "too many frames that carry nothing", flood)
            with self.connect(gateway, settings=setting(4, 0)) as h2:
                stream = h2.begin(h2.fields("GET", "/metrics"))
                h2.send(window_update(stream, 1) * 20000)
                self.assertEqual(h2.end(30), CALM)

    def test_rapid_resets_end_the_connection(self):
        def flood(h2):
            block = h2.encoder.encode(h2.fields("GET", "/metrics"))
            h2.send(b"".join(frame(HEADERS, 5, 2 * n + 1, block) + frame(RST_STREAM, 0, 2 * n + 1, CANCEL)
                             for n in range(2000)))

        def faults(h2):  # the client has the server reset
            block = h2.encoder.encode(GET[:2])
            h2.send(b"".join(frame(HEADERS, 5, 2 * n + 1, block) for n in range(1500)))

        with self.start() as gateway:
            self.ends_calm(gateway, "too many streams reset", flood)
            self.ends_calm(gateway, "too many streams at fault", faults)

    def test_a_header_that_never_ends_ends_the_connection(self):
        with self.start("--web.header-timeout=400ms") as gateway:
            for frames, sentence in ((20000, "too many control frames"),
                                     (0, "the header did not arrive in time (--web.header-timeout)")):
                def endless(h2):
                    h2.request("GET", "/-/healthy")
                    h2.send(frame(HEADERS, 0, 3, h2.encoder.encode(GET)) + frame(CONTINUATION, 0, 3) * frames)
                self.ends_calm(gateway, sentence, endless)

    def test_who_says_nothing_is_ended(self):
        with self.start("--web.header-timeout=300ms", "--web.idle-timeout=600ms") as gateway:
            for options in ({"preface": None}, {}):
                with self.subTest(options), self.connect(gateway, **options) as h2:
                    began = time.monotonic()
                    self.assertEqual(h2.end(), "NO_ERROR")
                    self.assertLess(time.monotonic() - began, 5)
            with self.connect(gateway) as h2:
                h2.request("GET", "/-/healthy")
                began = time.monotonic()
                self.assertEqual(h2.end(), "NO_ERROR")
                self.assertGreater(time.monotonic() - began, 0.5)

    def test_a_body_that_does_not_arrive_is_answered(self):
        with self.start("--web.body-timeout=300ms") as gateway, self.connect(gateway) as h2:
            stream = h2.begin(h2.fields("PUT", "/metrics/job/x"), end=False)
            for _ in range(20):  # a deadline is for the whole, not for each byte
                h2.send(frame(DATA, 0, stream, b"\n"))
                time.sleep(0.05)
            answer = h2.answer(stream)
            self.assertEqual(answer.code, 408)
            self.assertEqual(answer.body, b"the body did not arrive within 300 ms (--web.body-timeout)\n")
            self.assertEqual(h2.request("GET", "/-/healthy").code, 200)

    def test_an_answer_waits_for_its_window_and_no_longer_than_its_deadline(self):
        with self.start("--web.response-timeout=600ms") as gateway:
            self.filled(gateway, 2)
            with self.connect(gateway, settings=setting(4, 1000)) as h2:
                stream = h2.begin(h2.fields("GET", "/metrics"))
                with self.assertRaises(Reset) as cut:
                    h2.answer(stream)
                self.assertEqual((cut.exception.code, len(h2.streams[stream].body)), ("CANCEL", 1000))
                self.assertEqual(h2.request("GET", "/-/healthy").code, 200)

    def test_who_does_not_read_is_cut(self):
        with self.start("--web.response-timeout=500ms") as gateway:
            self.filled(gateway, 8)
            with self.connect(gateway, receive_bytes=4096) as h2:
                for _ in range(4):
                    h2.begin(h2.fields("GET", "/metrics"))
                time.sleep(2)
                with self.assertRaises((Ended, WireError)):
                    while True:
                        h2.read_frame()
            self.serves(gateway)


class Counted(Case):
    """What meets a limit says so, and is counted by its flag."""

    def count(self, h2, limit):
        begin = b'pushgateway_limit_exceeded_total{limit="%s"} ' % limit.encode()
        lines = h2.request("GET", "/metrics").body.splitlines()
        return sum(int(line[len(begin):]) for line in lines if line.startswith(begin))

    def push_begun(self, h2, name, size):
        stream = h2.begin(h2.fields("PUT", f"/metrics/job/{name}"), end=False)
        h2.body(stream, b"\n" * size, end=False)
        return stream

    def test_bodies_of_all_connections_share_the_memory_there_is(self):
        with self.start("--web.max-buffer-bytes=3MiB") as gateway, self.connect(gateway) as watch:
            for round_ in range(1, 4):  # what is given back is there for the next
                with self.connect(gateway) as one, self.connect(gateway) as two:
                    kept = self.push_begun(one, "kept", 1000000)
                    other = self.push_begun(two, "other", 1000000)
                    answer = two.answer(self.push_begun(two, "third", 1500000))
                    self.assertEqual(answer.code, 429)
                    self.assertEqual(answer.body, b"requests and answers under way need more than 3145728 bytes "
                                                  b"(--web.max-buffer-bytes)\n")
                    self.assertEqual(self.count(watch, "web.max-buffer-bytes"), round_)
                    two.body(other, b"m 1\n")
                    one.body(kept, b"m 1\n")
                    self.assertEqual((two.answer(other).code, one.answer(kept).code), (200, 200))
            gateway.wait_for_log("(--web.max-buffer-bytes)")

    def test_heads_that_wait_for_their_bodies_are_charged_too(self):
        with self.start("--web.max-buffer-bytes=1MiB") as gateway, self.connect(gateway) as h2:
            large = [("x-large", "v" * 60000)] * 4
            streams = [h2.begin(h2.fields("PUT", "/metrics/job/x", large), end=False) for _ in range(8)]
            self.assertEqual(h2.answer(streams[-1]).code, 429)
            h2.body(streams[0], b"m 1\n")
            self.assertEqual(h2.answer(streams[0]).code, 200)
            self.assertGreater(self.count(h2, "web.max-buffer-bytes"), 0)

    def test_a_body_that_outgrows_the_memory_while_its_sender_is_judged_is_refused_then(self):
        more = f"basic_auth_users:\n  u: {tls.HASH}\n"
        headers = [("authorization", "Basic dTpzZWNyZXQ=")]
        with self.start("--web.max-buffer-bytes=1MiB", more=more) as gateway, self.connect(gateway) as h2:
            self.assertEqual(h2.request("GET", "/-/healthy").code, 401)  # the windows are known now
            streams = []
            for i in range(8):
                streams.append(h2.begin(h2.fields("PUT", f"/metrics/job/j{i}", headers), end=False))
                h2.body(streams[-1], b"\n" * 120000, end=False)
            self.assertEqual(h2.request("GET", "/-/healthy", headers).code, 200)
            for stream in streams:
                h2.body(stream, b"\n" * 120000, end=False)
            self.assertEqual(h2.request("GET", "/-/healthy", headers).code, 200)
            whole = [stream for stream in streams if not h2.streams[stream].ended]
            for stream in whole:
                h2.body(stream, b"m 1\n")
            self.assertEqual({h2.answer(stream).code for stream in whole}, {200})
            self.assertEqual({h2.answer(stream).code for stream in streams if stream not in whole}, {429})

    def test_a_large_body_goes_to_its_reader_without_a_copy(self):
        body = b"".join(b'm{l="%07d"} 1\n' % i for i in range(90000))
        self.assertTrue(1.2e6 < len(body) < 2**21)
        with self.start("--web.max-buffer-bytes=2500KiB") as gateway, self.connect(gateway) as h2:
            for _ in range(4):
                self.assertEqual(h2.request("PUT", "/metrics/job/x", body=body).code, 200)
            self.assertEqual(self.count(h2, "web.max-buffer-bytes"), 0)

    def test_headers_and_bodies_over_their_limits_are_counted(self):
        with self.start("--web.max-header-bytes=8192", "--web.max-body-bytes=1000") as gateway:
            with self.connect(gateway) as h2:
                self.assertEqual(h2.request("GET", "/-/healthy", [("x", "v" * 9000)]).code, 431)
                self.assertEqual(self.count(h2, "web.max-header-bytes"), 1)
                self.assertEqual(h2.request("PUT", "/metrics/job/x", [("content-length", "1001")], b"\n" * 1001).code,
                                 413)
                self.assertEqual(h2.answer(self.push_begun(h2, "x", 1001)).code, 413)
                self.assertEqual(self.count(h2, "web.max-body-bytes"), 2)
            for many in (lambda h2: h2.begin(GET + [("x", "v" * 9000)] * 3),
                         lambda h2: h2.send(frame(HEADERS, 0, 3, h2.encoder.encode(GET)) + frame(CONTINUATION, 0, 3) * 100)):
                with self.connect(gateway) as h2:
                    h2.request("GET", "/-/healthy")
                    many(h2)
                    self.assertEqual(h2.end(), CALM)
            with self.connect(gateway) as h2:
                self.assertEqual(self.count(h2, "web.max-header-bytes"), 3)

    def test_floods_are_counted_once_for_each_connection(self):
        def frames(h2):
            h2.send(frame(PING, 0, 0, bytes(8)) * 20000)

        def resets(h2):
            block = h2.encoder.encode(h2.fields("GET", "/metrics"))
            h2.send(b"".join(frame(HEADERS, 5, 2 * n + 1, block) + frame(RST_STREAM, 0, 2 * n + 1, CANCEL)
                             for n in range(2000)))

        def faults(h2):
            block = h2.encoder.encode(GET[:2])
            h2.send(b"".join(frame(HEADERS, 5, 2 * n + 1, block) for n in range(1500)))

        with self.start() as gateway:
            for flood, limit, n in ((frames, "web.http2-frames", 1), (resets, "web.http2-resets", 1),
                                    (faults, "web.http2-resets", 2)):
                with self.connect(gateway) as h2:
                    flood(h2)
                    self.assertEqual(h2.end(30), CALM)
                with self.connect(gateway) as h2:
                    self.assertEqual(self.count(h2, limit), n, flood.__name__)

    def test_deadlines_are_counted(self):
        with self.start("--web.header-timeout=300ms", "--web.body-timeout=300ms",
                        "--web.response-timeout=300ms") as gateway:
            with self.connect(gateway) as h2:
                h2.request("GET", "/-/healthy")
                h2.send(frame(HEADERS, 0, 3, h2.encoder.encode(GET)))
                self.assertEqual(h2.end(), CALM)
            with self.connect(gateway) as h2:
                self.assertEqual(h2.answer(h2.begin(h2.fields("PUT", "/metrics/job/x"), end=False)).code, 408)
            with self.connect(gateway, settings=setting(4, 10)) as h2, self.assertRaises(Reset):
                h2.answer(h2.begin(h2.fields("GET", "/metrics")))
            gateway.wait_for_log("the answer was not read in time (--web.response-timeout)")
            with self.connect(gateway) as h2:
                for limit in ("web.header-timeout", "web.body-timeout", "web.response-timeout"):
                    self.assertEqual(self.count(h2, limit), 1, limit)

    def test_headers_that_wait_to_be_sent_share_the_memory_there_is(self):
        """Small requests for large redirects: one field of 4 KB, named again and again, comes back three times as long.
        Who asks for that loses the connection, and no other one does."""
        def redirects(h2, n):
            for _ in range(n):
                h2.streams[h2.next_stream] = Stream()
                fields = h2.fields("HEAD", "//" + "\xff" * 1900)
                yield frame(HEADERS, 5, h2.next_stream, h2.encoder.encode(fields))
                h2.next_stream += 2

        with self.start("--web.max-buffer-bytes=1MiB", "--web.workers=1") as gateway, self.connect(gateway) as other:
            with self.connect(gateway) as h2:
                h2.send(b"".join(redirects(h2, 20)))
                self.assertEqual([h2.answer(stream).code for stream in range(1, 40, 2)], [301] * 20)
            with self.connect(gateway) as h2:
                h2.send(b"".join(redirects(h2, 99)))
                self.assertEqual(h2.end(), None)
            self.assertEqual(self.count(other, "web.max-buffer-bytes"), 1)
            gateway.wait_for_log("(--web.max-buffer-bytes)")

    def test_without_any_room_a_connection_gets_only_some_small_answers(self):
        with self.start("--web.max-buffer-bytes=1MiB", "--web.workers=1") as gateway, contextlib.ExitStack() as stack:
            for _ in range(6):  # heads of requests that are never whole take all there is
                h2 = stack.enter_context(self.connect(gateway))
                held = [h2.begin(h2.fields("PUT", "/metrics/job/x"), end=False) for _ in range(40)]
                h2.send(frame(PING, 0, 0, bytes(8)))
                while not h2.pings:
                    h2.read_frame()
            self.assertEqual(h2.answer(held[-1]).code, 429)
            h2 = stack.enter_context(self.connect(gateway))
            h2.streams = {stream: Stream() for stream in range(1, 80, 2)}
            h2.next_stream = 81
            h2.send(b"".join(frame(HEADERS, 5, stream, h2.encoder.encode(GET)) for stream in h2.streams))
            while not all(stream.ended or stream.reset for stream in h2.streams.values()):
                h2.read_frame()
            said = [int(stream.headers[0][1]) if stream.ended else stream.reset for stream in h2.streams.values()]
            answered = said.count(429)
            self.assertTrue(10 < answered < 40, said)
            self.assertEqual(said, [429] * answered + ["CANCEL"] * (40 - answered))
            self.assertEqual(h2.request("GET", "/-/healthy").code, 429)

    def scrapes_begun(self, h2, n):
        return [h2.begin(h2.fields("GET", "/metrics")) for _ in range(n)]

    def cut(self, h2, streams):
        """How many were, once all has been read."""
        h2.send(frame(PING, 0, 0, bytes(8)))
        while not h2.pings:
            h2.read_frame()
        return sum(h2.streams[stream].reset == "CANCEL" for stream in streams)

    def test_a_stream_that_is_not_read_gives_way_to_another_scrape(self):
        with self.start("--web.max-scrapes=4", "--web.workers=1") as gateway:
            self.filled(gateway, 1)
            with self.connect(gateway, settings=setting(4, 1000)) as idle, self.connect(gateway) as h2:
                streams = self.scrapes_begun(idle, 4)
                self.assertEqual(self.cut(idle, streams), 0)
                idle.pings.clear()
                time.sleep(0.1)
                self.assertEqual(h2.request("GET", "/metrics").code, 200)
                self.assertEqual(self.cut(idle, streams), 1)
                gateway.wait_for_log("(--web.max-scrapes)")

    def test_streams_that_are_never_read_hold_no_more_than_the_limit(self):
        with self.start("--web.max-buffer-bytes=4MiB", "--web.max-scrapes=10000", "--web.workers=1") as gateway:
            self.filled(gateway, 1)
            with self.connect(gateway, settings=setting(4, 1000)) as one, \
                    self.connect(gateway, settings=setting(4, 1000)) as two:
                kept = []
                for h2 in (one, two):  # 128 KiB each: 32 have a place at most
                    for _ in range(50):
                        kept += [(h2, stream) for stream in self.scrapes_begun(h2, 1)]
                        time.sleep(0.01)
                cut = sum(self.cut(h2, [s for h, s in kept if h is h2]) for h2 in (one, two))
                self.assertGreaterEqual(cut, 68)
                self.assertEqual(two.streams[kept[-1][1]].reset, None)
                with self.connect(gateway) as reader:
                    self.assertGreater(len(reader.request("GET", "/metrics").body), 1000000)
                    self.assertGreaterEqual(self.count(reader, "web.max-buffer-bytes"), 68)
            gateway.wait_for_log("answer cut: its client does not read")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--reference", action="store_true")
    options, rest = parser.parse_known_args()
    tls.BINARY, tls.IS_REFERENCE = os.path.abspath(options.binary), options.reference
    unittest.main(argv=[sys.argv[0], *rest])

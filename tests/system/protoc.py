#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""protoc.py --binary PATH: what the gateway writes as protobuf, judged by protoc."""

import argparse
import http.client
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
from gateway import Gateway  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
MESSAGE = "io.prometheus.client.MetricFamily"
TYPE = f"application/vnd.google.protobuf; proto={MESSAGE}; encoding="
BINARY = None
SECONDS = 20


def schema():
    with open(os.path.join(HERE, "metrics.proto")) as file:
        return file.read()


# What is known now, and what may be known some day: fields that today's gateway does not know.
NOW = schema()
FUTURE = re.sub(r"message (?!LabelPair|Timestamp)\w+ {",
                r"\g<0> optional string future = 99; optional fixed32 future_bits = 100;", NOW)


def protoc(action, data, proto=NOW):
    with tempfile.TemporaryDirectory() as directory:
        with open(os.path.join(directory, "metrics.proto"), "w") as file:
            file.write(proto)
        command = ["protoc", f"--{action}={MESSAGE}", f"--proto_path={directory}", "metrics.proto"]
        return subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=True).stdout


def encode(text):
    """A text of protobuf as a delimited message."""
    return delimited(protoc("encode", text.encode()))


def delimited(message):
    length, out = len(message), b""
    while length >= 0x80:
        out += bytes([length & 0x7F | 0x80])
        length >>= 7
    return out + bytes([length]) + message


def split(body):
    """The messages of a delimited stream."""
    at = 0
    while at < len(body):
        length = shift = 0
        while True:
            byte = body[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        yield body[at:at + length]
        at += length


def sample(name):
    with open(os.path.join(HERE, "bodies", name), "rb") as file:
        return file.read()


EVERYTHING = """
name: "all" help: "Gr\\303\\266\\303\\237e \\"q\\"\\n" type: HISTOGRAM
metric { label { name: "a" value: "b" } histogram {
  sample_count: 18446744073709551615 sample_sum: -inf
  bucket { cumulative_count: 3 upper_bound: 0.1
           exemplar { label { name: "id" value: "x" } value: 2 timestamp { seconds: -5 nanos: 7 } } }
  bucket { cumulative_count: 4 cumulative_count_float: 4.5 upper_bound: inf }
  created_timestamp { seconds: 1700000000 nanos: 999999999 }
  schema: -4 zero_threshold: 1e-128 zero_count: 7 zero_count_float: 0
  negative_span { offset: -3 length: 1 } negative_span { offset: 2 length: 1 } negative_delta: -9 negative_delta: 3
  positive_span { offset: 2147483647 length: 1 } positive_delta: 9223372036854775807
  exemplars { value: nan } exemplars { label { name: "t" value: "" } } } }
"""


class Protoc(unittest.TestCase):
    def setUp(self):
        self.gateway = Gateway(BINARY, False)
        self.addCleanup(self.gateway.stop)

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=SECONDS)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def push(self, body):
        self.assertEqual(self.request("PUT", "/metrics/job/x", body, {"Content-Type": TYPE + "delimited"}), (200, b""))

    def families(self):
        status, body = self.request("GET", "/metrics", headers={"Accept": TYPE + "delimited"})
        self.assertEqual(status, 200)
        return list(split(body))

    def test_protoc_reads_all_and_would_write_the_same(self):
        """Real bodies, one with every field there is, and the gateway's own metrics."""
        self.push(sample("classic.pb") + sample("native.pb") + encode(EVERYTHING))
        names = []
        for message in self.families():
            text = protoc("decode", message)
            self.assertIsNone(re.search(rb"^\s*\d+:", text, re.M), "a number that nobody knows")
            self.assertEqual(protoc("encode", text), message)
            names.append(re.match(rb'name: "(.*)"', text)[1])
        self.assertEqual(names, sorted(names))
        for name in (b"all", b"pb_native", b"pb_native_float", b"push_time_seconds", b"pushgateway_build_info"):
            self.assertIn(name, names)

    def test_a_metric_comes_out_as_it_went_in(self):
        """But for the labels of its group."""
        self.push(encode(EVERYTHING))
        shown = next(m for m in self.families() if protoc("decode", m).startswith(b'name: "all"'))
        want = EVERYTHING.replace('label { name: "a" value: "b" }', 'label { name: "a" value: "b" } '
                                  'label { name: "instance" value: "" } label { name: "job" value: "x" }')
        self.assertEqual(protoc("decode", shown), protoc("decode", protoc("encode", want.encode())))

    def test_fields_of_the_future_are_kept(self):
        """Wherever a client that knows more puts them: protoc, told of them, reads them."""
        metric = """metric {
          label { name: "instance" value: "" } label { name: "job" value: "x" }
          histogram { sample_count: 1 sample_sum: 2
            bucket { cumulative_count: 1 upper_bound: 3 exemplar { value: 3 future: "of an exemplar" } future_bits: 5 }
            schema: 1 positive_span { offset: 1 length: 1 future: "of a span" } positive_delta: 1
            future: "of a histogram" }
          future: "of a metric" future_bits: 4294967295 }"""
        text = f'name: "m" type: HISTOGRAM {metric}'
        self.push(delimited(protoc("encode", text.encode(), FUTURE)))
        shown = next(m for m in self.families() if m.startswith(b"\x0a\x01m"))
        self.assertEqual(protoc("decode", shown, FUTURE), protoc("decode", protoc("encode", text.encode(), FUTURE), FUTURE))

    def test_own_counters_tell_when_they_began(self):
        """As the reference's: those of the handlers, each since its first request."""
        before = time.time()
        self.push(b"")
        after = time.time()
        created = {}
        for message in self.families():
            text = protoc("decode", message).decode()
            for seconds, nanos in re.findall(r"created_timestamp \{\s+seconds: (\d+)\s+nanos: (\d+)", text):
                created.setdefault(re.match('name: "(.*)"', text)[1], []).append(int(seconds) + int(nanos) / 1e9)
        self.assertEqual(sorted(created), ["pushgateway_http_push_duration_seconds", "pushgateway_http_push_size_bytes",
                                           "pushgateway_http_requests_total"])
        for times in created.values():
            self.assertEqual(len(times), 1)
            self.assertTrue(before <= times[0] <= after, (before, times, after))

    def test_protoc_reads_the_text_too(self):
        """All families of the text encodings, once each, and what they say is what delimited says."""
        self.push(sample("classic.pb") + sample("native.pb") + encode(EVERYTHING))
        delimited = {m[2:2 + m[1]]: m for m in self.families()}
        for encoding, separator in (("text", b"\n\n"), ("compact-text", b"\n")):
            status, body = self.request("GET", "/metrics", headers={"Accept": TYPE + encoding})
            self.assertEqual(status, 200)
            texts = [text for text in body.split(separator) if text]
            self.assertEqual(len(texts), len(delimited))
            for text in texts:
                message = protoc("encode", text)
                name = message[2:2 + message[1]]
                if not name.startswith((b"process_", b"pushgateway_")):
                    self.assertEqual(message, delimited[name])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    options, rest = parser.parse_known_args()
    BINARY = os.path.abspath(options.binary)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2, warnings="ignore")

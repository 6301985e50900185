#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""protoc.py --binary PATH: what the gateway writes as protobuf, judged by protoc."""

import argparse
import http.client
import os
import re
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
from gateway import Gateway  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
MESSAGE = "io.prometheus.client.MetricFamily"
TYPE = f"application/vnd.google.protobuf; proto={MESSAGE}; encoding="
BINARY = None
SECONDS = 20


def protoc(action, data, message=MESSAGE):
    command = ["protoc", f"--{action}={message}", f"--proto_path={HERE}", "metrics.proto"]
    done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=True)
    return done.stdout


def encode(text):
    """A text of protobuf as a delimited message."""
    message = protoc("encode", text.encode())
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

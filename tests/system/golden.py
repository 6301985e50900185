#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""golden.py --binary PATH: /metrics in each format and escaping, byte for byte as in tests/golden/exposition.

    golden.py --binary ../../build/release/pushgateway --write       # writes these files anew; read the diff
    golden.py --reference /usr/bin/prometheus-pushgateway            # the same files against the original

What is pushed lies in pushed/; a file of the exposition is called FORMAT.ESCAPING. The gateway's own
metrics and the push times are left out."""

import argparse
import http.client
import itertools
import os
import pathlib
import re
import sys
import unittest

sys.dont_write_bytecode = True
from gateway import Gateway  # noqa: E402
from protoc import FUTURE, TYPE, delimited, protoc, split  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE.parent / "golden" / "exposition"
SECONDS = 20
FORMATS = {"text": "text/plain; version=0.0.4", "delimited": TYPE + "delimited", "proto-text": TYPE + "text",
           "compact-text": TYPE + "compact-text"}
ESCAPINGS = ("allow-utf-8", "underscores", "dots", "values")
LEFT_OUT = ("go_", "process_", "pushgateway_", "push_time_seconds", "push_failure_time_seconds")
PUSHES = {"text.txt": ("/metrics/job/text/instance/a", "text/plain"),
          "utf8.txt": ("/metrics/job/utf8/U__group_2e_ing/x", "text/plain"),
          "protobuf.txtpb": ("/metrics/job@base64/cHJvdG8vYnVm/zone/eu", TYPE + "delimited")}
options = argparse.Namespace()


def encode(text):
    """Families of protobuf text, an empty line between two, as a delimited body."""
    return b"".join(delimited(protoc("encode", family.encode(), FUTURE)) for family in text.split("\n\n"))


def body(name):
    text = (GOLDEN / "pushed" / name).read_text()
    return encode(text) if name.endswith(".txtpb") else text.encode()


def is_left_out(name):
    return name.startswith(LEFT_OUT)


def without_own(exposition, name):
    """An answer of that format without the families that differ with every run."""
    if name == "text":
        lines = exposition.decode().splitlines(keepends=True)
        return "".join(line for line in lines
                       if not is_left_out(re.sub(r"^# (HELP|TYPE) ", "", line))).encode()
    if name == "delimited":
        return b"".join(delimited(m) for m in split(exposition) if not is_left_out(m[2:2 + m[1]].decode()))
    end = b"\n\n" if name == "proto-text" else b"\n"
    families = exposition.split(end)
    assert families.pop() == b""
    return b"".join(f + end for f in families if not is_left_out(re.match(rb'name: *"([^"]*)', f)[1].decode()))


class Pushed:
    """A gateway that got pushes, and what it shows of them."""

    def __init__(self, test, pushes):
        binary = options.binary or options.reference
        self.gateway = Gateway(binary, options.binary is None, "--push.enable-utf8-names")
        test.addCleanup(self.gateway.stop)
        for path, content_type, data in pushes:
            test.assertEqual(self.request("PUT", path, data, {"Content-Type": content_type}), (200, b""))

    def request(self, method, path, data=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=SECONDS)
        try:
            connection.request(method, path, data, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def exposition(self, name, escaping):
        status, text = self.request("GET", "/metrics", headers={"Accept": f"{FORMATS[name]}; escaping={escaping}"})
        assert status == 200, text
        return without_own(text, name)

    def expositions(self):
        return {(n, e): self.exposition(n, e) for n, e in itertools.product(FORMATS, ESCAPINGS)}


class Golden(unittest.TestCase):
    maxDiff = None

    def pushed(self, name):
        path, content_type = PUSHES[name]
        return Pushed(self, [(path, content_type, body(name))])

    def assert_same(self, found, wanted, what):
        if options.binary is None:  # blanks between fields are the choice of the reference's build
            found, wanted = (re.sub(rb"(?m)(?<=\S)  ?(?=\S)", b" ", text) for text in (found, wanted))
        if found != wanted:
            self.assertMultiLineEqual(found.decode("utf-8", "backslashreplace"),
                                      wanted.decode("utf-8", "backslashreplace"), what)
            self.fail(what)

    def test_each_format_in_each_escaping_is_as_in_its_file(self):
        """Of one store with every type, UTF-8 names, native histograms, exemplars and unknown fields."""
        everything = Pushed(self, [(path, kind, body(name)) for name, (path, kind) in PUSHES.items()])
        for (name, escaping), found in everything.expositions().items():
            file = GOLDEN / f"{name}.{escaping}"
            if options.write:
                file.write_bytes(found)
            self.assertIn(b"native", found)
            self.assert_same(found, file.read_bytes(), file.name)

    def test_protobuf_read_back_is_the_same_store(self):
        """Whether it was pushed as text or as protobuf: written as protobuf it brings the same again."""
        for name, (path, _) in PUSHES.items():
            first = self.pushed(name)
            written = first.exposition("delimited", "allow-utf-8")
            again = Pushed(self, [(path, TYPE + "delimited", written)])
            wanted = first.expositions()
            for key, found in again.expositions().items():
                self.assert_same(found, wanted[key], f"{name} as {key}")

    def test_text_read_back_is_the_same_store(self):
        """Of what text can say: there a gauge histogram is a histogram, and each has a bucket for all."""
        for name in ("text.txt", "utf8.txt"):
            path, content_type = PUSHES[name]
            first = self.pushed(name)
            written = first.exposition("text", "allow-utf-8")
            again = Pushed(self, [(path, content_type, written)])
            self.assert_same(again.exposition("text", "allow-utf-8"), written, name)
            found, wanted = ([m for m in split(store.exposition("delimited", "allow-utf-8")) if m[2:4] != b"gh"]
                             for store in (again, first))
            self.assertEqual(found, wanted)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=os.path.abspath)
    parser.add_argument("--reference", type=os.path.abspath)
    parser.add_argument("--write", action="store_true")
    _, rest = parser.parse_known_args(namespace=options)
    if options.binary is None and (options.reference is None or options.write):
        parser.error("--binary, or --reference without --write")
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2, warnings="ignore")

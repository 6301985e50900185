#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""api.py --binary PATH: /api/v1/metrics beside what the original answered to the same pushes
(tests/golden/api), its memory, and the API beside its description (docs/openapi.yaml, docs/api.md)."""

import argparse
import gzip
import http.client
import json
import os
import re
import sys
import unittest
import urllib.parse

sys.dont_write_bytecode = True
from gateway import Gateway  # noqa: E402

import yaml  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROTOBUF = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
BINARY = None
SECONDS = 60


def body(name):
    with open(os.path.join(HERE, "bodies", name), "rb") as file:
        return file.read()


class WithGateway(unittest.TestCase):
    def setUp(self):
        self.gateway = Gateway(BINARY, False, "--web.enable-admin-api")
        self.addCleanup(self.gateway.stop)

    def request(self, method, path, data=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=SECONDS)
        self.addCleanup(connection.close)
        connection.request(method, path, data, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()


# The pushes of the sample, in their order.
PUSHES = [
    ("/job/batch", body("simple.txt"), {}),
    ("/job/etl/instance/host-1", body("histogram_summary.txt"), {}),
    ("/job/etl/instance/host-2/dc/", body("special_values.txt"), {}),
    ("/job@base64/d2l0aC9zbGFzaA/path@base64/L3Zhci90bXA", body("float_histogram.txt"), {}),
    ("/job/proto", body("classic.pb"), {"Content-Type": PROTOBUF}),
    ("/job/proto/instance/native", body("native.pb"), {"Content-Type": PROTOBUF}),
    ("/job/gz/instance/g", gzip.compress(body("simple.txt")), {"Content-Encoding": "gzip"}),
    ("/job/sz/instance/s", body("simple.txt"), {}),
    ("/job/failed_only/instance/f", body("bad_timestamp.txt"), {}),
    ("/job/batch", body("bad_timestamp.txt"), {}),
    ("/job/empty/instance/e", b"", {}),
]


def groups_as_text(answer):
    """The groups' own bytes, times aside, in one order: the original's is another every time."""
    answer = re.sub(r'"time_stamp":"[^"]*"', '"time_stamp":"T"', answer)
    answer = re.sub(r'"value":"1\.79\d*e\+09"', '"value":"T"', answer)
    start = '{"status":"success","data":['
    assert answer.startswith(start) and answer.endswith("]}")
    at, found, decoder = len(start), [], json.JSONDecoder()
    while answer[at] == "{":
        _, end = decoder.raw_decode(answer, at)
        found.append(answer[at:end])
        at = end + (answer[end] == ",")
    assert at == len(answer) - 2
    return sorted(found)


class Metrics(WithGateway):
    def test_the_same_pushes_are_shown_byte_for_byte_as_by_the_original(self):
        for path, data, headers in PUSHES:
            self.request("PUT", "/metrics" + path, data, headers)
        with open(os.path.join(ROOT, "tests", "golden", "api", "metrics.json"), encoding="utf-8") as file:
            expected = groups_as_text(file.read())
        status, _, answer = self.request("GET", "/api/v1/metrics")
        self.assertEqual(status, 200)
        self.assertEqual(groups_as_text(answer), expected)

    def resident(self):
        with open(f"/proc/{self.gateway.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmHWM:\s+(\d+) kB", file.read())[1]) * 1024

    def test_an_answer_of_many_megabytes_takes_no_memory_of_its_own(self):
        text = "".join(f'm{{k="{i:060}"}} 1\n' for i in range(2000)).encode()
        for i in range(100):
            self.assertEqual(self.request("PUT", f"/metrics/job/{i}", text)[0], 200)
        before = self.resident()
        _, _, answer = self.request("GET", "/api/v1/metrics")
        self.assertGreater(len(answer), 20e6)
        self.assertLess(self.resident() - before, 4e6)
        self.assertEqual(len(json.loads(answer)["data"]), 100)


class Selectors(WithGateway):
    """What regular expressions may cost is bounded: one whose work grows with its size, on long values."""

    HOSTILE = urllib.parse.quote('{v=~".*a.{400}.*b.{400}"}')

    def setUp(self):
        super().setUp()
        for i in range(8):
            value = "".join("ab"[j * j * (i + 1) // 7 % 2] for j in range(60000))
            self.assertEqual(self.request("PUT", f"/metrics/job/{i}/v/{value}", b"")[0], 200)

    def refused(self, method, path):
        status, _, answer = self.request(method, path)
        answer = json.loads(answer)
        self.assertEqual((status, answer["errorType"]), (503, "timeout"))
        self.assertIn("narrow the selectors", answer["error"])

    def test_a_list_that_asks_for_too_much_is_refused(self):
        self.refused("GET", f"/api/v1/groups?match[]={self.HOSTILE}")
        self.refused("DELETE", f"/api/v1/admin/groups?dry_run=true&match[]={self.HOSTILE}")

    def test_a_deletion_that_asks_for_too_much_deletes_nothing(self):
        self.refused("DELETE", f"/api/v1/admin/groups?match[]=%7Bjob=%221%22%7D&match[]={self.HOSTILE}")
        self.assertEqual(json.loads(self.request("GET", "/api/v1/groups?limit=1")[2])["data"]["stored"], 8)


class Description(WithGateway):
    """docs/openapi.yaml: every operation is served, every parameter is known, every answer has the shape."""

    @classmethod
    def setUpClass(cls):
        with open(os.path.join(ROOT, "docs", "openapi.yaml"), encoding="utf-8") as file:
            cls.api = yaml.safe_load(file)
        with open(os.path.join(ROOT, "docs", "api.md"), encoding="utf-8") as file:
            cls.page = file.read()

    def resolve(self, node):
        while "$ref" in node:
            path = node["$ref"]
            self.assertTrue(path.startswith("#/"), path)
            node = self.api
            for part in path[2:].split("/"):
                self.assertIn(part, node, path)
                node = node[part]
        return node

    def check(self, value, schema, where):
        """As much of JSON Schema as the file uses."""
        schema = self.resolve(schema)
        types = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int,
                 "number": (int, float)}
        if "type" in schema:
            self.assertIsInstance(value, types[schema["type"]], where)
        if "enum" in schema:
            self.assertIn(value, schema["enum"], where)
        if isinstance(value, list) and "items" in schema:
            for i, item in enumerate(value):
                self.check(item, schema["items"], f"{where}[{i}]")
        if isinstance(value, dict) and schema.get("type") == "object":
            properties, more = schema.get("properties", {}), schema.get("additionalProperties")
            for name in schema.get("required", []):
                self.assertIn(name, value, where)
            for name, item in value.items():
                if name in properties:
                    self.check(item, properties[name], f"{where}.{name}")
                else:
                    self.assertIsNotNone(more, f"{where}.{name} is not described")
                    self.check(item, more, f"{where}.{name}")

    def operations(self):
        for path, methods in self.api["paths"].items():
            for method, operation in methods.items():
                yield path, method.upper(), operation

    def parameters(self, operation, place="query"):
        for parameter in operation.get("parameters", []):
            parameter = self.resolve(parameter)
            if parameter["in"] == place:
                yield parameter

    def example(self, parameter):
        schema = self.resolve(parameter["schema"])
        if parameter["name"] == "cursor":
            cursor = json.loads(self.request("GET", "/api/v1/groups?limit=1")[2])["data"]["next_cursor"]
            return cursor
        return {"array": '{job="b"}', "boolean": "true", "integer": "1", "number": "1.5",
                "string": schema.get("enum", ["b"])[0]}[schema["type"]]

    def fill(self):
        self.request("PUT", "/metrics/job/a", body("histogram_summary.txt"))
        self.request("PUT", "/metrics/job/b", body("native.pb"), {"Content-Type": PROTOBUF})
        self.request("PUT", "/metrics/job/b", body("bad_timestamp.txt"))

    def ask(self, path, method, query=""):
        status, _, answer = self.request(method, path.replace("{job}", "b") + query)
        described = self.api["paths"][path][method.lower()]["responses"]
        self.assertIn(str(status), described, (path, method, query, answer))
        content = self.resolve(described[str(status)]).get("content")
        if content is None:
            self.assertEqual(answer, "")
        else:
            self.check(json.loads(answer), content["application/json"]["schema"], f"{method} {path}{query}")
        return status

    def test_it_is_openapi_3(self):
        self.assertRegex(self.api["openapi"], r"^3\.0\.\d$")
        self.assertLessEqual({"title", "version"}, set(self.api["info"]))
        for path, method, operation in self.operations():
            self.assertIn("responses", operation, (path, method))
            in_path = {p["name"] for p in self.parameters(operation, "path") if p["required"]}
            self.assertEqual(in_path, set(re.findall(r"{(\w+)}", path)))

        def references(node):
            if isinstance(node, dict):
                if "$ref" in node:
                    self.resolve(node)
                node = list(node.values())
            for child in node if isinstance(node, list) else []:
                references(child)
        references(self.api)

    def test_every_operation_answers_as_described(self):
        for path, method, operation in self.operations():
            self.fill()
            query = "" if method != "DELETE" else "?match[]={job=%22b%22}"
            self.assertIn(self.ask(path, method, query), (200, 202))

    def test_every_parameter_is_taken_and_its_answer_is_as_described(self):
        for path, method, operation in self.operations():
            for parameter in self.parameters(operation):
                self.fill()
                value = urllib.parse.quote(self.example(parameter))
                query = f"?{parameter['name']}={value}"
                if method == "DELETE" and parameter["name"] != "match[]":
                    query += "&match[]={job=%22b%22}"
                self.assertEqual(self.ask(path, method, query), 200, (path, parameter["name"]))
                if parameter["name"] in ("search", "match[]"):
                    continue
                # another value is refused, so the first was understood
                self.assertEqual(self.ask(path, method, f"?{parameter['name']}=%00&match[]={{job=%22b%22}}"), 400)

    def test_every_sort_key_is_taken(self):
        self.fill()
        sort = next(p for p in self.parameters(self.api["paths"]["/api/v1/groups"]["get"]) if p["name"] == "sort")
        for key in sort["schema"]["enum"]:
            self.assertEqual(self.ask("/api/v1/groups", "GET", "?sort=" + key), 200)

    def test_errors_have_the_envelope(self):
        self.assertEqual(self.ask("/api/v1/groups", "GET", "?limit=x"), 400)
        self.assertEqual(self.ask("/api/v1/groups/job/{job}", "GET"), 404)
        self.assertEqual(self.ask("/api/v1/admin/groups", "DELETE"), 400)

    def test_the_page_names_every_operation_and_parameter(self):
        for path, method, operation in self.operations():
            self.assertIn(f"{method} {path}".replace("{job}", "JOB"), self.page)
            for parameter in self.parameters(operation):
                self.assertIn(f"`{parameter['name']}`", self.page)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    options, rest = parser.parse_known_args()
    BINARY = os.path.abspath(options.binary)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2, warnings="ignore")

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""roles.py --binary PATH: what t-roles*.t cannot ask: both challenges of a 401, the log of refusals, a hangup, and
roles at fault at the start. Passwords are "secret", the token of ci is "token-of-ci"."""

import argparse
import contextlib
import hashlib
import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
from gateway import Gateway  # noqa: E402
from wire import Connection  # noqa: E402

BINARY = None
SECONDS = 20
HASH = "$2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq"
CONFIGURATION = f"""
basic_auth_users:
  night: {HASH}
  looker: {HASH}
bearer_tokens:
  ci: {hashlib.sha256(b"token-of-ci").hexdigest()}
open_paths: [/-/healthy, /-/ready, /metrics]
roles:
  night: [push]
  looker: [read]
  ci: [push]
push_groups:
  ci: '{{job=~"ci-.*"}}'
"""


class Roles(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.directory.name, "web.yml")
        self.write(CONFIGURATION)
        self.gateway = Gateway(BINARY, False, f"--web.config.file={self.path}")

    def tearDown(self):
        self.gateway.stop()
        self.directory.cleanup()

    def write(self, text):
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(self.path + ".new", self.path)

    def ask(self, method, path, body=None, token=None):
        """Status, body, and all values of Www-Authenticate."""
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=SECONDS)
        try:
            connection.request(method, path, body, {"Authorization": f"Bearer {token}"} if token else {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.headers.get_all("Www-Authenticate", [])
        finally:
            connection.close()

    def logged(self, pattern):
        """The first match in the log, which a thread of its own writes."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            match = re.search(pattern, self.gateway.log_text().decode())
            if match:
                return match
            time.sleep(0.01)
        self.fail(f"not logged: {pattern}\n{self.gateway.log_text().decode()}")

    def test_a_401_names_both_schemes_where_both_are_taken(self):
        self.assertEqual(self.ask("GET", "/"), (401, "Unauthorized\n", ["Basic", "Bearer"]))
        self.assertEqual(self.ask("GET", "/", token="nobody's"), (401, "Unauthorized\n", ["Basic", "Bearer"]))

    def test_a_refusal_is_logged_with_user_and_source(self):
        sentence = """user "ci" may not change the group {job="x"}: it is none of the user's push_groups"""
        self.assertEqual(self.ask("PUT", "/metrics/job/x", "a 1\n", "token-of-ci"), (403, sentence + "\n", []))
        quoted = re.escape(sentence.replace('"', '\\"'))
        self.logged(r'level=warn caller=\S+ msg="request forbidden" user=ci logged_source=127\.0\.0\.1:\d+ '
                    rf'method=PUT path=/metrics/job/x err="{quoted}"\n')

    def test_an_allowed_push_is_not_logged_as_refused(self):
        self.assertEqual(self.ask("PUT", "/metrics/job/ci-1", "a 1\n", "token-of-ci")[0], 200)
        self.assertEqual(self.ask("GET", "/-/healthy")[0], 200)
        self.assertNotIn(b"forbidden", self.gateway.log_text())

    def test_a_hangup_brings_new_roles_and_says_so(self):
        self.assertEqual(self.ask("PUT", "/metrics/job/x", "a 1\n", "token-of-ci")[0], 403)
        self.write(CONFIGURATION.replace('job=~"ci-.*"', 'job=~"ci-.*|x"'))
        self.gateway.process.send_signal(signal.SIGHUP)
        self.logged("the web configuration has been read again")
        self.assertEqual(self.ask("PUT", "/metrics/job/x", "a 1\n", "token-of-ci")[0], 200)
        self.write(CONFIGURATION.replace("[read]", "[reed]"))
        self.gateway.process.send_signal(signal.SIGHUP)
        self.logged(r'Unable to parse configuration" err="yaml: unmarshal errors:\\n  line 10: unknown role \\"reed\\"')
        self.write(CONFIGURATION)

    def test_who_lacks_the_role_need_not_send_the_body(self):
        """Whether a helper checks the password, as that of the first, or it is known; a small body is read all the same."""
        sentence = b'user "looker" may not do this: the role "push" is needed\n'
        head = b"PUT /metrics/job/x HTTP/1.1\r\nHost: x\r\nAuthorization: Basic bG9va2VyOnNlY3JldA==\r\n"
        large = b"Content-Length: 50000000\r\n"
        rows = (large + b"\r\n# the first of it\n",
                large + b"\r\n",
                large + b"Content-Encoding: gzip\r\n\r\n",
                large + b"Expect: 100-continue\r\n\r\n",
                b"Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n",
                b"Transfer-Encoding: chunked\r\n\r\n50000\r\n" + b"\n" * 0x50000 + b"\r\n")
        for row in rows:
            with self.subTest(row[:80]), contextlib.closing(Connection(self.gateway.port)) as connection:
                connection.send(head + row)
                answer = connection.read_answer()
                self.assertEqual((answer.code, answer.body, answer.get("Connection")), (403, sentence, ["close"]))
        with contextlib.closing(Connection(self.gateway.port)) as connection:
            for _ in range(2):
                connection.send(head + b"Content-Length: 4\r\n\r\n")
                connection.send(b"a 1\n")
                answer = connection.read_answer()
                self.assertEqual((answer.code, answer.body, answer.get("Connection")), (403, sentence, []))
        counted = self.ask("GET", "/metrics")[1]
        self.assertIn(f'\npushgateway_http_denied_requests_total{{role="push"}} {len(rows) + 2}\n', counted)
        self.assertIn(f'\npushgateway_http_requests_total{{code="403",handler="push",method="put"}} {len(rows) + 2}\n',
                      counted)

    def test_who_has_the_role_is_asked_for_the_body(self):
        head = b"PUT /metrics/job/x HTTP/1.1\r\nHost: x\r\nAuthorization: Basic bmlnaHQ6c2VjcmV0\r\n"
        for _ in range(2):  # the password is known the second time
            with contextlib.closing(Connection(self.gateway.port)) as connection:
                connection.send(head + b"Content-Length: 4\r\nExpect: 100-continue\r\n\r\n")
                self.assertEqual(connection.read_answer().code, 100)
                connection.send(b"a 1\n")
                self.assertEqual(connection.read_answer().code, 200)

    def test_many_users_at_once_are_each_their_own(self):
        connections = [http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=SECONDS) for _ in range(20)]
        try:
            for k, connection in enumerate(connections):
                word = "Bearer token-of-ci" if k % 2 else "Basic bG9va2VyOnNlY3JldA=="
                connection.request("GET", "/api/v1/status", headers={"Authorization": word})
            answers = [connection.getresponse().status for connection in connections]
        finally:
            for connection in connections:
                connection.close()
        self.assertEqual(answers, [200, 403] * 10)


class Start(unittest.TestCase):
    def test_roles_at_fault_end_the_start(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            file.write(f"basic_auth_users: {{u: {HASH}}}\nroles: {{v: [read]}}\n")
            file.flush()
            done = subprocess.run([BINARY, "--web.listen-address=127.0.0.1:0", f"--web.config.file={file.name}"],
                                  stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=SECONDS)
        self.assertEqual(done.returncode, 1)
        self.assertIn(r'err="yaml: unmarshal errors:\n  line 2: user \"v\" is neither in basic_auth_users nor in '
                      r'bearer_tokens (column 9)"', done.stderr.decode())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True)
    options, rest = parser.parse_known_args()
    BINARY = os.path.abspath(options.binary)
    unittest.main(warnings="ignore", argv=[sys.argv[0], *rest])

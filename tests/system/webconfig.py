#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""webconfig.py --binary PATH [--reference]: what is wrong with a file of --web.config.file ends the start with the
reference's sentence, what is right is logged. With --reference the binary is the Go gateway: it says the same, but for
the columns, and exits 0."""

import argparse
import base64
import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.dont_write_bytecode = True
from certificates import Authority, openssl  # noqa: E402

BINARY = None
IS_REFERENCE = False
SECONDS = 20
TLS = "tls_server_config:\n  cert_file: good.crt\n  key_file: good.key\n"
SALTED = "x" * 53
FORM = "yaml: unmarshal errors:\\n  line "

# title, file, sentence as logfmt quotes it
REFUSED = [
    ("an unknown key", "foo: 1\n", FORM + "1: field foo not found in type web.Config (column 1)"),
    ("several at once", "tls_server_config:\n  foo: 1\n  bar: 2\nzed: 3\n",
     FORM + "2: field foo not found in type web.TLSConfig (column 3)"
     "\\n  line 3: field bar not found in type web.TLSConfig (column 3)"
     "\\n  line 4: field zed not found in type web.Config (column 1)"),
    ("of each section", "http_server_config:\n  foo: 1\nrate_limit:\n  foo: 2\n",
     FORM + "2: field foo not found in type web.HTTPConfig (column 3)"
     "\\n  line 4: field foo not found in type web.RateLimiterConfig (column 3)"),
    ("a section twice", "basic_auth_users: {}\nbasic_auth_users: {}\n",
     FORM + "2: field basic_auth_users already set in type web.Config (column 1)"),
    ("a user twice", "basic_auth_users:\n  a: b\n  a: c\n", FORM + '3: key \\"a\\" already set in map (column 3)'),
    ("a key twice", "tls_server_config:\n  cert: a\n  cert: b\n",
     FORM + "3: field cert already set in type web.TLSConfig (column 3)"),
    ("no boolean", "http_server_config:\n  http2: abc\n",
     FORM + "2: cannot unmarshal !!str `abc` into bool (column 10)"),
    ("a list for a boolean", "http_server_config:\n  http2: [a]\n",
     FORM + "2: cannot unmarshal !!seq into bool (column 10)"),
    ("a number for a boolean", "tls_server_config:\n  prefer_server_cipher_suites: 12\n",
     FORM + "2: cannot unmarshal !!int `12` into bool (column 32)"),
    ("a long word", "tls_server_config: abcdefghijklmnop\n",
     FORM + "1: cannot unmarshal !!str `abcdefg...` into web.TLSConfig (column 20)"),
    ("a list for a section", "tls_server_config: [a]\n",
     FORM + "1: cannot unmarshal !!seq into web.TLSConfig (column 20)"),
    ("a word for a list", "tls_server_config:\n  cipher_suites: abc\n",
     FORM + "2: cannot unmarshal !!str `abc` into []web.Cipher (column 18)"),
    ("a mapping for a path", "tls_server_config:\n  cert_file: {a: b}\n",
     FORM + "2: cannot unmarshal !!map into string (column 14)"),
    ("users in a list", "basic_auth_users: [a]\n",
     FORM + "1: cannot unmarshal !!seq into map[string]config.Secret (column 19)"),
    ("no interval", "rate_limit:\n  interval: abc\n",
     FORM + "2: cannot unmarshal !!str `abc` into time.Duration (column 13)"),
    ("no number", "rate_limit:\n  interval: 1s\n  burst: abc\n",
     FORM + "3: cannot unmarshal !!str `abc` into int (column 10)"),
    ("no mapping at all", "abc\n", FORM + "1: cannot unmarshal !!str `abc` into web.Config (column 1)"),
    ("an alias to nothing", "tls_server_config: *y\n", "yaml: unknown anchor 'y' referenced"),
    ("an alias is read where it stands", "tls_server_config: &x\n  cert: a\nhttp_server_config: *x\n",
     FORM + "2: field cert not found in type web.HTTPConfig (column 3)"),
    ("an unknown version", "tls_server_config:\n  min_version: TLS14\n", "unknown TLS version: TLS14"),
    ("a version in small letters", "tls_server_config:\n  max_version: tls12\n", "unknown TLS version: tls12"),
    ("an unknown cipher", "tls_server_config:\n  cipher_suites: [FOO]\n", "unknown cipher: FOO"),
    ("a weak cipher", "tls_server_config:\n  cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA]\n",
     "unknown cipher: TLS_RSA_WITH_AES_128_CBC_SHA"),
    ("an unknown curve", "tls_server_config:\n  curve_preferences: [FOO]\n", "unknown curve: FOO"),
    ("another header", "http_server_config:\n  headers:\n    X-Foo: a\n",
     'HTTP header \\"X-Foo\\" can not be configured'),
    ("a header in small letters", "http_server_config:\n  headers:\n    x-frame-options: deny\n",
     'HTTP header \\"x-frame-options\\" can not be configured'),
    ("a header's value", "http_server_config:\n  headers:\n    X-Frame-Options: ALLOW\n",
     'invalid value for X-Frame-Options. Expected one of: [\\"deny\\" \\"sameorigin\\"], but got: \\"ALLOW\\"'),
    ("the other header's value", "http_server_config:\n  headers:\n    X-Content-Type-Options: ''\n",
     'invalid value for X-Content-Type-Options. Expected one of: [\\"nosniff\\"], but got: \\"\\"'),
    ("a short hash", "basic_auth_users:\n  a: b\n",
     "crypto/bcrypt: hashedSecret too short to be a bcrypted password"),
    ("no hash", "basic_auth_users:\n  a:\n", "crypto/bcrypt: hashedSecret too short to be a bcrypted password"),
    ("a hash without dollar", f"basic_auth_users:\n  a: xxxxxxx{SALTED}\n",
     "crypto/bcrypt: bcrypt hashes must start with '$', but hashedSecret started with 'x'"),
    ("a hash of another kind", f"basic_auth_users:\n  a: $3a$10${SALTED}\n",
     "crypto/bcrypt: bcrypt algorithm version '3' requested is newer than current version '2'"),
    ("a hash too cheap", f"basic_auth_users:\n  a: $2b$03${SALTED}\n",
     "crypto/bcrypt: cost 3 is outside allowed inclusive range 4..31"),
    ("a hash too dear", f"basic_auth_users:\n  a: $2b$32${SALTED}\n",
     "crypto/bcrypt: cost 32 is outside allowed inclusive range 4..31"),
    ("a hash without cost", f"basic_auth_users:\n  a: $2b$xx${SALTED}\n",
     'strconv.Atoi: parsing \\"xx\\": invalid syntax'),
    ("client authentication alone turns TLS on", "tls_server_config:\n  client_auth_type: NoClientCert\n",
     "missing one of cert or cert_file"),
    ("a certificate without a key", "tls_server_config:\n  cert: a\n", "missing one of key or key_file"),
    ("text that is no certificate", "tls_server_config:\n  cert: a\n  key: b\n",
     "failed to load X509KeyPair: tls: failed to find any PEM data in certificate input"),
    ("a certificate that is not there", "tls_server_config:\n  cert_file: no.crt\n  key_file: good.key\n",
     "failed to read cert_file (FOLDER/no.crt): open FOLDER/no.crt: no such file or directory"),
    ("a key that is not there", "tls_server_config:\n  cert_file: good.crt\n  key_file: no.key\n",
     "failed to read key_file (FOLDER/no.key): open FOLDER/no.key: no such file or directory"),
    ("a folder for a certificate", "tls_server_config:\n  cert_file: /\n  key_file: good.key\n",
     "failed to read cert_file (/): read /: is a directory"),
    ("another's key", "tls_server_config:\n  cert_file: good.crt\n  key_file: other.key\n",
     "failed to load X509KeyPair: tls: private key does not match public key"),
    ("a key of another kind", "tls_server_config:\n  cert_file: good.crt\n  key_file: rsa.key\n",
     "failed to load X509KeyPair: tls: private key type does not match public key type"),
    ("certificate and key changed over", "tls_server_config:\n  cert_file: good.key\n  key_file: good.crt\n",
     "failed to load X509KeyPair: tls: failed to find certificate PEM data in certificate input, but did find a "
     "private key; PEM inputs may have been switched"),
    ("a certificate for a key", "tls_server_config:\n  cert_file: good.crt\n  key_file: good.crt\n",
     "failed to load X509KeyPair: tls: found a certificate rather than a key in the PEM for the private key"),
    ("a broken key", "tls_server_config:\n  cert_file: good.crt\n  key_file: junk.key\n",
     "failed to load X509KeyPair: tls: failed to parse private key"),
    ("an unknown kind of client authentication", TLS + "  client_auth_type: Foo\n", "invalid ClientAuth: Foo"),
    ("a CA without it", TLS + "  client_ca: abc\n",
     "client CA's have been configured without a Client Auth Policy"),
    ("a CA that is not there", TLS + "  client_ca_file: no.crt\n", "open FOLDER/no.crt: no such file or directory"),
]

# "secret", with a cost that takes a tenth of a second to check
SLOW = "$2y$11$VAvKyG4iVgMbSTWRMcD.xemydJ781gwrCmmBC1hm0MzYXTpKEXj66"

# title, file, what else the sentence is in the reference; ours has a place where it may have none
REFUSED_BY_SYNTAX = [
    ("a list that does not end", "a: [b\n", "did not find expected ',' or ']'"),
    ("a mapping in a line", "a: b: c\n", "mapping values are not allowed in this context"),
    ("a tabulator", "\ta: b\n", "found character that cannot start any token"),
]

# title, file, the lines that say so
ACCEPTED = [
    ("an empty file", "", ['msg="TLS is disabled." http2=false']),
    ("sections without content", "tls_server_config:\nhttp_server_config:\nbasic_auth_users:\nrate_limit:\n",
     ['msg="TLS is disabled." http2=false']),
    ("only the first document", "{}\n---\nnosuch: 1\n", ['msg="TLS is disabled." http2=false']),
    ("words of YAML 1.1", "http_server_config: {http2: off}\n", ['msg="TLS is disabled." http2=false']),
    ("a least version alone is no TLS", "tls_server_config:\n  min_version: TLS13\n",
     ['msg="TLS is disabled." http2=false']),
    ("TLS", TLS, ['msg="TLS is enabled." http2=']),
    ("a least version above the greatest", TLS + "  min_version: TLS13\n  max_version: TLS12\n",
     ['msg="TLS is enabled." http2=']),
    ("every cipher and curve", TLS + "  cipher_suites: [TLS_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA]\n"
     "  curve_preferences: [CurveP256, CurveP384, CurveP521, X25519]\n", ['msg="TLS is enabled." http2=']),
    ("a CA that is none", TLS + "  client_ca: abc\n  client_auth_type: RequireAndVerifyClientCert\n",
     ['msg="TLS is enabled." http2=']),
    ("a rate limit", "rate_limit:\n  interval: 1500ms\n  burst: 7\n",
     ['msg="Rate Limiter is enabled." burst=7 interval=1.5s', 'msg="TLS is disabled." http2=false']),
    ("a rate limit in nanoseconds", "rate_limit:\n  interval: 1000\n  burst: 3\n",
     ['msg="Rate Limiter is enabled." burst=3 interval=1µs']),
    ("a negative burst", "rate_limit:\n  interval: 1s\n  burst: -1\n",
     ['msg="Rate Limiter is enabled." burst=-1 interval=1s']),
]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class WebConfig(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.folder = cls.directory.name
        authority = Authority(cls.folder)
        authority.issue("good")
        authority.issue("other")
        openssl("genpkey", "-algorithm", "RSA", "-out", authority.path("rsa.key"))
        cls.write("junk.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    @classmethod
    def write(cls, name, text):
        path = os.path.join(cls.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def start(self, path, *flags):
        command = [BINARY, f"--web.listen-address=127.0.0.1:{free_port()}", f"--web.config.file={path}", *flags]
        if IS_REFERENCE:
            command.append("--persistence.file=")
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def refused(self, path):
        """The sentence of a start that fails."""
        process = self.start(path)
        try:
            _, log = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            self.fail("the gateway started")
        self.assertEqual(process.returncode, 0 if IS_REFERENCE else 1)
        match = re.search(r'level=error \S+ msg="HTTP server stopped" err=(?:"((?:[^"\\]|\\.)*)"|(\S+))\n', log.decode())
        self.assertIsNotNone(match, log.decode())
        return match[1] or match[2]

    def test_what_is_wrong_ends_the_start_with_the_references_sentence(self):
        for title, text, sentence in REFUSED:
            with self.subTest(title):
                wanted = sentence.replace("FOLDER", self.folder)
                if IS_REFERENCE:
                    wanted = re.sub(r" \(column \d+\)", "", wanted)
                self.assertEqual(self.refused(self.write("web.yml", text)), wanted)

    def test_a_mistake_of_syntax_is_told_with_its_place(self):
        for title, text, sentence in REFUSED_BY_SYNTAX:
            with self.subTest(title):
                found = self.refused(self.write("web.yml", text))
                self.assertIn(sentence, found)
                if not IS_REFERENCE:
                    self.assertRegex(found, r"^yaml: line \d+: .* \(column \d+\)$")

    def test_a_file_that_is_not_there_is_named(self):
        self.assertEqual(self.refused(f"{self.folder}/nosuch.yml"),
                         f"open {self.folder}/nosuch.yml: no such file or directory")

    def test_a_pipe_is_refused_at_the_start_and_in_place_of_the_file_lets_nobody_in(self):
        if IS_REFERENCE:  # it waits for a writer
            return
        pipe = os.path.join(self.folder, "pipe.yml")
        os.mkfifo(pipe)
        self.assertEqual(self.refused(pipe), f"read {pipe}: is a pipe, which cannot be read again")
        with self.asking_for_passwords() as port:
            os.replace(pipe, os.path.join(self.folder, "web.yml"))
            try:
                self.assertEqual(self.ask(port, "secret"), (500, "Internal Server Error\n"))
            finally:
                os.unlink(os.path.join(self.folder, "web.yml"))  # or the next test waits for its reader

    def test_what_is_right_is_logged(self):
        for title, text, lines in ACCEPTED:
            with self.subTest(title):
                process = self.start(self.write("web.yml", text))
                log = b""
                deadline = time.monotonic() + SECONDS
                while b"TLS is " not in log and b"stopped" not in log and time.monotonic() < deadline:
                    log += process.stderr.readline()
                process.send_signal(signal.SIGTERM)
                _, rest = process.communicate(timeout=SECONDS)
                for line in lines:
                    self.assertIn(line, (log + rest).decode())
                if not IS_REFERENCE:  # where the signal may come before it is waited for
                    self.assertEqual(process.returncode, 0)

    def test_a_hangup_reads_the_file_again_and_says_so(self):
        if IS_REFERENCE:  # a hangup ends it
            return
        process = self.start(self.write("web.yml", ""))
        log = b""
        for text, wanted in (("", b"TLS is disabled."), ("{}", b"the web configuration has been read again"),
                             ("nosuch: 1", b"Unable to parse configuration"),
                             ("", b"the web configuration has been read again")):
            if log:
                self.write("web.yml", text)
                process.send_signal(signal.SIGHUP)
            line = process.stderr.readline()
            while line and wanted not in line:
                line = process.stderr.readline()
            self.assertIn(wanted, line)
            log += line
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=SECONDS)
        self.assertEqual(process.returncode, 0)

    def ask(self, port, password):
        """Status and body."""
        word = base64.b64encode(f"u:{password}".encode()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        try:
            connection.request("GET", "/-/healthy", headers={"Authorization": f"Basic {word}"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def guess(self, port, n):
        """What n wrong passwords at once are answered, as a list that fills while the threads run."""
        answers = []

        def one(k):
            try:
                answers.append(self.ask(port, f"guess{k}"))
            except (OSError, http.client.HTTPException) as error:
                answers.append((0, str(error)))

        threads = [threading.Thread(target=one, args=(k,)) for k in range(n)]
        for thread in threads:
            thread.start()
        return answers, threads

    @contextlib.contextmanager
    def asking_for_passwords(self, *flags):
        process = self.start(self.write("web.yml", f"basic_auth_users:\n  u: {SLOW}\n"), *flags)
        try:
            line = process.stderr.readline()
            while line and b"TLS is " not in line:
                line = process.stderr.readline()
            port = int(re.search(rb"address=\S+:(\d+)", line)[1])
            while line and b"Sandbox is " not in line and not IS_REFERENCE:  # until then the file ends the start
                line = process.stderr.readline()
            yield port
        finally:
            process.terminate()
            process.communicate(timeout=SECONDS)
        self.assertEqual(process.returncode, 0)

    def test_who_is_known_does_not_wait_for_those_who_guess(self):
        with self.asking_for_passwords() as port:
            self.assertEqual(self.ask(port, "secret"), (200, "OK"))
            answers, threads = self.guess(port, 12)
            time.sleep(0.1)
            status = self.ask(port, "secret")[0]
            under_way = len(answers) < len(threads)
            for thread in threads:
                thread.join()
            self.assertTrue(under_way)
            self.assertEqual(status, 200)
            self.assertEqual(set(answers), {(401, "Unauthorized\n")})

    def test_passwords_that_wait_are_bounded(self):
        if IS_REFERENCE:  # they are not
            return
        with self.asking_for_passwords("--web.max-logins-waiting=3") as port:
            answers, threads = self.guess(port, 20)
            for thread in threads:
                thread.join()
            found = set(answers)
            self.assertEqual(found, {(401, "Unauthorized\n"), (
                503, "too many passwords wait to be checked (--web.max-logins-waiting)\n")})
            self.assertEqual(self.ask(port, "secret")[0], 200)

    def test_the_end_does_not_wait_for_passwords_that_wait(self):
        if IS_REFERENCE:  # it has no such flag
            return
        with self.asking_for_passwords("--web.shutdown-grace=100ms") as port:
            _, threads = self.guess(port, 60)
            time.sleep(0.3)
            began = time.monotonic()
        self.assertLess(time.monotonic() - began, 5)
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--reference", action="store_true")
    options, rest = parser.parse_known_args()
    BINARY, IS_REFERENCE = os.path.abspath(options.binary), options.reference
    unittest.main(argv=[sys.argv[0], *rest])

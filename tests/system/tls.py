#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tls.py --binary PATH [--reference]: TLS as the file of --web.config.file asks for it, with Python's ssl module and
openssl as clients. With --reference the binary is the Go gateway, which must behave the same."""

import argparse
import hashlib
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import warnings

sys.dont_write_bytecode = True
from certificates import Authority  # noqa: E402

BINARY = None
IS_REFERENCE = False
SECONDS = 20
NO_HTTP2 = "http_server_config:\n  http2: false\n"
BASE = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n"
warnings.simplefilter("ignore", DeprecationWarning)  # of TLS 1.0 and 1.1


class Gateway:
    """A running program with a web config file in `folder`; the log goes to a file."""

    def __init__(self, folder, text, *flags):
        self.path = os.path.join(folder, "web.yml")
        self.write(text)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        self.log = tempfile.TemporaryFile()
        command = [BINARY, f"--web.listen-address=127.0.0.1:{self.port}", f"--web.config.file={self.path}", *flags]
        if IS_REFERENCE:
            command.append("--persistence.file=")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=self.log)
        deadline = time.monotonic() + SECONDS
        while b"TLS is " not in self.log_text():
            if time.monotonic() > deadline or self.process.poll() is not None:
                self.process.kill()
                raise AssertionError(self.log_text().decode())
            time.sleep(0.01)

    def write(self, text):
        """In place of the old file, at once."""
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(self.path + ".new", self.path)

    def log_text(self):
        self.log.seek(0)
        return self.log.read()

    def wait_for_log(self, text):
        deadline = time.monotonic() + SECONDS
        while text.encode() not in self.log_text():
            if time.monotonic() > deadline:
                raise AssertionError(f"not logged: {text}\n{self.log_text().decode()}")
            time.sleep(0.01)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            status = self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        log = self.log_text().decode("utf-8", "replace")
        self.log.close()
        if status != 0:
            raise AssertionError(f"ended with {status}\n{log[-4000:]}")

    def connect(self, context, session=None):
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS)
        try:
            return context.wrap_socket(raw, server_hostname="localhost", session=session)
        except BaseException:
            raw.close()
            raise

    def ask(self, context, request=b"GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"):
        """The whole answer to a request on a connection of its own."""
        with self.connect(context) as connection:
            connection.sendall(request)
            answer = b""
            while data := connection.recv(65536):
                answer += data
            return answer

    def serves(self, context):
        """False when it does not get to an answer."""
        try:
            return self.ask(context).startswith(b"HTTP/1.1 200 ")
        except OSError:
            return False

    def s_client(self, *options):
        """What openssl's client says of a connection."""
        done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", *options],
                              input=b"", capture_output=True, timeout=SECONDS)
        return (done.stdout + done.stderr).decode("utf-8", "replace")


class Tls(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.folder = cls.directory.name
        cls.authority = Authority(cls.folder)
        cls.stranger = Authority(cls.folder, "stranger")
        cls.authority.issue("server")
        cls.authority.issue("client", "DNS:client.example,email:me@example.org,IP:10.0.0.1,URI:spiffe://a/b")
        cls.authority.issue("expired", "DNS:client.example", days=-1)
        cls.stranger.issue("foreign", "DNS:client.example")

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def context(self, certificate=None):
        context = ssl.create_default_context(cafile=self.path("ca.crt"))
        if certificate:
            context.load_cert_chain(self.path(f"{certificate}.crt"), self.path(f"{certificate}.key"))
        return context

    def start(self, more="", *flags):
        return Gateway(self.folder, BASE + more, *flags)

    # --- versions, suites, curves

    def offering(self, least, greatest, ciphers="ALL:@SECLEVEL=0"):
        context = self.context()
        context.minimum_version, context.maximum_version = least, greatest
        context.set_ciphers(ciphers)
        return context

    def test_without_settings_tls_1_2_and_1_3_are_spoken(self):
        version = ssl.TLSVersion
        with self.start() as gateway:
            self.assertTrue(gateway.serves(self.offering(version.TLSv1_3, version.TLSv1_3)))
            self.assertTrue(gateway.serves(self.offering(version.TLSv1_2, version.TLSv1_2)))
            self.assertFalse(gateway.serves(self.offering(version.TLSv1, version.TLSv1_1)))
            gateway.wait_for_log("client offered only unsupported versions: [302 301]")

    def test_the_least_and_the_greatest_version_bound_what_is_spoken(self):
        version = ssl.TLSVersion
        rows = [("min_version: TLS13", version.TLSv1_2, version.TLSv1_2, None),
                ("min_version: TLS13", version.TLSv1_2, version.TLSv1_3, "TLSv1.3"),
                ("max_version: TLS12", version.TLSv1_3, version.TLSv1_3, None),
                ("max_version: TLS12", version.TLSv1_2, version.TLSv1_3, "TLSv1.2"),
                ("min_version: TLS10", version.TLSv1, version.TLSv1, "TLSv1"),
                ("min_version: TLS11", version.TLSv1_1, version.TLSv1_1, "TLSv1.1"),
                ("min_version: TLS11", version.TLSv1, version.TLSv1, None),
                ("min_version: TLS13\n  max_version: TLS12", version.TLSv1_2, version.TLSv1_3, None)]
        for setting, least, greatest, wanted in rows:
            with self.subTest(setting=setting, least=least), self.start(f"  {setting}\n") as gateway:
                try:
                    with gateway.connect(self.offering(least, greatest)) as connection:
                        spoken = connection.version()
                except OSError:
                    spoken = None
                self.assertEqual(spoken, wanted)

    def test_cipher_suites_are_those_named_up_to_tls_1_2_and_all_in_tls_1_3(self):
        version = ssl.TLSVersion
        # the reference does not start HTTP/2 without a suite that RFC 7540 wants
        with self.start("  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]\n" + NO_HTTP2) as gateway:
            old = self.offering(version.TLSv1_2, version.TLSv1_2)
            with gateway.connect(old) as connection:
                self.assertEqual(connection.cipher()[0], "ECDHE-ECDSA-AES256-GCM-SHA384")
            self.assertFalse(gateway.serves(self.offering(
                version.TLSv1_2, version.TLSv1_2, "ECDHE-ECDSA-AES128-GCM-SHA256")))
            gateway.wait_for_log("no cipher suite supported by both client and server")
            with gateway.connect(self.offering(version.TLSv1_3, version.TLSv1_3)) as connection:
                self.assertEqual(connection.cipher()[0], "TLS_AES_128_GCM_SHA256")

    def test_suites_of_tls_1_3_alone_leave_nothing_for_older_versions(self):
        version = ssl.TLSVersion
        with self.start("  cipher_suites: [TLS_AES_256_GCM_SHA384]\n" + NO_HTTP2) as gateway:
            self.assertTrue(gateway.serves(self.context()))
            self.assertFalse(gateway.serves(self.offering(version.TLSv1_2, version.TLSv1_2)))

    def test_the_servers_order_of_suites_is_preferred(self):
        version = ssl.TLSVersion
        with self.start() as gateway:
            context = self.offering(version.TLSv1_2, version.TLSv1_2,
                                    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256")
            with gateway.connect(context) as connection:
                self.assertEqual(connection.cipher()[0], "ECDHE-ECDSA-AES128-GCM-SHA256")

    def test_no_suite_without_forward_secrecy_is_spoken(self):
        with self.start() as gateway:
            self.assertIn("handshake failure", gateway.s_client("-tls1_2", "-cipher", "kRSA:@SECLEVEL=0"))

    def test_curves_are_those_named(self):
        with self.start("  curve_preferences: [CurveP384]\n") as gateway:
            self.assertIn("ECDH, secp384r1, 384 bits", gateway.s_client("-curves", "P-256:P-384"))
            self.assertIn("alert", gateway.s_client("-curves", "P-256"))

    # --- certificates

    def test_certificate_and_key_may_stand_in_the_file(self):
        def inline(name):
            return "".join(f"    {line}\n" for line in self.read(name).splitlines())
        text = f"tls_server_config:\n  cert: |\n{inline('server.crt')}  key: |\n{inline('server.key')}"
        with Gateway(self.folder, text) as gateway:
            self.assertTrue(gateway.serves(self.context()))

    def test_intermediate_certificates_are_sent_along(self):
        chain = self.read("server.crt") + self.read("ca.crt")
        with open(self.path("chain.crt"), "w", encoding="utf-8") as file:
            file.write(chain)
        text = "tls_server_config:\n  cert_file: chain.crt\n  key_file: server.key\n"
        with Gateway(self.folder, text) as gateway:
            self.assertIn(" 1 s:CN = ca", gateway.s_client("-showcerts"))

    def renewable(self):
        for kind in ("crt", "key"):
            shutil.copy(self.path(f"server.{kind}"), self.path(f"live.{kind}"))
        return Gateway(self.folder, "tls_server_config:\n  cert_file: live.crt\n  key_file: live.key\n")

    def serial(self, gateway):
        with gateway.connect(self.context()) as connection:
            return connection.getpeercert()["serialNumber"]

    def test_a_renewed_certificate_is_used_by_the_next_connection_and_open_ones_stay(self):
        request = b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n"
        with self.renewable() as gateway, gateway.connect(self.context()) as open_connection:
            before = self.serial(gateway)
            self.authority.issue("live")
            self.assertNotEqual(self.serial(gateway), before)
            open_connection.sendall(request)
            self.assertTrue(open_connection.recv(65536).startswith(b"HTTP/1.1 200 "))

    def test_a_broken_certificate_fails_handshakes_until_it_is_whole(self):
        with self.renewable() as gateway:
            self.assertTrue(gateway.serves(self.context()))
            good = self.read("live.key")
            shutil.copy(self.path("client.key"), self.path("live.key"))
            self.assertFalse(gateway.serves(self.context()))
            gateway.wait_for_log("private key does not match public key")
            with open(self.path("live.key"), "w", encoding="utf-8") as file:
                file.write(good)
            self.assertTrue(gateway.serves(self.context()))

    def test_certificates_renewed_under_load_cost_no_request(self):
        failures, answered, done = [], [], threading.Event()

        def push(number):
            context = self.context()
            body = b"m 1\n"
            request = (b"PUT /metrics/job/j%d HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
                       % (number, len(body))) + body
            while not done.is_set():
                try:
                    answer = gateway.ask(context, request)
                    (answered if answer.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 202 ")) else failures).append(answer)
                except OSError as error:
                    failures.append(error)

        with self.renewable() as gateway:
            pairs = []
            for name in ("even", "odd"):
                self.authority.issue(name)
                pem = self.read(f"{name}.crt") + self.read(f"{name}.key")
                pairs.append(pem)
            # one file for both, so that they change at once
            with open(self.path("both.pem"), "w", encoding="utf-8") as file:
                file.write(pairs[0])
            gateway.write("tls_server_config:\n  cert_file: both.pem\n  key_file: both.pem\n")
            threads = [threading.Thread(target=push, args=(n,)) for n in range(4)]
            for thread in threads:
                thread.start()
            for turn in range(40):
                with open(self.path("both.new"), "w", encoding="utf-8") as file:
                    file.write(pairs[turn % 2])
                os.replace(self.path("both.new"), self.path("both.pem"))
                time.sleep(0.05)
            done.set()
            for thread in threads:
                thread.join()
        self.assertEqual(failures, [])
        self.assertGreater(len(answered), 40)

    # --- client certificates

    CLIENTS = (None, "client", "foreign", "expired")

    def served(self, more):
        """Which of the clients are served."""
        with self.start(more) as gateway:
            return [name for name in self.CLIENTS if gateway.serves(self.context(name))]

    def test_each_kind_of_client_authentication_lets_in_whom_it_should(self):
        authority = "  client_ca_file: ca.crt\n"
        rows = [("", "NoClientCert", [None, "client", "foreign", "expired"]),
                (authority, "RequestClientCert", [None, "client", "foreign", "expired"]),
                (authority, "RequireAnyClientCert", ["client", "foreign", "expired"]),
                ("", "RequireClientCert", ["client", "foreign", "expired"]),
                (authority, "VerifyClientCertIfGiven", [None, "client"]),
                (authority, "RequireAndVerifyClientCert", ["client"]),
                ("  client_ca: none\n", "RequireAndVerifyClientCert", [])]
        for more, kind, wanted in rows:
            with self.subTest(kind=kind, more=more):
                self.assertEqual(self.served(f"{more}  client_auth_type: {kind}\n"), wanted)

    def test_refused_clients_are_logged_with_the_reason(self):
        with self.start("  client_ca_file: ca.crt\n  client_auth_type: RequireAndVerifyClientCert\n") as gateway:
            gateway.serves(self.context())
            gateway.wait_for_log("http: TLS handshake error from 127.0.0.1:")
            gateway.wait_for_log("tls: client didn't provide a certificate")
            gateway.serves(self.context("foreign"))
            gateway.wait_for_log("tls: failed to verify certificate: x509: certificate signed by unknown authority")
            gateway.serves(self.context("expired"))
            gateway.wait_for_log("tls: failed to verify certificate: x509: certificate has expired or is not yet valid")

    def test_client_certificates_from_the_authority_in_the_file(self):
        lines = "".join(f"    {line}\n" for line in self.read("ca.crt").splitlines())
        self.assertEqual(self.served(f"  client_ca: |\n{lines}  client_auth_type: RequireAndVerifyClientCert\n"),
                         ["client"])

    def test_allowed_names_are_compared_exactly_with_all_four_kinds(self):
        rows = [("client.example", True), ("me@example.org", True), ("10.0.0.1", True), ("spiffe://a/b", True),
                ("nosuch, client.example", True), ("Client.example", False), ("'*.example'", False),
                ("client", False), ("", False)]
        for names, wanted in rows:
            with self.subTest(names=names):
                more = ("  client_ca_file: ca.crt\n  client_auth_type: RequireAndVerifyClientCert\n"
                        f"  client_allowed_sans: [{names}]\n")
                with self.start(more) as gateway:
                    self.assertEqual(gateway.serves(self.context("client")), wanted)
                    if not wanted:
                        gateway.wait_for_log("could not find allowed SANs in client cert")

    def test_a_client_without_certificate_has_no_allowed_name(self):
        more = ("  client_ca_file: ca.crt\n  client_auth_type: VerifyClientCertIfGiven\n"
                "  client_allowed_sans: [client.example]\n")
        self.assertEqual(self.served(more), ["client"])

    def test_a_change_of_client_authentication_is_in_force_with_the_next_connection(self):
        with self.start() as gateway:
            self.assertTrue(gateway.serves(self.context()))
            gateway.write(BASE + "  client_ca_file: ca.crt\n  client_auth_type: RequireAndVerifyClientCert\n")
            self.assertFalse(gateway.serves(self.context()))
            self.assertTrue(gateway.serves(self.context("client")))
            gateway.write("")
            self.assertFalse(gateway.serves(self.context("client")))
            gateway.wait_for_log("TLS config is not present")
            gateway.write(BASE)
            self.assertTrue(gateway.serves(self.context()))

    # --- connections

    def test_a_session_is_resumed_by_its_ticket(self):
        with self.start() as gateway:
            for option in ("-tls1_2", "-tls1_3"):
                with self.subTest(option):
                    ticket = self.path("ticket")
                    subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{gateway.port}", option, "-sess_out",
                                    ticket, "-ign_eof"], capture_output=True, timeout=SECONDS, check=True,
                                   input=b"GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    self.assertIn("Reused, TLSv1", gateway.s_client(option, "-sess_in", ticket))

    def offering_protocols(self, *names):
        context = self.context()
        context.set_alpn_protocols(names)
        return context

    def test_no_ticket_leads_past_client_authentication(self):
        asked = BASE + "  client_ca_file: ca.crt\n  client_auth_type: RequireAndVerifyClientCert\n"
        request = b"GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        for option in ("-tls1_2", "-tls1_3"):
            with self.subTest(option), self.start() as gateway:
                ticket = self.path("ticket")
                for settings, session, served in ((BASE, "-sess_out", True), (BASE, "-sess_in", True),
                                                  (asked, "-sess_in", False)):
                    gateway.write(settings)
                    done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{gateway.port}", option,
                                           session, ticket, "-ign_eof"], input=request, capture_output=True,
                                          timeout=SECONDS, check=False)
                    self.assertEqual(b"HTTP/1.1 200 " in done.stdout, served)

    def test_http_1_1_is_chosen_by_alpn_and_what_is_not_spoken_is_refused(self):
        with self.start() as gateway:
            with gateway.connect(self.offering_protocols("http/1.1")) as connection:
                self.assertEqual(connection.selected_alpn_protocol(), "http/1.1")
            self.assertFalse(gateway.serves(self.offering_protocols("nosuch")))
            gateway.wait_for_log("tls: client requested unsupported application protocols ([\"nosuch\"])")

    def test_without_http2_nothing_is_chosen_by_alpn_and_nothing_refused(self):
        with self.start(NO_HTTP2) as gateway:
            for offered in (("http/1.1",), ("h2", "http/1.1"), ("nosuch",)):
                with gateway.connect(self.offering_protocols(*offered)) as connection:
                    self.assertIsNone(connection.selected_alpn_protocol())

    def test_a_request_without_tls_is_told_so(self):
        with self.start() as gateway:
            for request in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"POST /metrics/job/x HTTP/1.1\r\nHost: x\r\n\r\n",
                            b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", b"PUT /metrics/job/x HTTP/1.1\r\nHost: x\r\n\r\n"):
                with socket.create_connection(("127.0.0.1", gateway.port), timeout=SECONDS) as raw:
                    raw.sendall(request)
                    answer = b""
                    while data := raw.recv(65536):
                        answer += data
                self.assertEqual(answer, b"HTTP/1.0 400 Bad Request\r\n\r\n"
                                 b"Client sent an HTTP request to an HTTPS server.\n")
            gateway.wait_for_log("client sent an HTTP request to an HTTPS server")

    def test_what_is_neither_tls_nor_a_request_ends_the_connection(self):
        with self.start() as gateway:
            for text in (b"SSH-2.0-x\r\n" * 10, b"\x16\x03\x01\xff\xff" + bytes(2000), bytes(500)):
                with socket.create_connection(("127.0.0.1", gateway.port), timeout=SECONDS) as raw:
                    raw.sendall(text)
                    try:
                        while raw.recv(65536):
                            pass
                    except ConnectionResetError:
                        pass
            self.assertTrue(gateway.serves(self.context()))

    def test_large_bodies_pass_whole_in_both_directions(self):
        help_text = hashlib.sha256(b"x").hexdigest() * 100
        body = "".join(f"# HELP m{i} {help_text}\nm{i} {i}\n" for i in range(1000)).encode()
        head = b"PUT /metrics/job/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
        with self.start() as gateway:
            self.assertTrue(gateway.ask(self.context(), head + body).startswith(b"HTTP/1.1 200 "))
            connection = http.client.HTTPSConnection("localhost", gateway.port, context=self.context(), timeout=SECONDS)
            for _ in range(3):
                connection.request("GET", "/metrics")
                answer = connection.getresponse().read().decode()
                self.assertEqual(answer.count(help_text), 1000)
                self.assertIn('m999{instance="",job="x"} 999\n', answer)
            connection.close()

    def test_pipelined_requests_and_single_bytes_are_answered_in_order(self):
        request = b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n"
        last = b"GET /-/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        with self.start() as gateway:
            self.assertEqual(gateway.ask(self.context(), request * 500 + last).count(b"HTTP/1.1 200 OK\r\n"), 501)
            with gateway.connect(self.context()) as connection:
                for byte in request:
                    connection.sendall(bytes([byte]))
                self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 200 "))

    def test_a_reader_that_is_slow_gets_everything(self):
        help_text = "h" * 6000
        body = "".join(f"# HELP m{i} {help_text}\nm{i} {i}\n" for i in range(500)).encode()
        head = b"PUT /metrics/job/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
        with self.start() as gateway:
            self.assertTrue(gateway.ask(self.context(), head + body).startswith(b"HTTP/1.1 200 "))
            raw = socket.socket()
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            raw.settimeout(SECONDS)
            raw.connect(("127.0.0.1", gateway.port))
            with self.context().wrap_socket(raw, server_hostname="localhost") as connection:
                connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                answer = b""
                while data := connection.recv(16384):
                    answer += data
                    if len(answer) < 500000:
                        time.sleep(0.002)
            self.assertGreaterEqual(answer.count(b"h"), 500 * len(help_text))  # the help may lie across chunks

    def test_passwords_are_asked_for_over_tls_too(self):
        users = f"basic_auth_users:\n  u: {HASH}\n"
        with self.start(users) as gateway:
            self.assertTrue(gateway.ask(self.context()).startswith(b"HTTP/1.1 401 "))
            self.assertTrue(gateway.ask(self.context(), b"GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                        b"Authorization: Basic dTpzZWNyZXQ=\r\n\r\n").startswith(b"HTTP/1.1 200 "))

    def test_a_handshake_that_does_not_end_is_ended(self):
        if IS_REFERENCE:  # it has no deadline
            return
        with self.start("", "--web.header-timeout=300ms") as gateway:
            for start in (b"", b"\x16\x03\x01\x02\x00\x01\x00"):
                with socket.create_connection(("127.0.0.1", gateway.port), timeout=SECONDS) as raw:
                    raw.sendall(start)
                    began = time.monotonic()
                    self.assertEqual(raw.recv(100), b"")
                    self.assertLess(time.monotonic() - began, 5)
            gateway.wait_for_log("the end of the handshake did not arrive within 300 ms (--web.header-timeout)")


# "secret"
HASH = "$2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq"

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--reference", action="store_true")
    options, rest = parser.parse_known_args()
    BINARY, IS_REFERENCE = os.path.abspath(options.binary), options.reference
    unittest.main(argv=[sys.argv[0], *rest])

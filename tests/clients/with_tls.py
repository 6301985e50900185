# SPDX-License-Identifier: Apache-2.0
"""TLS and passwords as real clients use them: curl, Debian's python3-prometheus-client and Prometheus."""
import contextlib
import http.client
import pathlib
import ssl
import sys
import tempfile

from harness import HERE, ROOT, Gateway, Process, expect, free_port, program, test, wait_until
from with_curl import curl
from with_prometheus import Prometheus
from with_python import ENVIRONMENT, PYTHON

sys.path.append(str(HERE.parent / "system"))
from certificates import Authority  # noqa: E402

HASH = "$2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq"  # "secret"
CONFIGURATION = f"""
tls_server_config:
  cert_file: server.crt
  key_file: server.key
  client_ca_file: ca.crt
  client_auth_type: VerifyClientCertIfGiven
basic_auth_users:
  u: {HASH}
"""
SCRAPE = """
global:
  scrape_interval: 1s
scrape_configs:
  - job_name: pushgateway
    honor_labels: true
    scheme: https
    basic_auth:
      username: u
      password: {password}
    tls_config:
      ca_file: {folder}/ca.crt
      cert_file: {folder}/client.crt
      key_file: {folder}/client.key
    static_configs:
      - targets: ["{address}"]
"""


class SecureGateway(Gateway):
    """Asks for passwords over TLS; `request` here is made with both."""

    def __init__(self, binary, folder, configuration=CONFIGURATION, *flags):
        self.folder = folder
        authority = Authority(folder)
        authority.issue("server")
        authority.issue("client")
        path = pathlib.Path(folder) / "web.yml"
        path.write_text(configuration)
        super().__init__(binary, f"--web.config.file={path}", *flags)
        self.url = f"https://{self.address}"

    def request(self, method, path, body=None, headers=None):
        context = ssl.create_default_context(cafile=f"{self.folder}/ca.crt")
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=20, context=context)
        try:
            connection.request(method, path, body, {"Authorization": "Basic dTpzZWNyZXQ=", **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


@contextlib.contextmanager
def secured(gateway):
    """A second gateway of the same program."""
    with tempfile.TemporaryDirectory() as folder, SecureGateway(gateway.process.args[0], folder) as second:
        yield second


@test("curl pushes over TLS with a password and a client certificate, and is told what is missing.")
def with_certificate_and_password(gateway):
    with secured(gateway) as second:
        url = f"{second.url}/metrics/job/backup"
        ca = ("--cacert", f"{second.folder}/ca.crt")
        certificate = ("--cert", f"{second.folder}/client.crt", "--key", f"{second.folder}/client.key")
        expect(curl(*ca, "-u", "u:secret", url, body="backup_records 1\n"), (200, ""))
        expect(curl(*ca, *certificate, "-u", "u:secret", url, body="backup_records 2\n"), (200, ""))
        expect(curl(*ca, "-u", "u:wrong", url, body="backup_records 3\n"), (401, "Unauthorized"))
        expect(curl(*ca, *certificate, url, body="backup_records 3\n"), (401, "Unauthorized"))
        expect(second.metrics("backup_records")[-1], 'backup_records{instance="",job="backup"} 2')


@test("Python's basic_auth_handler pushes over TLS.")
def python_handler(gateway):
    with secured(gateway) as second:
        environment = {**ENVIRONMENT, "SSL_CERT_FILE": f"{second.folder}/ca.crt"}
        expect(program(PYTHON, HERE / "python/client.py", second.url, "push with a password", env=environment), "")
        expect(second.metrics("py_one")[-1], 'py_one{instance="",job="py"} 7')


ROLES = CONFIGURATION + """
roles: {u: [push]}
push_groups: {u: '{job="py"}'}
"""


@test("Python's basic_auth_handler pushes what its user may push, and raises HTTP 403 for the rest.")
def python_handler_with_roles(gateway):
    with secured(gateway) as second:
        path = pathlib.Path(second.folder) / "web.yml"
        path.with_suffix(".new").write_text(ROLES)
        path.with_suffix(".new").rename(path)
        environment = {**ENVIRONMENT, "SSL_CERT_FILE": f"{second.folder}/ca.crt"}
        client = (PYTHON, HERE / "python/client.py", second.url)
        expect(program(*client, "push with a password", env=environment), "")
        expect(program(*client, "push of another job with a password", env=environment), "403 Forbidden")
        expect(second.request("GET", "/metrics"), (403, 'user "u" may not do this: the role "scrape" is needed\n'))


class SecurePrometheus(Prometheus):
    def __init__(self, directory, gateway, password):
        configuration = pathlib.Path(directory) / "prometheus.yml"
        configuration.write_text(SCRAPE.format(folder=gateway.folder, address=gateway.address, password=password))
        port = free_port()
        Process.__init__(self, [ROOT / "usr/bin/prometheus", f"--config.file={configuration}",
                                f"--storage.tsdb.path={directory}/data", f"--web.listen-address=127.0.0.1:{port}"],
                         port, "/-/ready")


@test("Prometheus scrapes over TLS with a client certificate and a password, and not with a wrong one.")
def scraped(gateway):
    with secured(gateway) as second:
        second.request("PUT", "/metrics/job/backup", "backup_records 12\n")
        for password, up in (("secret", "1"), ("wrong", "0")):
            with tempfile.TemporaryDirectory() as directory, SecurePrometheus(directory, second, password) as server:
                wait_until(lambda: server.query('up{job="pushgateway"}'), "the gateway was scraped")
                expect([value for _, value in server.query('up{job="pushgateway"}')], [up])
                expect([value for _, value in server.query("backup_records")], ["12"] if up == "1" else [])

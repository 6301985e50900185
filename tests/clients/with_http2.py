# SPDX-License-Identifier: Apache-2.0
"""HTTP/2 as real clients speak it: curl, nghttp2's own programs, Debian's Go client library."""
import contextlib
import re
import tempfile

from harness import BUILD, expect, expect_lines, program, test
from with_go import EVERY_TYPE
from with_tls import SecureGateway

CONFIGURATION = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n"


@contextlib.contextmanager
def over_tls(gateway, *flags):
    """A second gateway of the same program, whose clients choose HTTP/2."""
    with tempfile.TemporaryDirectory() as folder:
        with SecureGateway(gateway.process.args[0], folder, CONFIGURATION, *flags) as second:
            yield second


def curl(second, *arguments):
    """Status, version and body."""
    said = program("curl", "-sS", "--max-time", "20", "--http2", "--cacert", f"{second.folder}/ca.crt",
                   "-w", "\n%{http_code} %{http_version}", *arguments)
    body, _, last = said.rpartition("\n")
    return last, body.strip()


@test("curl --http2 pushes, uploads what has no length, scrapes compressed and deletes.")
def with_curl(gateway):
    with over_tls(gateway) as second, tempfile.NamedTemporaryFile("w") as file:
        url = f"{second.url}/metrics/job/backup"
        expect(curl(second, "--data-binary", "backup_records 12\n", url), ("200 2", ""))
        file.write("".join(f'big{{n="{n}"}} {n}\n' for n in range(50000)))
        file.flush()
        expect(curl(second, "-T", file.name, "-H", "Transfer-Encoding:", f"{second.url}/metrics/job/big"), ("200 2", ""))
        expect(curl(second, "-T", file.name, "-H", "Expect: 100-continue", f"{second.url}/metrics/job/big"), ("200 2", ""))
        status, body = curl(second, "--compressed", f"{second.url}/metrics")
        expect(status, "200 2")
        expect(body.count("\nbig{"), 50000)
        expect(curl(second, "-X", "DELETE", url), ("202 2", ""))
        expect(second.metrics("backup_"), [])
        expect(curl(second, "-I", f"{second.url}/-/healthy")[0], "405 2")


@test("curl --http2 is told why its upload is refused before its end.")
def with_refused_upload(gateway):
    with over_tls(gateway, "--web.max-body-bytes=100000") as second, tempfile.NamedTemporaryFile("w") as file:
        file.write("\n" * 3000000)
        file.flush()
        for _ in range(5):
            expect(curl(second, "--data-binary", f"@{file.name}", f"{second.url}/metrics/job/big"),
                   ("413 2", "the request body is over the limit of 100000 bytes (--web.max-body-bytes)"))


@test("nghttp asks for many things over one connection.")
def with_nghttp(gateway):
    with over_tls(gateway) as second:
        paths = ["/metrics", "/-/healthy", "/", "/api/v1/status", "/nope"] * 10
        said = program("nghttp", "-nsy", *[f"{second.url}{path}?{i}" for i, path in enumerate(paths)])
        codes = re.findall(r"^ *\d+ .* (\d{3}) +\S+ /\S*$", said, re.MULTILINE)
        expect((len(codes), codes.count("200"), codes.count("404")), (50, 40, 10), said)


@test("h2load pushes 20,000 times, 80 at once, and each is answered 200.")
def with_h2load(gateway):
    with over_tls(gateway) as second, tempfile.NamedTemporaryFile("w") as file:
        file.write("backup_records 12\nbackup_seconds 3.5\n")
        file.flush()
        said = program("h2load", "-n", "20000", "-c", "4", "-m", "20", "-d", file.name,
                       f"{second.url}/metrics/job/backup", timeout_seconds=60)
        expect("20000 succeeded, 0 failed, 0 errored" in said and "20000 2xx" in said, True, said)
        expect(second.metrics("backup_seconds")[-1], 'backup_seconds{instance="",job="backup"} 3.5')


@test("Go's push package speaks HTTP/2 to the gateway of its own accord.", ["protobuf"])
def with_go(gateway):
    with over_tls(gateway) as second:
        environment = {"SSL_CERT_FILE": f"{second.folder}/ca.crt"}
        for action, says in (("push", "PUT 200 HTTP/2.0"), ("push one", "PUT 200 HTTP/2.0"),
                             ("delete", "DELETE 202 HTTP/2.0"), ("push", "PUT 200 HTTP/2.0")):
            expect(program(BUILD / "go_client", second.url, action, env=environment), says)
        expect_lines(second.metrics("go_job"), EVERY_TYPE)

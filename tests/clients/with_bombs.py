# SPDX-License-Identifier: Apache-2.0
"""Bodies that inflate to far more than they are: each is refused at the bound and costs no more than that."""
import http.client
import subprocess
import threading
import zlib

import harness
from harness import test

BOMB_BYTES = 512 << 20
BLOCK = bytes(1 << 20)
PEAK_BYTES_MAX = 300 << 20


def bomb(window_bits):
    if window_bits is None:
        return subprocess.run(["zstd", "-qc"], input=bytes(BOMB_BYTES), stdout=subprocess.PIPE, check=True,
                              timeout=60).stdout
    deflater = zlib.compressobj(9, zlib.DEFLATED, window_bits)
    parts = [deflater.compress(BLOCK) for _ in range(BOMB_BYTES // len(BLOCK))]
    return b"".join(parts) + deflater.flush()


def push(gateway, body, encoding):
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
    try:
        connection.request("PUT", "/metrics/job/bomb", body, {"Content-Encoding": encoding})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def peak_bytes(gateway):
    with open(f"/proc/{gateway.process.pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    raise AssertionError("no VmHWM")


def refused_by(encoding, window_bits):
    @test(f"Bombs of 512 MB under Content-Encoding {encoding}, eight at once, are 413 each and take less than "
          "300 MB together.", ["limits"])
    def check(gateway):
        body = bomb(window_bits)
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(push(gateway, body, encoding))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert [status for status, _ in answers] == [413] * 8, answers
        assert all("--web.max-inflated-bytes" in text for _, text in answers), answers
        assert peak_bytes(gateway) < PEAK_BYTES_MAX, peak_bytes(gateway)
        assert harness.Process.ready(gateway, "/-/healthy")


refused_by("gzip", 31)
refused_by("deflate", 15)
refused_by("zstd", None)

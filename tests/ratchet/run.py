#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ratchets: what a push, a scrape and a stored series cost, counted, not timed, and held against limits.txt.

Instructions, allocations and the heap's bytes are counted by valgrind in ratchet_drive: the gateway and its client in
one thread, fed with fixed requests and a fixed clock, so that two runs count the same to the last instruction.
Instructions (callgrind) are those of the worker's turns that serve the requests that are asked about; allocations and
bytes (dhat) are the difference of two runs, with N and with 2 N requests. System calls and clock readings are counted
in the program itself, with one worker and a client in lockstep, also as a difference. A count that is above its limit
fails; instructions may be 5 % above, since compilers and libraries differ. One that has become less should have its
limit lowered with the change that did it: --write does."""
import argparse
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

LIMITS = pathlib.Path(__file__).with_name("limits.txt")
MACHINE = pathlib.Path(__file__).with_name("machine").resolve()  # what /proc says in ratchet_drive
START_SECONDS_MAX, REQUEST_SECONDS_MAX, DRIVE_SECONDS_MAX = 60, 60, 300
ALLOWANCE = {"instructions": 1.05, "bytes": 1.02}  # all else: exactly

# What a valgrind run is asked for, and where it says the answer.
TOOLS = {
    "instructions": (["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=counted_turn"],
                     r"Collected : (\d+)"),
    "allocations": (["--tool=dhat", "--dhat-out-file=/dev/null"], r"Total: +[\d,]+ bytes in ([\d,]+) blocks"),
    "bytes": (["--tool=dhat", "--dhat-out-file=/dev/null"], r"At t-gmax: +([\d,]+) bytes"),
    "calls": (["--tool=none", "--trace-syscalls=yes"], r"^SYSCALL\[\d+,\d+\]\( *\d+\) sys_(?!clock_gettime)"),
    # these need no system call elsewhere than under valgrind
    "clocks": (["--tool=none", "--trace-syscalls=yes"], r"^SYSCALL\[\d+,\d+\]\( *\d+\) sys_clock_gettime"),
}
SERVED = "calls", "clocks"  # of the program: to one decimal, since a timer may come once more


def push(group, value):
    body = (f'# TYPE job_runs_total counter\njob_runs_total{{result="ok"}} 1{value % 10**7:07}\n'
            'job_runs_total{result="error"} 12\n# TYPE job_duration_seconds gauge\njob_duration_seconds 42.123456\n'
            '# TYPE job_last_success_unixtime gauge\njob_last_success_unixtime 1795197166.125\n'
            '# TYPE job_records gauge\njob_records{to="db"} 1234567\n')
    return (f"PUT /metrics/job/nightly/instance/host-{group:06} HTTP/1.1\r\nHost: ratchet\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


def scrape(headers=""):
    return f"GET /metrics HTTP/1.1\r\nHost: ratchet\r\n{headers}\r\n".encode()


STORED = 500  # groups, before scrapes
FILL = [push(group, group) for group in range(STORED)]
TEXT, GZIP = scrape(), scrape("Accept-Encoding: gzip\r\n")
WARM = 20  # of what is counted, before it


# Each gives the requests that prepare and the n that are counted.
def pushes_again(n):
    return [push(0, i) for i in range(WARM)], [push(0, WARM + i) for i in range(n)]


def pushes_among_many(n):
    return FILL, [push(i * 7 % STORED, i) for i in range(n)]


def groups(n):
    return [], [push(i, i) for i in range(n)]


def scrapes(request):
    return lambda n: (FILL + [request] * WARM, [request] * n)


def changed_scrapes(n):
    return FILL + [GZIP] * WARM, [request for i in range(n) for request in (push(i, i), GZIP)]


# name: the requests, n, what is counted, how much of it each of n is
MEASURES = {
    "instructions per push": (pushes_again, 1000, "instructions", 1),
    "instructions per push among 500 groups": (pushes_among_many, 1000, "instructions", 1),
    "allocations per push": (pushes_again, 1000, "allocations", 1),
    "system calls per push": (pushes_again, 1000, "calls", 1),
    "clock readings per push": (pushes_again, 1000, "clocks", 1),
    "instructions per series scraped as text": (scrapes(TEXT), 10, "instructions", STORED * 7),
    "instructions per scrape in gzip, nothing changed": (scrapes(GZIP), 40, "instructions", 1),
    "instructions per push and scrape in gzip": (changed_scrapes, 40, "instructions", 1),
    "allocations per scrape as text": (scrapes(TEXT), 40, "allocations", 1),
    "allocations per scrape in gzip, nothing changed": (scrapes(GZIP), 40, "allocations", 1),
    "bytes per series": (groups, 1000, "bytes", 7),  # 5 pushed, 2 the group's own
}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def connect(port, process):
    end = time.monotonic() + START_SECONDS_MAX
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=REQUEST_SECONDS_MAX)
        except OSError:
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit("ratchets: the server does not answer under valgrind") from None
            time.sleep(0.05)


def exchange(connection, request):
    """Sends a request and reads its answer, whose end its length or its last chunk says."""
    connection.sendall(request)
    answer = b""
    while True:
        got = connection.recv(1 << 20)
        if not got:
            raise SystemExit("ratchets: the server closed the connection")
        answer += got
        head, end, rest = answer.partition(b"\r\n\r\n")
        length = re.search(rb"\r\nContent-Length: (\d+)", head)
        if end and (len(rest) >= int(length[1]) if length else answer.endswith(b"\r\n0\r\n\r\n")):
            break
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise SystemExit(f"ratchets: {request[:60]} was answered {answer[:200]}")


def told(log, what):
    """What valgrind wrote down."""
    text = log.read_text(errors="replace")
    pattern = TOOLS[what][1]
    if what in SERVED:
        return len(re.findall(pattern, text, re.MULTILINE))
    found = re.search(pattern, text)
    if not found:
        raise SystemExit(f"ratchets: valgrind does not tell {what}:\n{text[-2000:]}")
    return int(found[1].replace(",", ""))


def valgrind(log, what, command):
    """Without an environment, which would lie on the counted program's stack."""
    return subprocess.Popen([shutil.which("valgrind"), *TOOLS[what][0], f"--log-file={log}", *command], env={},
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def count_driven(drive, prepare, counted, what):
    """What valgrind counted of ratchet_drive."""
    with tempfile.TemporaryDirectory() as directory:
        log, requests = pathlib.Path(directory, "log"), pathlib.Path(directory, "requests")
        requests.write_bytes(b"".join(b"%d\n%b" % (len(request), request) for request in prepare + counted))
        process = valgrind(log, what, [drive, str(requests), str(len(prepare)), str(MACHINE)])
        try:
            code = process.wait(timeout=DRIVE_SECONDS_MAX)
        finally:
            process.kill()
            process.wait()
        if code != 0:
            raise SystemExit(f"ratchets: ratchet_drive ended with {code}:\n{log.read_text(errors='replace')[-2000:]}")
        return told(log, what)


def count_served(binary, requests, what):
    """What valgrind counted from start to end of a server that got these requests."""
    port = free_port()
    with tempfile.TemporaryDirectory() as directory:
        log = pathlib.Path(directory, "log")
        process = valgrind(log, what, [binary, "--web.workers=1", f"--web.listen-address=127.0.0.1:{port}",
                                       "--persistence.file=", "--log.level=error", "--no-sandbox"])
        try:
            with connect(port, process) as connection:
                for request in requests:
                    exchange(connection, request)
            process.terminate()
            process.wait(timeout=REQUEST_SECONDS_MAX)
        finally:
            process.kill()
            process.wait()
        return told(log, what)


def count(options, requests, what):
    if what in SERVED:
        return count_served(options.binary, sum(requests, []), what)
    return count_driven(options.drive, *requests, what)


def measure(options, name):
    requests, n, what, parts = MEASURES[name]
    counted = count(options, requests(n), what)
    if what != "instructions":  # callgrind alone is told what to count
        counted = count(options, requests(2 * n), what) - counted
    return round(counted / (n * parts), 1 if what in SERVED else 2)


def read_limits():
    rows = (line.rsplit(":", 1) for line in LIMITS.read_text().splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, value in rows}


def write_limits(found):
    lines = [line for line in LIMITS.read_text().splitlines() if line.startswith("#")] if LIMITS.exists() else []
    LIMITS.write_text("\n".join(lines + [f"{name}: {value:.10g}" for name, value in found.items()]) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--drive", required=True, help="ratchet_drive")
    parser.add_argument("--only", default="", help="those whose name holds this text")
    parser.add_argument("--write", action="store_true", help="make what is measured the limits")
    options = parser.parse_args()
    limits = {} if options.write and not LIMITS.exists() else read_limits()
    found, failed = dict(limits) if options.write else {}, False
    for name in MEASURES:
        if options.only not in name:
            continue
        found[name] = measure(options, name)
        limit = limits.get(name, 0) * ALLOWANCE.get(MEASURES[name][2], 1)
        above = found[name] > limit
        failed = failed or above
        print(f"{'above' if above else 'ok':5} {name}: {found[name]:,.10g} (limit {limit:,.10g})", flush=True)
    if options.write:
        write_limits(found)
    elif failed:
        print("What costs more than it did needs a reason: make it cheaper, or give the reason in the commit that "
              "raises the limit (--write).")
        sys.exit(1)


if __name__ == "__main__":
    main()

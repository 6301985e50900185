# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks share: the build, servers and what they use."""
import http.client
import json
import os
import pathlib
import platform
import signal
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BENCH = ROOT / "build/release/bench"
LISTEN = "--web.listen-address=127.0.0.1:{}"


def cores():
    return len(os.sched_getaffinity(0))


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Server:
    def __init__(self, command, pause=0.05):
        """`command` is a function of the port; whether it answers is asked after each pause."""
        self.port = free_port()
        self.process = subprocess.Popen(command(self.port), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > end:
                self.end(signal.SIGKILL)
                raise SystemExit(f"{sys.argv[0]}: {self.process.args[0]} does not answer")
            time.sleep(pause)

    def answers(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/-/ready")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def cpu_ms(self):
        """What all threads used, user and system, as the scheduler counted it."""
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task")
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e6

    def resident_mb(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024 / 1e6
        raise SystemExit(f"{sys.argv[0]}: {self.process.args[0]} has ended")


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}" if value >= 10 else f"{value:,.2f}"


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def machine():
    return f"{processor()}, {cores()} cores, Linux {platform.release()}, {time.strftime('%Y-%m-%d')}"


def build(options, *targets):
    """Sets options.binary, unless another build is wanted."""
    targets = [*targets, *([] if options.binary else ["pushgateway"])]
    commands = [["cmake", "--preset", "release", "--log-level=WARNING"]]
    if targets:
        commands.append(["cmake", "--build", "--preset", "release", "--target", *targets])
    for command in commands:
        subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)
    if not options.binary:
        options.binary = ROOT / "build/release/pushgateway"


def add_options(parser):
    parser.add_argument("--binary", help="another build of ours than the release preset's")
    parser.add_argument("--reference", default=os.environ.get("PUSHGATEWAY_REFERENCE"))
    parser.add_argument("--figures", help="write what was measured into this file, as JSON")
    parser.add_argument("--quick", action="store_true", help="a smoke run of some seconds")
    parser.add_argument("--workers", type=int, default=max(1, min(8, cores() // 2)))


def keep_figures(options, figures):
    """For bench/all: what was measured, as a table of names."""
    if options.figures:
        pathlib.Path(options.figures).write_text(json.dumps(figures))


def load(server, connections, groups, mode, seconds, *more):
    """Runs bench_load; answers, seconds, CPU microseconds per answer, and with "percentiles" these in ms."""
    done = subprocess.run([BENCH / "bench_load", str(server.port), str(server.process.pid), str(connections), str(groups),
                           mode, str(seconds), "0", *more], check=True, capture_output=True, text=True,
                          timeout=seconds + 60)
    answers, refused, took, cpu, _, *percentiles = done.stdout.split()
    if int(refused) or not int(answers):
        raise SystemExit(f"{sys.argv[0]}: {answers} pushes answered, {refused} refused: {done.stderr}")
    return int(answers), float(took), int(cpu) / 1000 / int(answers), *(int(p) / 1000 for p in percentiles)


def note_reference(options):
    if not options.reference:
        print("no reference: its rows are left out (--reference or $PUSHGATEWAY_REFERENCE names its binary)")

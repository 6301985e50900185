#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sandbox.py --binary PATH: the running gateway is in its sandbox, says so, and lacks nothing there."""

import argparse
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from certificates import Authority  # noqa: E402
from gateway import Subject  # noqa: E402

BINARY = None
SECONDS = 20
NOBODY = 65534
TLS = "tls_server_config:\n  cert_file: {}\n  key_file: {}\n"


class Gateway(Subject):
    def __init__(self, *flags, as_nobody=False, tls=None):
        self.log = tempfile.TemporaryFile()
        super().__init__(BINARY, *flags, stderr=self.log, tls=tls,
                         **({"user": NOBODY, "group": NOBODY, "extra_groups": []} if as_nobody else {}))

    def __exit__(self, *_):
        super().__exit__()
        self.log.close()

    def log_text(self):
        self.log.seek(0)
        return self.log.read().decode()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(SECONDS)

    def thread_states(self):
        """What /proc says of each thread."""
        folder = f"/proc/{self.process.pid}/task"
        states = []
        for task in os.listdir(folder):
            with open(os.path.join(folder, task, "status"), encoding="utf-8") as file:
                states.append(dict(re.findall(r"^(NoNewPrivs|Seccomp):\s+(\d)$", file.read(), re.M)))
        return states


def unverified():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Sandbox(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.chmod(self.folder, 0o755)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def test_every_thread_is_inside_and_the_log_says_so(self):
        with Gateway(f"--persistence.file={self.path('file')}") as gateway:
            states = gateway.thread_states()
            self.assertGreaterEqual(len(states), 4)  # main, log, worker, keeper
            for state in states:
                self.assertEqual(state, {"NoNewPrivs": "1", "Seccomp": "2"})
            self.assertRegex(gateway.log_text(), r'msg="Sandbox is enabled\." seccomp=true landlock=\d+\n')

    def test_the_switch_leaves_it_open_and_the_log_says_so(self):
        with Gateway("--no-sandbox") as gateway:
            for state in gateway.thread_states():
                self.assertEqual(state, {"NoNewPrivs": "0", "Seccomp": "0"})
            self.assertIn('msg="Sandbox is disabled." reason=--no-sandbox\n', gateway.log_text())

    def test_the_status_shows_it(self):
        for flags, shown in ((), r"^seccomp, landlock \d+$"), (("--no-sandbox",), "^false$"):
            with Gateway(*flags) as gateway:
                status, body = gateway.ask("GET", "/api/v1/status")
            self.assertEqual(status, 200)
            self.assertRegex(re.search(r'"sandbox":"([^"]*)"', body)[1], shown)

    def test_without_privileges_all_that_is_stored_comes_back(self):
        os.mkdir(self.path("data"))
        if os.getuid() == 0:
            os.chown(self.path("data"), NOBODY, NOBODY)
        flag = f"--persistence.file={self.path('data', 'file')}"
        for round_number in range(3):
            with Gateway(flag, as_nobody=os.getuid() == 0) as gateway:
                for i in range(round_number):
                    self.assertIn(f'm{{instance="",job="j{i}"}} {i}\n', gateway.ask("GET", "/metrics")[1])
                body = f"m {round_number}\n"
                self.assertEqual(gateway.ask("PUT", f"/metrics/job/j{round_number}", body)[0], 200)
                self.assertIn('msg="Sandbox is enabled."', gateway.log_text())
                if round_number % 2:
                    self.assertEqual(gateway.stop(), 0)  # else it is killed

    def test_a_persistence_file_behind_a_link_is_written(self):
        os.mkdir(self.path("data"))
        os.symlink(self.path("data", "file"), self.path("link"))
        for wanted in ("", "m{"):
            with Gateway(f"--persistence.file={self.path('link')}") as gateway:
                self.assertIn(wanted, gateway.ask("GET", "/metrics")[1])
                self.assertEqual(gateway.ask("PUT", "/metrics/job/j", "m 1\n")[0], 200)
                self.assertEqual(gateway.stop(), 0)

    def test_the_gateway_measures_itself_as_without(self):
        names = []
        for flags in (), ("--no-sandbox",):
            with Gateway(*flags) as gateway:
                names.append(sorted(re.findall(r"^(process_\w+) ", gateway.ask("GET", "/metrics")[1], re.M)))
        self.assertEqual(*names)
        self.assertIn("process_network_receive_bytes_total", names[0])

    def test_certificates_are_renewed_where_they_were_and_elsewhere_a_restart_is_needed(self):
        authority = Authority(self.path())
        os.mkdir(self.path("config"))
        for folder, name in (("live", "first"), ("archive", "second"), ("elsewhere", "third")):
            os.mkdir(self.path(folder))
            authority.issue(name)
            for end in (".crt", ".key"):
                shutil.move(self.path(name + end), self.path(folder, name + end))
        # a link into another folder, as certbot has it
        for end in (".crt", ".key"):
            shutil.move(self.path("live", "first" + end), self.path("archive", "first" + end))
            os.symlink(self.path("archive", "first" + end), self.path("live", "used" + end))
        with open(self.path("config", "web.yml"), "w", encoding="utf-8") as file:
            file.write(TLS.format(self.path("live", "used.crt"), self.path("live", "used.key")))
        with Gateway(f"--web.config.file={self.path('config', 'web.yml')}", tls=unverified()) as gateway:
            for end in (".crt", ".key"):
                os.symlink(self.path("archive", "second" + end), self.path("live", "new"))
                os.replace(self.path("live", "new"), self.path("live", "used" + end))
            self.assertEqual(gateway.ask("GET", "/-/ready")[0], 200)
            with open(self.path("config", "web.new"), "w", encoding="utf-8") as file:
                file.write(TLS.format(self.path("elsewhere", "third.crt"), self.path("elsewhere", "third.key")))
            os.replace(self.path("config", "web.new"), self.path("config", "web.yml"))
            with self.assertRaises(OSError):
                gateway.ask("GET", "/-/ready")
            deadline = time.monotonic() + SECONDS
            while "restart needed" not in gateway.log_text() and time.monotonic() < deadline:
                time.sleep(0.01)
            self.assertIn(f"open {self.path('elsewhere', 'third.crt')}: permission denied (outside of what the sandbox "
                          "left at the start: restart needed)", gateway.log_text())
            self.assertEqual(gateway.stop(), 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    options, rest = parser.parse_known_args()
    BINARY = os.path.abspath(options.binary)
    unittest.main(argv=[sys.argv[0], *rest])

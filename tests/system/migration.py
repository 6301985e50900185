#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""migration.py --binary PATH: starting on files that the Go Pushgateway wrote; and all commands of docs/migration.md."""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
from gateway import Gateway, ask, free_port  # noqa: E402

BINARY = None
SECONDS = 20
TESTS = pathlib.Path(__file__).resolve().parent.parent
GOLDEN = TESTS / "golden" / "gob"
PAGE = TESTS.parent / "docs" / "migration.md"
OWN = re.compile(r"(# (HELP|TYPE) )?(go_|process_|pushgateway_)")


def pushed(port):
    """/metrics without the gateway's own families."""
    status, text = ask(port, "GET", "/metrics")
    assert status == 200, text
    return "".join(line for line in text.splitlines(True) if not OWN.match(line))


class Migration(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.file = self.folder / "pushgateway.data"
        self.database = self.folder / "pushgateway.data.db"

    def golden(self, name):
        return (GOLDEN / name).read_bytes()

    def start(self):
        gateway = Gateway(BINARY, False, f"--persistence.file={self.file}")
        self.addCleanup(gateway.kill)
        return gateway

    def kept(self):
        return [name for name in sorted(os.listdir(self.folder)) if re.search(r"\.db\.\d{8}T\d{6}Z$", name)]

    def refused(self):
        """A start that must fail: what it logged."""
        done = subprocess.run([BINARY, f"--web.listen-address=127.0.0.1:{free_port()}",
                               f"--persistence.file={self.file}"], capture_output=True, timeout=SECONDS)
        self.assertEqual(done.returncode, 1)
        return done.stderr.decode()


def logged(gateway, pattern):
    """The log is written by a thread of its own: waits until it has such a line."""
    end = time.monotonic() + SECONDS
    while not re.search(pattern, gateway.log_text().decode()):
        if time.monotonic() > end:
            raise AssertionError(f"not in the log: {pattern}\n{gateway.log_text().decode()}")
        time.sleep(0.01)


class Start(Migration):
    def test_everything_is_shown_as_before_and_the_file_stays_as_it_was(self):
        for name, text in (("reference.gob", "reference.txt"), ("debian12.gob", "debian12.txt"),
                           ("reference-utf8.gob", "reference-utf8.underscores.txt")):
            with self.subTest(name):
                self.setUp()
                self.file.write_bytes(self.golden(name))
                self.file.chmod(0o440)
                gateway = self.start()
                self.assertEqual(pushed(gateway.port), self.golden(text).decode())
                logged(gateway, 'msg="imported the file of the Go Pushgateway"')
                gateway.stop()
                self.assertEqual(self.file.read_bytes(), self.golden(name))

    def test_the_same_file_is_imported_once(self):
        self.file.write_bytes(self.golden("reference.gob"))
        gateway = self.start()
        self.assertEqual(ask(gateway.port, "PUT", "/metrics/job/batch", "since 1\n")[0], 200)
        self.assertEqual(ask(gateway.port, "DELETE", "/metrics/job/etl/instance/host-1")[0], 202)
        before = pushed(gateway.port)
        gateway.stop()
        gateway = self.start()
        self.assertEqual(pushed(gateway.port), before)
        self.assertIn('since{instance="",job="batch"} 1\n', before)
        self.assertNotIn(b"imported", gateway.log_text())
        gateway.stop()
        self.assertEqual(self.kept(), [])

    def test_a_file_that_changed_is_imported_anew_and_the_database_kept(self):
        self.file.write_bytes(self.golden("debian12.gob"))
        gateway = self.start()
        self.assertEqual(ask(gateway.port, "PUT", "/metrics/job/here", "here 1\n")[0], 200)
        gateway.stop()
        self.file.write_bytes(self.golden("reference.gob"))
        gateway = self.start()
        self.assertEqual(pushed(gateway.port), self.golden("reference.txt").decode())
        logged(gateway, r'level=warn caller=.* msg="the file of the Go Pushgateway has changed since it was imported: '
                        r'.*" file=.* kept=.*\.db\.\d{8}T')
        gateway.stop()
        kept, = self.kept()
        text = subprocess.run([BINARY, "export", "--text", self.folder / kept], capture_output=True, timeout=SECONDS)
        self.assertIn(b'here{instance="",job="here"} 1\n', text.stdout)

    def test_a_damaged_file_ends_the_start_and_changes_nothing(self):
        self.file.write_bytes(self.golden("reference.gob"))
        self.start().stop()
        before = self.database.read_bytes()
        damaged = self.golden("debian12.gob")[:-1]
        self.file.write_bytes(damaged)
        self.assertIn(f'err="{self.file}: the file is damaged at byte ', self.refused())
        self.assertEqual((self.file.read_bytes(), self.database.read_bytes()), (damaged, before))
        self.assertEqual(self.kept(), [])

    def test_what_cannot_be_kept_is_told_of(self):
        gob = self.golden("reference.gob")
        self.file.write_bytes(gob.replace(b"\x18\x00\"6", b"\x18\x0f\"6"))  # some_metric gets a type of its own
        self.assertNotEqual(self.file.read_bytes(), gob)
        gateway = self.start()
        logged(gateway, r'level=warn caller=.* msg="not everything in the file of the Go Pushgateway can be kept" '
                        r'err=".*has the unknown type 15"')
        gateway.stop()

    def test_pushes_that_came_before_a_kill_are_there_after_it(self):
        self.file.write_bytes(self.golden("reference.gob"))
        gateway = self.start()
        self.assertEqual(ask(gateway.port, "PUT", "/metrics/job/late", "late 1\n")[0], 200)
        before = pushed(gateway.port)
        gateway.kill()
        gateway = self.start()
        self.assertEqual(pushed(gateway.port), before)
        gateway.stop()


class Page(Migration):
    """Runs the page's commands as they stand; only the port is another one."""

    def shell(self, script):
        return subprocess.run(["/bin/bash", "-euc", script], cwd=self.folder, capture_output=True, text=True,
                              timeout=3 * SECONDS, env={"PATH": f"{self.folder}/bin:{os.environ['PATH']}"})

    def test_every_command(self):
        self.file.write_bytes(self.golden("reference.gob"))
        port = free_port()
        (self.folder / "bin").mkdir()
        wrapper = self.folder / "bin" / "pushgateway"
        wrapper.write_text(f'#!/bin/sh\ncase $1 in --*) exec {BINARY} --web.listen-address=127.0.0.1:{port} "$@";; esac\n'
                           f'exec {BINARY} "$@"\n')
        wrapper.chmod(0o755)
        blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.S)
        self.assertEqual(len(blocks), 6)
        ready = (f"for i in $(seq 1000); do curl -fs 127.0.0.1:{port}/-/ready >/dev/null && break; sleep .01; done; "
                 f"curl -fsS 127.0.0.1:{port}/metrics >shown\n")
        script = "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n"
        for block in blocks:
            script += block + (ready if block.rstrip().endswith("&") else "")
        done = self.shell(script)
        self.assertEqual((done.returncode, done.stdout.count("everything in it is whole")), (0, 2), done.stderr)
        expected = self.golden("reference.txt").decode()
        shown = (self.folder / "shown").read_text()
        self.assertEqual("".join(line for line in shown.splitlines(True) if not OWN.match(line)), expected)
        self.assertEqual((self.folder / "exported.txt").read_text(), expected)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    options, rest = parser.parse_known_args()
    BINARY = os.path.abspath(options.binary)
    unittest.main(argv=[sys.argv[0], *rest], warnings="ignore")  # sockets of starts that were polled

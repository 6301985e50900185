#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""full_disk.py --binary PATH: a disk that is really full.

The program runs itself once more in a mount namespace of its own (unshare: of util-linux; as root, or where users may
have namespaces) and mounts a small tmpfs there. Where that is not allowed it says so and lets the same tests run with
files that may not grow (RLIMIT_FSIZE) instead of a disk that may not."""

import argparse
import contextlib
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
import persistence  # noqa: E402
from persistence import Gateway  # noqa: E402

SECONDS = 30
DISK_BYTES = 2 << 20
MOUNTED = None  # the folder where the small disk is


class Disk:
    """A folder with little room, and what takes the rest of it."""

    def __init__(self):
        self.folder = MOUNTED or tempfile.mkdtemp()
        self.file = os.path.join(self.folder, "db")
        self.ballast = os.path.join(self.folder, "ballast")
        self.gateway = None

    def start(self, *flags):
        limit = None if MOUNTED else 1 << 30
        self.gateway = Gateway(self.file, *flags, file_bytes_max=limit)
        return self.gateway

    def fill(self, bytes_left=0):
        """No more than `bytes_left` may be written from now on."""
        if not MOUNTED:
            sizes = [os.path.getsize(self.file + end) for end in ("", "-wal") if os.path.exists(self.file + end)]
            return self.limit(max(sizes, default=0) + bytes_left)
        with open(self.ballast, "wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))
        if bytes_left > 0:
            os.truncate(self.ballast, max(0, os.path.getsize(self.ballast) - bytes_left))

    def limit(self, n):
        if self.gateway.process.poll() is None:
            resource.prlimit(self.gateway.process.pid, resource.RLIMIT_FSIZE, (n, resource.RLIM_INFINITY))

    def relieve(self):
        if MOUNTED:
            os.unlink(self.ballast)
        else:
            self.limit(1 << 30)

    def clear(self):
        for name in os.listdir(self.folder):
            os.unlink(os.path.join(self.folder, name))
        if not MOUNTED:
            os.rmdir(self.folder)


class FullDisk(unittest.TestCase):
    def setUp(self):
        self.disk = Disk()
        self.addCleanup(self.disk.clear)
        self.acknowledged = {}

    def push(self, gateway, job, number):
        """True when it was acknowledged; a refusal says why."""
        padding = "x" * 1000
        status, text = gateway.ask("PUT", f"/metrics/job/{job}",
                                   f"# HELP n Help.\n# TYPE n gauge\nn {number}\nm{{padding=\"{padding}\"}} 1\n")
        self.assertIn(status, (200, 503), text)
        if status == 503:
            self.assertRegex(text, r"^the change could not be made durable: (.*full|File too large|disk I/O error|No space left on device)\n$")
            return False
        self.acknowledged[job, ""] = number
        return True

    def check_file(self):
        """SQLite and the program itself find nothing wrong with it."""
        with contextlib.closing(sqlite3.connect(self.disk.file)) as db:
            self.assertEqual(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        with tempfile.TemporaryDirectory() as folder:  # it wants room for a copy
            copy = shutil.copy(self.disk.file, folder)
            checked = subprocess.run([persistence.BINARY, "check", copy], capture_output=True, text=True,
                                     timeout=SECONDS, check=False)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def assert_all_there(self):
        with self.disk.start() as gateway:
            self.assertEqual(gateway.wait().values(), self.acknowledged)
            self.assertIn("\npushgateway_persistence_corrupt_rows 0\n", gateway.ask("GET", "/metrics")[1])
            gateway.stop()
        self.check_file()

    def wait_until_ready(self, gateway):
        end = time.monotonic() + SECONDS
        while gateway.ask("GET", "/-/ready")[0] != 200:
            self.assertLess(time.monotonic(), end, "it does not recover")
            time.sleep(0.05)

    def fill_by_pushes(self, gateway):
        """Until three in a row are refused."""
        refused, n = 0, 0
        while refused < 3:
            n += 1
            self.assertLess(n, 20000, "it never fills")
            refused = 0 if self.push(gateway, f"j{n}", n) else refused + 1

    def assert_refusing(self, gateway):
        """It says that it cannot keep anything, and shows what it has."""
        for method, path in (("DELETE", "/metrics/job/first"), ("PUT", "/api/v1/admin/wipe")):
            status, text = gateway.ask(method, path)
            self.assertEqual(status, 503, text)
        status, text = gateway.ask("GET", "/-/ready")
        self.assertEqual(status, 503)
        self.assertRegex(text, r"^the last commit failed: .+\n$")
        self.assertEqual(gateway.ask("GET", "/-/healthy")[0], 200)
        self.assertEqual(gateway.values(), self.acknowledged)
        failures = re.search(r"^pushgateway_persistence_commit_failures_total (\S+)$",
                             gateway.ask("GET", "/metrics")[1], re.M)
        self.assertGreater(float(failures[1]), 0)

    def test_pushes_that_fill_it_are_refused_and_room_lets_them_in_again(self):
        with self.disk.start("--web.enable-admin-api") as gateway:
            gateway.wait()
            self.assertTrue(self.push(gateway, "first", 1))
            self.disk.fill(300000)
            self.fill_by_pushes(gateway)
            self.disk.fill()
            self.assertFalse(self.push(gateway, "first", 2))
            self.assert_refusing(gateway)
            self.disk.relieve()
            self.wait_until_ready(gateway)
            self.assertEqual(gateway.values(), self.acknowledged)
            self.assertTrue(self.push(gateway, "last", 7))
            self.assertEqual(gateway.ask("DELETE", "/metrics/job/first")[0], 202)
            del self.acknowledged["first", ""]
            gateway.kill()
        self.assert_all_there()

    def test_a_kill_while_it_is_full_loses_nothing(self):
        with self.disk.start() as gateway:
            gateway.wait()
            self.disk.fill(200000)
            self.fill_by_pushes(gateway)
            gateway.kill()
        if MOUNTED:
            self.disk.relieve()
        self.assert_all_there()

    def test_an_end_while_it_is_full_loses_nothing(self):
        with self.disk.start() as gateway:
            gateway.wait()
            self.disk.fill(200000)
            self.fill_by_pushes(gateway)
            gateway.stop()
        if MOUNTED:
            self.disk.relieve()
        self.assert_all_there()

    def test_a_start_without_room_loses_nothing(self):
        """It ends with a reason, or serves what it has; with room it has all."""
        with self.disk.start() as gateway:
            gateway.wait()
            for i in range(50):
                self.assertTrue(self.push(gateway, f"j{i}", i))
            gateway.kill()
        self.disk.fill()
        with self.disk.start() as gateway:
            end = time.monotonic() + SECONDS
            while gateway.process.poll() is None and time.monotonic() < end:
                with contextlib.suppress(OSError):
                    if gateway.ask("GET", "/-/ready")[0] == 200:
                        self.assertEqual(gateway.values(), self.acknowledged)
                        gateway.kill()
                time.sleep(0.02)
            self.assertIsNotNone(gateway.process.poll(), "neither ready nor ended")
            if gateway.process.poll() > 0:
                self.assertEqual(gateway.process.poll(), 1)
                self.assertRegex(gateway.log_text(), r"cannot open \S+: .+")
        if MOUNTED:
            self.disk.relieve()
        self.assert_all_there()


def mount_and_run():
    """In a namespace of our own; what is mounted goes with it."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=700", "small-disk", folder], check=True)
        try:
            os.environ["FULL_DISK"] = folder
            return subprocess.run([sys.executable, *sys.argv], check=False).returncode
        finally:
            subprocess.run(["umount", folder], check=True)


def namespace():
    """The command that gives one, or None where it is not allowed to mount."""
    for unshare in (["unshare", "-m"], ["unshare", "-rm"]):
        with contextlib.suppress(OSError), tempfile.TemporaryDirectory() as folder:
            tried = subprocess.run([*unshare, "mount", "-t", "tmpfs", "-o", "size=64k", "probe", folder],
                                   capture_output=True, check=False)
            if tried.returncode == 0:
                return unshare
    return None


def main():
    global MOUNTED
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    options, rest = parser.parse_known_args()
    persistence.BINARY = os.path.abspath(options.binary)
    MOUNTED = os.environ.get("FULL_DISK")
    if MOUNTED == "mount":
        sys.exit(mount_and_run())
    unshare = None if MOUNTED else namespace()
    if unshare:
        sys.exit(subprocess.run([*unshare, sys.executable, *sys.argv], check=False,
                                env={**os.environ, "FULL_DISK": "mount"}).returncode)
    print(f"on a tmpfs of {DISK_BYTES} bytes" if MOUNTED else
          "NO SMALL DISK: mounting is not allowed here; files that may not grow (RLIMIT_FSIZE) stand in for it",
          file=sys.stderr)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""persistence.py --binary PATH: files that may not grow, loading, files that are refused. Kills are in kills.py, a disk
that is full in full_disk.py."""

import argparse
import contextlib
import fcntl
import http.client
import os
import queue
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.dont_write_bytecode = True
from gateway import START_SECONDS, free_port  # noqa: E402

BINARY = None
SECONDS = 30


class Gateway:
    """A gateway on a file; it may be loading when this returns."""

    def __init__(self, file, *flags, file_bytes_max=None):
        self.port = free_port()
        self.log = tempfile.TemporaryFile()

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # as a shell leaves it
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes_max, resource.RLIM_INFINITY))

        self.process = subprocess.Popen(
            [BINARY, f"--web.listen-address=127.0.0.1:{self.port}", f"--persistence.file={file}", *flags],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, preexec_fn=limit if file_bytes_max else None)

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        with contextlib.closing(connection):
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def log_text(self):
        self.log.seek(0)
        return self.log.read().decode()

    def logged(self, words, seconds=5):
        """Whether a line comes that holds these words: the log has a thread of its own."""
        end = time.monotonic() + seconds
        while words not in self.log_text():
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        return True

    def wait(self, path="/-/ready", seconds=START_SECONDS):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.ask("GET", path)[0] == 200:
                    return self
            time.sleep(0.01)
        raise AssertionError(f"{path} is not 200: {self.log_text()[-3000:]}")

    def values(self):
        """(job, instance) -> value of the family `n`."""
        status, text = self.ask("GET", "/metrics")
        assert status == 200, text
        return {(m[2], m[1]): int(float(m[3]))
                for m in re.finditer(r'^n\{instance="(\w*)",job="(\w+)"\} (\S+)$', text, re.M)}

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(SECONDS)
        assert status == 0, f"status {status}: {self.log_text()[-3000:]}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()
        self.log.close()


class Persistence(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = os.path.join(folder.name, "db")

    def push(self, gateway, job, number):
        return gateway.ask("PUT", f"/metrics/job/{job}", f"# TYPE n gauge\nn {number}\n")

    def test_a_full_disk_refuses_pushes_and_is_recovered_from(self):
        """No file may grow any more; SQLite sees its writes fail."""
        with Gateway(self.file, file_bytes_max=1 << 30) as gateway:
            gateway.wait()
            for i in range(20):
                self.assertEqual(self.push(gateway, f"j{i}", i)[0], 200)
            before = gateway.values()
            resource.prlimit(gateway.process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
            for method, path, body in (("PUT", "/metrics/job/new", "n 1\n"), ("POST", "/metrics/job/j1", "n 1\n"),
                                       ("PUT", "/metrics/job/j2", "n 1 5\n"), ("DELETE", "/metrics/job/j1", None)):
                status, text = gateway.ask(method, path, body)
                self.assertEqual(status, 503)
                self.assertRegex(text, r"^the change could not be made durable: .+\n$")
                status, text = gateway.ask("GET", "/-/ready")
                self.assertEqual(status, 503)
                self.assertRegex(text, r"^the last commit failed: .+\n$")
            self.assertEqual(gateway.ask("GET", "/-/healthy")[0], 200)
            self.assertEqual(gateway.values(), before)
            # There is room again: it becomes ready by itself.
            resource.prlimit(gateway.process.pid, resource.RLIMIT_FSIZE, (1 << 30, resource.RLIM_INFINITY))
            gateway.wait()
            self.assertEqual(self.push(gateway, "last", 7)[0], 200)
            gateway.kill()
        with Gateway(self.file) as again:
            self.assertEqual(again.wait().values(), {**before, ("last", ""): 7})

    def test_a_log_that_cannot_grow_is_emptied(self):
        """A failed commit is put right at once where the disk lets it: most pushes get through."""
        acknowledged = {}
        with Gateway(self.file, file_bytes_max=1 << 20) as gateway:
            gateway.wait()
            for i in range(500):
                status, text = self.push(gateway, f"j{i}", i)
                self.assertIn(status, (200, 503), text)
                if status == 200:
                    acknowledged[f"j{i}", ""] = i
            self.assertGreater(len(acknowledged), 400)
            self.assertEqual(gateway.values(), acknowledged)
            gateway.kill()
        with Gateway(self.file) as again:
            self.assertEqual(again.wait().values(), acknowledged)

    def test_what_waits_for_a_stalled_disk_is_bounded_in_bytes(self):
        """Another process locks the database for a moment. What would hold too much is refused and counted, and the rest
        is stored when the disk goes on."""
        large = "".join(f'm{{i="{i}",padding="{"x" * 1000}"}} 1\n' for i in range(200))
        with Gateway(self.file, "--push.max-waiting-bytes=300000", "--web.enable-admin-api") as gateway:
            gateway.wait()
            self.assertEqual(self.push(gateway, "j", 1)[0], 200)
            answers = queue.Queue()

            def push_later(job):
                answers.put(gateway.ask("PUT", f"/metrics/job/{job}", large))

            with contextlib.closing(sqlite3.connect(self.file, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                threads = [threading.Thread(target=push_later, args=(f"wait{i}",)) for i in range(3)]
                for thread in threads:
                    thread.start()
                refused = [answers.get(timeout=SECONDS) for _ in range(2)]
                status, text = gateway.ask("DELETE", "/api/v1/admin/groups?match[]=%7Bjob%3D%22j%22%7D")
                other.execute("ROLLBACK")
            for thread in threads:
                thread.join()
            sentence = "the changes that wait for the disk would hold more than 300000 bytes (--push.max-waiting-bytes)\n"
            self.assertEqual(refused, [(429, sentence)] * 2)
            self.assertEqual(status, 503)
            self.assertIn('"errorType":"unavailable","error":"the changes that wait for the disk would hold', text)
            self.assertEqual(answers.get(timeout=SECONDS)[0], 200)
            text = gateway.ask("GET", "/metrics")[1]
            self.assertEqual(text.count("\nm{"), 200)
            self.assertEqual(re.findall(r'^pushgateway_limit_exceeded_total.*', text, re.M),
                             ['pushgateway_limit_exceeded_total{limit="push.max-waiting-bytes"} 3'])
            self.assertEqual(self.push(gateway, "k", 2)[0], 200)

    def test_health_is_answered_while_a_large_file_loads(self):
        with Gateway(self.file) as gateway:
            gateway.wait().stop()
        rows = 200000
        with contextlib.closing(sqlite3.connect(self.file)) as db:
            db.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                       "INSERT INTO groups SELECT i, 0, zeroblob(10), zeroblob(100) FROM n", (rows,))
            db.execute("UPDATE totals SET n_groups = ?", (rows,))
            db.commit()
        with Gateway(self.file, "--web.enable-admin-api") as gateway:
            gateway.wait("/-/healthy")
            for method, path in (("GET", "/-/ready"), ("GET", "/metrics"), ("GET", "/"), ("GET", "/status"),
                                 ("PUT", "/metrics/job/x"), ("DELETE", "/metrics/job/x"),
                                 ("PUT", "/api/v1/admin/wipe")):
                status, text = gateway.ask(method, path)
                self.assertEqual(status, 503, path)
                self.assertRegex(text, rf"^loading: \d+ of {rows} groups\n$")
            self.assertEqual(gateway.ask("GET", "/-/healthy"), (200, "OK"))
            gateway.stop()

    def test_files_that_are_not_ours_are_refused(self):
        for content in (b"hello", b"SQLite format 3\0" + bytes(84), b"\0" * 5000):
            with open(self.file, "wb") as file:
                file.write(content)
            with Gateway(self.file) as gateway:
                self.assertEqual(gateway.process.wait(SECONDS), 1)
                self.assertIn(f"{self.file} is not a persistence file of this program: it is left as it is",
                              gateway.log_text())
            with open(self.file, "rb") as file:
                self.assertEqual(file.read(), content)

    def test_a_file_in_use_is_refused(self):
        with Gateway(self.file) as gateway:
            gateway.wait()
            with Gateway(self.file) as second:
                self.assertEqual(second.process.wait(SECONDS), 1)
                self.assertIn(f"{self.file} is in use by another process (pid {gateway.process.pid})",
                              second.log_text())
            gateway.wait()

    def test_a_file_in_use_is_refused_under_any_of_its_names(self):
        """Two writers behind one file, each with a log of its own, would destroy it."""
        os.symlink(self.file, self.file + ".link")
        with Gateway(self.file + ".link") as gateway:
            gateway.wait()
            os.link(self.file, self.file + ".other")
            for name in ("", ".link", ".other"):
                with Gateway(self.file + name) as second:
                    self.assertEqual(second.process.wait(SECONDS), 1)
                    self.assertRegex(second.log_text(), f"in use by another process|cannot open {self.file}.other: "
                                                        "another process has it, under another name")
            self.assertEqual(self.push(gateway, "a", 1)[0], 200)
            exported = subprocess.run([BINARY, "export", "--text", self.file + ".link"], check=True, capture_output=True)
            self.assertIn(b'n{instance="",job="a"} 1\n', exported.stdout)
            os.unlink(self.file + "-wal")
            self.assertEqual(self.push(gateway, "b", 2)[0], 503)
            gateway.wait()
            self.assertEqual(self.push(gateway, "b", 3)[0], 200)
            gateway.kill()
        with Gateway(self.file) as gateway:
            self.assertEqual(gateway.wait().values(), {("a", ""): 1, ("b", ""): 3})
            gateway.stop()
        self.assertTrue(os.path.islink(self.file + ".link"))

    def moved(self, move):
        """What is done to the files under a gateway costs the next push, and nothing else."""
        why = "the change could not be made durable: the persistence file was moved, replaced, cut or deleted\n"
        with Gateway(self.file) as gateway:
            gateway.wait()
            for i in range(5):
                self.assertEqual(self.push(gateway, f"a{i}", i)[0], 200)
            move()
            self.assertEqual(self.push(gateway, "lost", 0), (503, why))
            gateway.wait()
            self.assertEqual(self.push(gateway, "b", 7)[0], 200)
            self.assertTrue(gateway.logged("all groups stand in a new one"), gateway.log_text())
            gateway.kill()
        with Gateway(self.file) as gateway:
            self.assertEqual(gateway.wait().values(), {**{(f"a{i}", ""): i for i in range(5)}, ("b", ""): 7})
            gateway.stop()

    def test_a_deleted_file_is_noticed_and_written_anew(self):
        self.moved(lambda: os.unlink(self.file))
        self.moved(lambda: os.rename(self.file, self.file + ".away"))
        self.moved(lambda: os.unlink(self.file + "-wal"))
        self.moved(lambda: [os.unlink(self.file + suffix) for suffix in ("", "-wal", "-shm", ".lock")])

    def test_what_is_put_in_place_of_the_file_is_kept_beside_it(self):
        def replace():
            with open(self.file + ".other", "wb") as file:
                file.write(b"hello")
            os.replace(self.file + ".other", self.file)

        self.moved(replace)
        kept = [name for name in os.listdir(os.path.dirname(self.file)) if re.fullmatch(r"db\.damaged-\w+", name)]
        self.assertEqual(len(kept), 1)
        with open(os.path.join(os.path.dirname(self.file), kept[0]), "rb") as file:
            self.assertEqual(file.read(), b"hello")

    def test_a_file_that_is_cut_or_overwritten_is_noticed_and_written_anew(self):
        """Beneath SQLite, which would go on answering: the next start would find less, or no database."""
        def overwrite(suffix, at):
            with open(self.file + suffix, "r+b") as file:
                file.seek(at)
                file.write(bytes(100))

        self.moved(lambda: os.truncate(self.file, 0))
        self.moved(lambda: os.truncate(self.file, 4096))
        self.moved(lambda: os.truncate(self.file + "-wal", 0))
        self.moved(lambda: os.truncate(self.file + "-wal", os.path.getsize(self.file + "-wal") - 4096))
        self.moved(lambda: overwrite("", 0))
        self.moved(lambda: overwrite("-wal", 0))

    def test_a_log_that_an_operator_has_carried_over_is_no_damage(self):
        with Gateway(self.file) as gateway:
            gateway.wait()
            for i in range(3):
                self.assertEqual(self.push(gateway, f"a{i}", i)[0], 200)
                with contextlib.closing(sqlite3.connect(self.file)) as db:
                    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                self.assertEqual(os.path.getsize(self.file + "-wal"), 0)
            gateway.kill()
        with Gateway(self.file) as gateway:
            self.assertEqual(gateway.wait().values(), {(f"a{i}", ""): i for i in range(3)})

    def test_a_deleted_lock_is_taken_again_unless_another_process_has_it(self):
        with Gateway(self.file) as gateway:
            gateway.wait()
            os.unlink(self.file + ".lock")
            self.assertEqual(self.push(gateway, "a", 1)[0], 200)
            with Gateway(self.file) as second:
                self.assertEqual(second.process.wait(SECONDS), 1)
            os.unlink(self.file + ".lock")
            with open(self.file + ".lock", "w", encoding="ascii") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self.assertEqual(self.push(gateway, "b", 2), (
                    503, "the change could not be made durable: "
                         "the lock was deleted, and another process has the file now\n"))
                self.assertEqual(gateway.ask("GET", "/-/ready")[0], 503)
            gateway.wait()
            self.assertEqual(self.push(gateway, "c", 3)[0], 200)
            self.assertEqual(gateway.values(), {("a", ""): 1, ("c", ""): 3})
            gateway.stop()

    def test_a_folder_that_is_missing_is_named(self):
        with Gateway(os.path.join(self.file, "missing")) as gateway:
            self.assertEqual(gateway.process.wait(SECONDS), 1)
            self.assertTrue(gateway.logged("No such file or directory"), gateway.log_text())


def main():
    global BINARY
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    options, rest = parser.parse_known_args()
    BINARY = os.path.abspath(options.binary)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)


if __name__ == "__main__":
    main()

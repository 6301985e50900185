#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""export_check.py --binary PATH: `pushgateway export` and `pushgateway check`, on files that the reference wrote."""

import argparse
import os
import pathlib
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
from gateway import Gateway  # noqa: E402

BINARY = None
SECONDS = 20
GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "golden" / "gob"
DONE, FAULTY, FAILED = 0, 1, 2


def run(*arguments, stdout=subprocess.PIPE, before=None):
    """Runs the program to its end: exit code, stdout, stderr."""
    done = subprocess.run([BINARY, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=stdout,
                          stderr=subprocess.PIPE, timeout=SECONDS, preexec_fn=before)
    return done.returncode, (done.stdout or b"").decode(), done.stderr.decode()


class Commands(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def golden(self, name):
        return (GOLDEN / name).read_bytes()


class Arguments(Commands):
    def test_mistakes_are_named_and_end_with_2(self):
        for arguments, sentence in (
            (["export"], "expected --gob or --text"),
            (["export", "--gob"], "expected the name of a persistence file"),
            (["export", "--gob", "f"], "expected the name of the file to write"),
            (["export", "--gob", "--text", "f"], "one of --gob and --text is enough, unexpected --text"),
            (["export", "--json", "f"], "unknown long flag '--json'"),
            (["export", "-g", "f"], "unknown short flag '-g'"),
            (["export", "--text", "f", "g", "h"], "unexpected h"),
            (["check"], "expected the name of a persistence file"),
            (["check", "f", "g"], "unexpected g"),
            (["check", "--text", "f"], "unknown long flag '--text'"),
        ):
            with self.subTest(arguments=arguments):
                self.assertEqual(run(*arguments), (FAILED, "", f"pushgateway: error: {sentence}, try --help\n"))

    def test_only_the_first_argument_is_a_command(self):
        self.assertEqual(run("--log.level=info", "check"), (1, "", "pushgateway: error: unexpected check, try --help\n"))

    def test_each_command_shows_how_it_is_used(self):
        for arguments in ["check", "--help"], ["check", "-h"], ["export", "--help"]:
            with self.subTest(arguments=arguments):
                code, out, err = run(*arguments)
                self.assertEqual((code, err), (DONE, ""))
                self.assertRegex(out, r"^Commands:\n  export --gob FILE OUT  .*\n  export --text .*\n  check FILE  .*\n$")

    def test_help_shows_them_behind_the_flags(self):
        _, out, _ = run("--help")
        self.assertRegex(out, r"--version .*\n\nCommands:\n  export --gob FILE OUT  .*\n"
                              r"  export --text FILE \[OUT\]  .*\n  check FILE  .*\n$")


class Check(Commands):
    def test_a_whole_file(self):
        path = self.write("p", self.golden("reference.gob"))
        self.assertEqual(run("check", path), (
            DONE, f"{path}, a persistence file of the Go Pushgateway: 10 groups, 41 metric families, 50 series\n"
            "everything in it is whole\n", ""))

    def test_a_damaged_file(self):
        whole = self.golden("reference.gob")
        path = self.write("p", whole[:5000])
        code, out, err = run("check", path)
        self.assertEqual((code, out), (FAULTY, ""))
        self.assertEqual(err, f"pushgateway: error: {path}: the file is damaged at byte 1464: "
                              "a text that is longer than what contains it\n")

    def test_a_file_of_somebody_else(self):
        path = self.write("p", b"some_metric 1\n")
        self.assertEqual(run("check", path), (FAULTY, "", f"pushgateway: error: {path} is no persistence file\n"))

    def test_a_file_that_is_not_there(self):
        path = self.folder / "p"
        self.assertEqual(run("check", path), (FAILED, "", f"pushgateway: error: {path}: No such file or directory\n"))

    def test_a_file_that_contradicts_itself_is_told_of_as_by_a_scrape(self):
        gob = self.golden("reference.gob")
        changed = gob.replace(b"\x18\x00\"6", b"\x18\x01\"6")  # the counter some_metric becomes a gauge, once
        self.assertNotEqual(gob, changed)
        code, out, _ = run("check", self.write("p", changed))
        self.assertEqual(code, FAULTY)
        self.assertIn("a scrape would be refused: ", out)
        self.assertIn("is not a ", out)

    def test_it_is_not_changed(self):
        path = self.write("p", self.golden("reference.gob"))
        path.chmod(0o400)
        before = path.stat()
        run("check", path)
        self.assertEqual(path.read_bytes(), self.golden("reference.gob"))
        self.assertEqual(path.stat().st_mtime_ns, before.st_mtime_ns)
        self.assertEqual(os.listdir(self.folder), ["p"])


class Database(Commands):
    """The same of a database of ours; most of what it holds came from a file of the original."""

    def setUp(self):
        super().setUp()
        self.path = self.folder / "p.db"
        self.write("p", self.golden("reference.gob"))
        self.gateway = Gateway(BINARY, False, f"--persistence.file={self.folder}/p")
        self.addCleanup(self.gateway.kill)

    def stop(self):
        self.gateway.stop()
        for name in ("p", "p.db.lock"):
            (self.folder / name).unlink()

    def test_while_a_gateway_uses_it(self):
        self.assertEqual(run("check", self.path), (
            DONE, f"{self.path}, a database of this program: 10 groups, 41 metric families, 50 series\n"
            "everything in it is whole\n", ""))
        self.assertEqual(run("export", "--text", self.path), (DONE, self.golden("reference.txt").decode(), ""))
        self.gateway.stop()

    def test_on_its_own_it_stays_alone_and_as_it_is(self):
        self.stop()
        before = self.path.read_bytes()
        self.path.chmod(0o400)
        self.assertEqual(run("check", self.path)[0], DONE)
        self.assertEqual(run("export", "--gob", self.path, self.folder / "out")[0], DONE)
        self.assertEqual(sorted(os.listdir(self.folder)), ["out", "p.db"])
        self.assertEqual(self.path.read_bytes(), before)
        self.assertEqual(run("export", "--text", self.folder / "out")[1], self.golden("reference.txt").decode())

    def test_a_damaged_row_is_counted_and_the_others_are_exported(self):
        self.stop()
        damaged = self.path.read_bytes().replace(b"rpc_latency_seconds", b"rpc_latency_sekonds")
        self.path.write_bytes(damaged)
        code, out, err = run("check", self.path)
        self.assertEqual((code, out.splitlines()), (FAULTY, [
            "rows that are damaged, missing or were set aside before: 1",
            f"{self.path}, a database of this program: 9 groups, 37 metric families, 45 series"]))
        self.assertIn('group="{instance=\\"host-1\\",job=\\"etl\\"}"', err)
        code, out, _ = run("export", "--text", self.path)
        self.assertEqual(code, FAULTY)
        self.assertIn('some_metric{instance="",job="batch",label="val1"} 42\n', out)
        self.assertNotIn("rpc_latency", out)
        self.assertEqual(self.path.read_bytes(), damaged)


class Export(Commands):
    def test_text_is_what_metrics_shows(self):
        for name, text in (("reference.gob", "reference.txt"), ("reference-utf8.gob", "reference-utf8.allow-utf-8.txt")):
            expected = self.golden(text).decode()
            self.assertEqual(run("export", "--text", GOLDEN / name), (DONE, expected, ""))
            self.assertEqual(run("export", "--text", GOLDEN / name, "-"), (DONE, expected, ""))
            self.assertEqual(run("export", "--text", GOLDEN / name, self.folder / "out"), (DONE, "", ""))
            self.assertEqual((self.folder / "out").read_text(), expected)

    def test_gob_is_read_again(self):
        out = self.folder / "out"
        self.assertEqual(run("export", "--gob", GOLDEN / "reference.gob", out), (DONE, "", ""))
        self.assertEqual(run("export", "--text", out)[1], self.golden("reference.txt").decode())
        self.assertEqual(stat.S_IMODE(out.stat().st_mode), 0o600)
        self.assertEqual(os.listdir(self.folder), ["out"])

    def test_a_file_that_cannot_be_written_is_an_error_and_leaves_nothing(self):
        out = self.folder / "nowhere" / "out"
        self.assertEqual(run("export", "--gob", GOLDEN / "reference.gob", out), (
            FAILED, "", f"pushgateway: error: {out}: No such file or directory\n"))
        with open("/dev/full", "wb") as full:
            code, _, err = run("export", "--text", GOLDEN / "reference.gob", stdout=full)
        self.assertEqual((code, err), (FAILED, "pushgateway: error: standard output: No space left on device\n"))

    def test_a_file_at_its_limit_is_an_error_and_leaves_nothing(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

        out = self.folder / "out"
        self.assertEqual(run("export", "--gob", GOLDEN / "reference.gob", out, before=limit), (
            FAILED, "", f"pushgateway: error: {out}: File too large\n"))
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_pipe_is_written_to_and_stays_one(self):
        """Renaming a file over it would take /dev/stdout, or any device, away from everybody."""
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        with open(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb") as reader:
            self.assertEqual(run("export", "--text", GOLDEN / "reference.gob", pipe), (DONE, "", ""))
            self.assertEqual(reader.read(), self.golden("reference.txt"))
        self.assertTrue(stat.S_ISFIFO(pipe.stat().st_mode))

    def test_a_symbolic_link_stays_one(self):
        (self.folder / "link").symlink_to(self.write("out", b"before"))
        self.assertEqual(run("export", "--text", GOLDEN / "reference.gob", self.folder / "link"), (DONE, "", ""))
        self.assertTrue((self.folder / "link").is_symlink())
        self.assertEqual((self.folder / "out").read_bytes(), self.golden("reference.txt"))

    def test_a_file_is_not_exported_onto_itself(self):
        path = self.write("file", self.golden("reference.gob"))
        (self.folder / "link").symlink_to(path)
        for out in path, self.folder / "link":
            self.assertEqual(run("export", "--text", path, out),
                             (FAILED, "", f"pushgateway: error: {out}: File exists\n"))
        self.assertEqual(path.read_bytes(), self.golden("reference.gob"))

    def test_a_damaged_file_is_not_exported(self):
        path = self.write("p", self.golden("reference.gob")[:-1])
        code, out, err = run("export", "--gob", path, self.folder / "out")
        self.assertEqual((code, out), (FAULTY, ""))
        self.assertIn("the file is damaged", err)
        self.assertEqual(os.listdir(self.folder), ["p"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    options, rest = parser.parse_known_args()
    BINARY = os.path.abspath(options.binary)
    unittest.main(argv=sys.argv[:1] + rest, warnings="ignore")  # sockets of starts that were polled

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hardening.py --binary PATH: the release is built as SECURITY.md says; read from the program itself."""

import argparse
import os
import platform
import re
import subprocess
import sys
import unittest

BINARY = None
SECONDS = 60


def tool(*command):
    done = subprocess.run([*command, BINARY], capture_output=True, text=True, timeout=SECONDS, check=True,
                          env={**os.environ, "LC_ALL": "C"})
    return done.stdout


def segments():
    """Kind and rights of each program header."""
    return re.findall(r"^\s+(\w+)\s+(?:0x[0-9a-f]+\s+){5}([RWE ]{3})\s", tool("readelf", "-lW"), re.M)


class Hardening(unittest.TestCase):
    def test_it_can_be_loaded_anywhere(self):
        self.assertRegex(tool("readelf", "-hW"), r"Type:\s+DYN")
        self.assertRegex(tool("readelf", "-dW"), r"\(FLAGS_1\).*\bPIE\b")

    def test_what_the_loader_writes_is_read_only_afterwards(self):
        self.assertIn("GNU_RELRO", [kind for kind, _ in segments()])
        self.assertRegex(tool("readelf", "-dW"), r"\(FLAGS\).*\bBIND_NOW\b")

    def test_no_memory_is_writable_and_executable(self):
        rights = segments()
        self.assertIn(("GNU_STACK", "RW "), rights)
        self.assertEqual([kind for kind, flags in rights if "W" in flags and "E" in flags], [])
        self.assertNotIn("TEXTREL", tool("readelf", "-dW"))

    def test_no_library_is_looked_for_in_a_folder_of_its_own(self):
        self.assertNotRegex(tool("readelf", "-dW"), r"\((RPATH|RUNPATH)\)")

    def test_stacks_are_guarded(self):
        self.assertIn("__stack_chk_fail", tool("readelf", "--dyn-syms", "-W"))

    def test_calls_of_the_c_library_are_fortified(self):
        fortified = set(re.findall(r"\b__(\w+)_chk\b", tool("readelf", "--dyn-syms", "-W")))
        self.assertLessEqual({"memcpy", "snprintf", "vsnprintf"}, fortified)

    def test_jumps_land_where_they_may(self):
        """The mark in the file needs the C library's start files to have it, too, so the landing places are counted."""
        place = {"x86_64": r"\bendbr64\b", "aarch64": r"\b(bti|paciasp)\b"}[platform.machine()]
        self.assertGreater(len(re.findall(place, tool("objdump", "-d"))), 200)

    def test_assertions_are_in(self):
        self.assertIn("__assert_fail", tool("readelf", "--dyn-syms", "-W"))

    def test_it_can_be_told_apart(self):
        self.assertRegex(tool("readelf", "-nW"), r"Build ID: [0-9a-f]{40}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    options, rest = parser.parse_known_args()
    BINARY = os.path.abspath(options.binary)
    unittest.main(argv=[sys.argv[0], *rest])

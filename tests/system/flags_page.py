#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""flags_page.py --binary PATH: docs/flags.md, src/main/flags.def and --help tell the same of each flag."""

import argparse
import os
import re
import subprocess
import sys
import unittest

BINARY = None
SECONDS = 20
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PAGE = os.path.join(ROOT, "docs", "flags.md")
TABLE = os.path.join(ROOT, "src", "main", "flags.def")
LITERAL = r'"((?:[^"\\]|\\.)*)"'


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def words(text):
    return " ".join(text.split())


def table_rows():
    """name -> (default, help) of flags.def, in order."""
    rows = {}
    text = re.sub(r"/\*.*?\*/", "", read(TABLE), flags=re.S)
    pattern = rf"^FLAG(?:_NUMBER)?\(\w+,\s*\w+,\s*{LITERAL},\s*{LITERAL},(?:[^\"]*,)?\s*((?:{LITERAL}\s*)+)\)$"
    for match in re.finditer(pattern, text, re.M):
        rows[match[1]] = (match[2], "".join(re.findall(LITERAL, match[3])))
    if len(rows) != len(re.findall(r"^FLAG", text, re.M)):
        raise AssertionError("flags.def has rows that this test does not understand")
    return rows


def help_rows():
    """name -> (default, help) of --help; a switch shows no default, and is off unless it is shown as --[no-]."""
    done = subprocess.run([BINARY, "--help"], env={"COLUMNS": "9999"}, capture_output=True, timeout=SECONDS, check=True)
    rows = {}
    for match in re.finditer(r"^      --(?:\[(no)-\])?([\w.-]+)(=\S*)?((?: .*\n?)(?:^ {20,}.*\n)?)", done.stdout.decode(), re.M):
        on, name, default, text = match[1], match[2], match[3], words(match[4])
        rows[name] = (("true" if on else "false") if default is None else default[1:].strip('"'), text.removeprefix("... "))
    return rows


def page_rows():
    """name -> (default, what follows it) of the page, in order."""
    rows = {}
    for section in re.split(r"^### ", read(PAGE), flags=re.M)[1:]:
        name = re.match(r"`--([\w.-]+)`\n\n", section)
        text = words(re.split(r"^## ", section[name.end():], flags=re.M)[0])
        default = re.match(r"Default: (?:`([^`]+)`|empty)\. ", text)
        if name[1] in rows or default is None:
            raise AssertionError(f"docs/flags.md: --{name[1]} stands there twice or has no default")
        rows[name[1]] = (default[1] or "", text[default.end():])
    return rows


class Flags(unittest.TestCase):
    maxDiff = None

    def test_each_flag_stands_everywhere_and_in_the_same_order(self):
        names = list(table_rows())
        self.assertGreater(len(names), 20)
        self.assertEqual(list(page_rows()), names)
        self.assertEqual(list(help_rows()), [*names, "version"])

    def test_defaults_and_help_are_the_same_everywhere(self):
        page, printed = page_rows(), help_rows()
        for name, (default, text) in table_rows().items():
            with self.subTest(flag=name):
                self.assertEqual(page[name][0], default)
                self.assertTrue(page[name][1].startswith(text), f"the page says of it: {page[name][1]}")
                self.assertEqual(printed[name], (default, text))

    def test_the_page_names_no_flag_that_does_not_exist(self):
        known = {*help_rows(), "help", "help-man", "flag", "no-flag", "no-sandbox", "completion-script-bash", "completion-script-zsh"}
        for name in re.findall(r"--([a-z][\w.-]*\w)", read(PAGE)):
            self.assertIn(name, known)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    options, rest = parser.parse_known_args()
    BINARY = os.path.abspath(options.binary)
    unittest.main(argv=[sys.argv[0], *rest])

# SPDX-License-Identifier: Apache-2.0
"""The language of the system tests: text in, a list of tests out. README.md describes it."""

import re

EXPECT_NAMES = {
    "stamp": r"2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9:]{5})",  # RFC 3339
    "time": r"1\.[0-9]+e\+09",  # a Unix time of these decades, as the exposition prints it
    "date": r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT",
    "port": r"[0-9]{1,5}",
}
STEP_WORDS = ("config", "start", "kill", "send", "connect", "close", "half-close", "wait", "sh")


class ScriptError(Exception):
    """A line of a script that has no meaning."""


class Expected:
    """One answer as a script expects it."""

    def __init__(self, line_number, status):
        self.line_number = line_number
        self.status = status  # "200", "400 Bad Request: ...", "closed", "cut", "open"
        self.headers = []  # (name, pattern)
        self.absent = []  # header names
        self.has = []  # patterns of whole lines
        self.lacks = []  # texts that no line holds
        self.view = "body"  # or "stored", "pushed": which part of the body `|` lines describe
        self.body = None  # pattern text, None: not compared
        self.within = None


class Step:
    """One thing to do, and the answers that must come."""

    def __init__(self, kind, line_number):
        self.kind = kind
        self.line_number = line_number
        self.words = ""
        self.headers = []
        self.body = None  # bytes
        self.answers = []  # pairs [ours, reference or None]
        self.commands = []
        self.body_file = None
        self.output = None
        self.exit_status = 0


class Test:
    """A title and its steps."""

    def __init__(self, path, title, line_number):
        self.path = path
        self.title = title
        self.line_number = line_number
        self.differs = None
        self.reference_cannot = False
        self.steps = []

    def check(self):
        """Refuse a script that could not fail, or whose marks contradict each other."""
        pairs = [a for s in self.steps for a in s.answers]
        if not pairs and not any(s.kind == "sh" for s in self.steps):
            raise ScriptError(f"{self.path}:{self.line_number}: nothing is expected")
        deviates = self.reference_cannot or any(ref is not None for _, ref in pairs)
        if deviates and not self.differs:
            raise ScriptError(f"{self.path}:{self.line_number}: `ref` without `differs: reason`")
        if self.differs and not deviates:
            raise ScriptError(f"{self.path}:{self.line_number}: `differs` without `ref`")


class Script:
    """One file."""

    def __init__(self, path):
        self.path = path
        self.shared = False  # one gateway for all tests of the file
        self.flags = ""
        self.tests = []


def unescape(text, where):
    r"""`\n \r \t \\ \xNN` and `\{N*TEXT}`, TEXT N times, as bytes."""
    out = bytearray()
    i = 0
    simple = {"n": 10, "r": 13, "t": 9, "\\": 92}
    while i < len(text):
        if text[i] != "\\":
            out += text[i].encode()
            i += 1
            continue
        repeat = re.match(r"\\\{([0-9]+)\*((?:[^}\\]|\\[^{])*)\}", text[i:])
        code = re.match(r"\\x([0-9a-f]{2})", text[i:])
        if repeat:
            out += unescape(repeat.group(2), where) * int(repeat.group(1))
            i += repeat.end()
        elif code:
            out.append(int(code.group(1), 16))
            i += 4
        elif text[i + 1 : i + 2] in simple:
            out.append(simple[text[i + 1]])
            i += 2
        else:
            raise ScriptError(f"{where}: unknown escape at `{text[i:i + 6]}`")
    return bytes(out)


def pattern(text):
    """Text with `<<regex>>` or `<<name>>` in it, as a compiled pattern over bytes."""
    if isinstance(text, str):
        text = text.encode()
    parts = re.split(rb"<<(.*?)>>", text)
    regex = b""
    for i, part in enumerate(parts):
        if i % 2:
            regex += b"(?:" + EXPECT_NAMES.get(part.decode(), part.decode()).encode() + b")"
        else:
            regex += re.escape(part)
    return re.compile(regex, re.DOTALL)


class Parser:
    """Reads a script line by line; a `|` line belongs to whatever was named last."""

    def __init__(self, path, text):
        self.script = Script(path)
        self.lines = text.split("\n")
        self.n = 0
        self.test = None
        self.step = None
        self.expected = None

    def where(self):
        return f"{self.script.path}:{self.n}"

    def fail(self, sentence):
        raise ScriptError(f"{self.where()}: {sentence}")

    def parse(self):
        for self.n, line in enumerate(self.lines, 1):
            if not line or line.startswith("//"):
                continue
            if line.startswith("# "):
                self.begin_test(line[2:])
            elif self.test is None:
                self.head(line)
            elif line[0] == "|":
                self.block(line)
            else:
                self.word(line)
        for test in self.script.tests:
            test.check()
        titles = [t.title for t in self.script.tests]
        for title in titles:
            if titles.count(title) > 1:
                raise ScriptError(f"{self.script.path}: two tests are called `{title}`")
        return self.script

    def head(self, line):
        word, _, rest = line.partition(" ")
        if word != "shared":
            self.fail("only `shared FLAGS` and comments may come before the first test")
        self.script.shared = True
        self.script.flags = rest

    def begin_test(self, title):
        self.test = Test(self.script.path, title, self.n)
        self.script.tests.append(self.test)
        self.step = self.expected = None

    def begin_step(self, kind, words):
        self.step = Step(kind, self.n)
        self.step.words = words
        self.expected = None
        self.test.steps.append(self.step)

    def block(self, line):
        if self.step is None:
            self.fail("a `|` line belongs to nothing")
        if line.startswith("|\\"):
            added = unescape(line[3:], self.where())
        elif line == "|" or line.startswith("| "):
            raw_request = self.step.kind == "send" and self.expected is None
            added = line[2:].encode() + (b"\r\n" if raw_request else b"\n")
        else:
            self.fail("a blank or a backslash comes after `|`")
        if self.expected is not None:
            self.expected.body = (self.expected.body or b"") + added
        elif self.step.kind == "sh":
            self.step.output = (self.step.output or b"") + added
        else:
            self.step.body = (self.step.body or b"") + added

    def word(self, line):
        word, _, rest = line.partition(" ")
        if word == "differs:":
            self.test.differs = rest
        elif line == "ref cannot":
            self.test.reference_cannot = True
        elif word in STEP_WORDS:
            self.begin_step(word, rest)
        elif word in ("=>", "ref=>"):
            self.answer(word, rest)
        elif self.expected is not None and self.expectation(word, rest, line):
            pass
        elif self.step is not None and self.request_part(word, rest, line):
            pass
        elif re.match(r"CONNECT \S|[A-Za-z]+ (/|\*|https?:)", line):
            self.begin_step("request", line)
        else:
            self.fail(f"not understood: {line}")

    def answer(self, word, status):
        if self.step is None:
            self.fail("an answer without a request")
        known = re.fullmatch(r"closed|open|cut|(HTTP/1\.[01] )?([0-9]{3}( .*)?|<<.*>> .+)", status)
        if not known:
            self.fail(f"not a status: {status}")
        self.expected = Expected(self.n, status)
        if word == "=>":
            self.step.answers.append([self.expected, None])
        elif not self.step.answers:
            self.fail("`ref=>` comes after the `=>` that it differs from")
        else:
            self.step.answers[-1][1] = self.expected

    def expectation(self, word, rest, line):
        e = self.expected
        header = re.match(r"([A-Za-z][A-Za-z0-9-]*): ?(.*)$", line)
        if word == "has":
            e.has.append(rest)
        elif word == "lacks":
            e.lacks.append(rest)
        elif word == "no":
            e.absent.append(rest)
        elif word == "within":
            e.within = float(rest)
        elif line in ("stored", "pushed"):
            e.view = line
            e.body = e.body or b""
        elif line == "empty":
            e.body = b""
        elif header:
            e.headers.append((header.group(1), header.group(2)))
        else:
            return False
        return True

    def request_part(self, word, rest, line):
        s = self.step
        if word == ">" and s.kind == "request":
            s.headers.append(unescape(rest, self.where()))
        elif word == "body" and s.kind == "request":
            s.body_file = rest
        elif word == "$" and s.kind == "sh" or line == "$":
            s.commands.append(rest)
        elif word == "exit" and s.kind == "sh":
            s.exit_status = int(rest)
        else:
            return False
        return True


def load(path):
    with open(path, encoding="utf-8") as f:
        return Parser(path, f.read()).parse()

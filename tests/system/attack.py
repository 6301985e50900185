#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""attack.py --binary PATH: hundreds of slow and rude clients at once: each is ended at its deadline, which is a total,
and everybody else is served meanwhile. bench/attack measures the same with 10,000."""

import argparse
import select
import socket
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
from gateway import Subject  # noqa: E402

BINARY = None
SECONDS = 60
CROWD = 500
DEADLINE = 2
HEAD = b"PUT /metrics/job/slow HTTP/1.1\r\nHost: x\r\n"


class Gateway(Subject):
    """Its deadlines are short."""

    def __init__(self):
        super().__init__(BINARY, *(f"--web.{name}-timeout={DEADLINE}s" for name in ("header", "body", "response")),
                         stderr=subprocess.DEVNULL)

    def exceeded(self, limit):
        name = f'pushgateway_limit_exceeded_total{{limit="{limit}"}} '
        lines = self.ask("GET", "/metrics")[1].splitlines()
        return sum(int(line.removeprefix(name)) for line in lines if line.startswith(name))

    def crowd(self, greeting, narrow=False):
        members = []
        for _ in range(CROWD):
            member = socket.socket()
            if narrow:
                member.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            member.connect(("127.0.0.1", self.port))
            member.sendall(greeting)
            members.append(member)
        return members


class Crowd(unittest.TestCase):
    def setUp(self):
        self.gateway = self.enterContext(Gateway())

    def until_ended(self, members, drip):
        """Drips until the gateway has ended each one; how long each took, and what it read. Others are served."""
        start, ends, heard = time.monotonic(), {}, {}
        poll = select.poll()
        for member in members:
            poll.register(member, select.POLLIN)
        by_fd = {member.fileno(): member for member in members}
        tick = start
        while len(ends) < len(members) and time.monotonic() < start + SECONDS:
            for fd, _ in poll.poll(50):
                try:
                    bytes_read = by_fd[fd].recv(4096)
                except ConnectionError:
                    bytes_read = b""
                heard[fd] = heard.get(fd, b"") + bytes_read
                if not bytes_read:
                    poll.unregister(fd)
                    ends[fd] = time.monotonic() - start
            if time.monotonic() < tick:
                continue
            tick = time.monotonic() + 0.2
            self.others_are_served()
            for fd, member in by_fd.items():
                if drip and fd not in ends:
                    try:
                        member.send(drip)
                    except ConnectionError:
                        pass
        for member in members:
            member.close()
        self.assertEqual(len(ends), len(members))
        self.assertLess(max(ends.values()), DEADLINE + 10)
        return heard

    def others_are_served(self):
        self.assertEqual(self.gateway.ask("PUT", "/metrics/job/other", "m 1\n")[0], 200)
        status, text = self.gateway.ask("GET", "/metrics")
        self.assertEqual(status, 200)
        self.assertIn('m{instance="",job="other"} 1\n', text)

    def test_silent(self):
        """Those who send nothing are closed without a word."""
        heard = self.until_ended(self.gateway.crowd(b""), b"")
        self.assertEqual(set(heard.values()), {b""})
        self.assertEqual(self.gateway.exceeded("web.header-timeout"), CROWD)

    def test_header_in_drops(self):
        """Those whose header comes in drops are answered 408 all the same."""
        heard = self.until_ended(self.gateway.crowd(HEAD + b"X-Slow: "), b"x")
        self.assertTrue(all(text.startswith(b"HTTP/1.1 408 ") for text in heard.values()))
        self.assertEqual(self.gateway.exceeded("web.header-timeout"), CROWD)

    def test_body_in_drops(self):
        """Those whose body comes in drops are answered 408, and nothing of it is stored."""
        heard = self.until_ended(self.gateway.crowd(HEAD + b"Content-Length: 100000\r\n\r\n"), b"#")
        self.assertTrue(all(text.startswith(b"HTTP/1.1 408 ") for text in heard.values()))
        self.assertEqual(self.gateway.exceeded("web.body-timeout"), CROWD)
        self.assertNotIn('job="slow"', self.gateway.ask("GET", "/metrics")[1])

    def test_answers_unread(self):
        """Of those who scrape and do not read, some have a place, which they lose to who reads."""
        lines = "".join(f'long{{number="{i}",padding="{"x" * 100}"}} 1\n' for i in range(20000))
        self.assertEqual(self.gateway.ask("PUT", "/metrics/job/long", lines)[0], 200)
        members = self.gateway.crowd(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", narrow=True)
        begun = time.monotonic()
        while time.monotonic() < begun + DEADLINE + 1 or not self.gateway.exceeded("web.response-timeout"):
            self.assertLess(time.monotonic(), begun + DEADLINE + 30, "no answer met its deadline")
            self.others_are_served()
        self.assertGreater(self.gateway.exceeded("web.max-scrapes"), 0)
        for member in members:
            member.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    options, rest = parser.parse_known_args()
    BINARY = options.binary
    unittest.main(argv=[sys.argv[0], *rest])

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kept.py --binary PATH: a compressed scrape says what a plain one says, whatever was kept from earlier scrapes."""

import argparse
import gzip
import http.client
import random
import sys
import unittest

from gateway import Gateway

BINARY = None
STEPS, GROUPS, SERIES_MAX = 150, 6, 700  # a leaf of the store holds about 300 of these series
SMALL_GROUPS = 900
OWN = ("go_", "process_", "pushgateway_", "# HELP go_", "# HELP process_", "# HELP pushgateway_", "# TYPE go_", "# TYPE process_",
       "# TYPE pushgateway_")


class Kept(unittest.TestCase):
    def setUp(self):
        self.gateway = Gateway(BINARY, False)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=20)

    def tearDown(self):
        self.connection.close()
        self.gateway.stop()

    def ask(self, method, path, body=None, headers=None):
        self.connection.request(method, path, body, headers or {})
        answer = self.connection.getresponse()
        read = answer.read()
        self.assertIn(answer.status, (200, 202), read[:200])
        return read

    def scrape(self, coding):
        read = self.ask("GET", "/metrics", headers={"Accept-Encoding": coding})
        text = (gzip.decompress(read) if coding == "gzip" else read).decode()
        return [line for line in text.splitlines() if not line.startswith(OWN)]

    def change(self, chance):
        """A group pushed with other helps and numbers of series, or taken away."""
        path = f"/metrics/job/job{chance.randrange(GROUPS)}"
        if chance.random() < 0.3:
            self.ask("DELETE", path)
            return
        lines = []
        for family in range(3):
            if chance.random() < 0.5:
                lines.append(f"# HELP family_{family} Help {chance.randrange(3)}.")
            lines.append(f"# TYPE family_{family} gauge")
            for i in range(chance.choice((1, 20, SERIES_MAX))):
                lines.append(f'family_{family}{{number="{i:06}",padding="{"x" * 60}"}} {chance.randrange(1000)}')
        self.ask(chance.choice(("PUT", "POST")), path, "\n".join(lines) + "\n")

    def test_a_compressed_scrape_equals_a_plain_one_after_any_change(self):
        """Series come and go within leaves, and helps change."""
        chance = random.Random(6)
        for step in range(STEPS):
            self.change(chance)
            plain = self.scrape("identity")
            for _ in range(2):  # made, then kept
                self.assertEqual(self.scrape("gzip"), plain, f"step {step}")

    def test_a_compressed_scrape_equals_a_plain_one_while_first_groups_go(self):
        """The head of a family is kept with its first leaf; another one becomes the first without a change of its own."""
        for i in range(SMALL_GROUPS):
            self.ask("PUT", f"/metrics/job/job{i:06}", f'# HELP small Help {i % 2}.\nsmall{{padding="{"x" * 60}"}} {i}\n')
        for i in range(SMALL_GROUPS):
            self.assertEqual(self.scrape("gzip"), self.scrape("identity"), f"without the first {i}")
            self.ask("DELETE", f"/metrics/job/job{i:06}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    options, rest = parser.parse_known_args()
    BINARY = options.binary
    unittest.main(argv=[sys.argv[0], *rest])

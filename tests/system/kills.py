#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kills.py --binary PATH [--rounds N] [--seed N]: kill -9 under load from several client processes, again and again.

After each kill the next start must show what was acknowledged: values, types, help texts, times of pushes and of
failures; and of what was under way when the gateway died either all or nothing. With --persistence.relaxed it may show
what was acknowledged up to an interval before."""

import argparse
import contextlib
import http.client
import multiprocessing
import os
import random
import re
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
import persistence  # noqa: E402
from persistence import Gateway  # noqa: E402

CLIENTS, GROUPS = 4, 3
LATE_SECONDS = 1.0  # how much later than due a busy machine may write
OPTIONS = None


class State:
    """What a group holds: the number that was pushed, and when, as windows of the client's clock."""

    def __init__(self, number=None, pushed=None, failed=None):
        self.number, self.pushed, self.failed = number, pushed, failed

    def after(self, kind, number, window):
        """`window` is a list that is completed when the answer comes."""
        if kind == "DELETE":
            return State()
        if kind == "bad":
            return State(self.number, self.pushed, window)
        return State(number, window, self.failed)


def names(job, instance):
    return f"v_{job}_{instance}", f"h_{job}_{instance}"


def body(job, instance, number):
    value, histogram = names(job, instance)
    kind = ("gauge", "counter", "untyped")[number % 3]
    return (f"# HELP {value} Number {number}.\n# TYPE {value} {kind}\n{value}{{k=\"v\"}} {number}\n"
            f"# HELP {histogram} H {number}.\n# TYPE {histogram} histogram\n"
            f"{histogram}_bucket{{le=\"1\"}} {number}\n{histogram}_sum {number}.5\n{histogram}_count {number + 1}\n")


def expected(job, instance, number):
    """The lines of /metrics that a push leaves, without times."""
    value, histogram = names(job, instance)
    labels = f'instance="{instance}",job="{job}"'
    kind = ("gauge", "counter", "untyped")[number % 3]
    return [f"# HELP {value} Number {number}.", f"# TYPE {value} {kind}", f'{value}{{{labels},k="v"}} {number}',
            f"# HELP {histogram} H {number}.", f"# TYPE {histogram} histogram",
            f'{histogram}_bucket{{{labels},le="1"}} {number}', f'{histogram}_bucket{{{labels},le="+Inf"}} {number + 1}',
            f"{histogram}_sum{{{labels}}} {number}.5", f"{histogram}_count{{{labels}}} {number + 1}"]


class Found:
    """A scrape, by group."""

    def __init__(self, text):
        self.lines, self.times = {}, {}
        for line in text.splitlines():
            name = re.match(r"(?:# (?:HELP|TYPE) )?[vh]_(\w+?)_(i\d)", line)
            clock = re.match(r'push_(failure_)?time_seconds\{instance="(\w+)",job="(\w+)"\} (\S+)$', line)
            if name:
                self.lines.setdefault((name[1], name[2]), []).append(line)
            if clock:
                self.times[clock[3], clock[2], bool(clock[1])] = float(clock[4])

    def shows(self, key, state):
        """None, or what differs."""
        job, instance = key
        wanted = [] if state.number is None else expected(job, instance, state.number)
        if sorted(self.lines.get(key, [])) != sorted(wanted):
            return f"{self.lines.get(key)} instead of {wanted}"
        for window, failure in ((state.pushed, False), (state.failed, True)):
            at = self.times.get((job, instance, failure))
            if window is None and at:
                return f"a time, failure {failure}, that never was: {at}"
            if window and not (at and window[0] - 0.001 <= at <= (window[1] or time.time()) + 0.001):
                return f"the time {at}, failure {failure}, is not within {window}"
        return None


def client(port, job, first, seed, states, pipe):
    """Pushes growing numbers to its groups, deletes them, pushes what is refused, until the connection ends. Sends back
    the history of each group: (time of the answer, or None; state)."""
    rng, number = random.Random(seed), first
    history = {key: [(0, state)] for key, state in states.items()}
    wrong = None
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
        while wrong is None:
            key = (job, f"i{rng.randrange(GROUPS)}")
            kind = rng.choice(("PUT", "POST", "PUT", "POST", "PUT", "POST", "bad", "DELETE"))
            number = (number + 1) % 1000000  # larger ones are written in another way
            text = None if kind == "DELETE" else "m 1 1000\n" if kind == "bad" else body(*key, number)
            window = [time.time(), None]
            history[key].append((None, history[key][-1][1].after(kind, number, window)))
            connection.request("PUT" if kind == "bad" else kind, f"/metrics/job/{key[0]}/instance/{key[1]}", text)
            answer = connection.getresponse()
            answer.read()
            window[1] = time.time()
            history[key][-1] = (window[1], history[key][-1][1])
            if answer.status != {"DELETE": 202, "bad": 400}.get(kind, 200):
                wrong = f"{kind} {key}: {answer.status}"
    pipe.send((history, wrong))
    pipe.close()


class Load:
    """Client processes on a gateway."""

    def __init__(self, gateway, rng, turn, stored):
        self.runs = []
        for i in range(CLIENTS):
            job = f"j{i}"
            ours, theirs = multiprocessing.Pipe(False)
            states = {(job, f"i{g}"): stored.get((job, f"i{g}"), State()) for g in range(GROUPS)}
            process = multiprocessing.Process(
                target=client, args=(gateway.port, job, turn * 10007 % 1000000, rng.random(), states, theirs), daemon=True)
            process.start()
            theirs.close()
            self.runs.append((process, ours))

    def end(self):
        """The histories of all groups, and how many changes were acknowledged."""
        histories, n = {}, 0
        for process, pipe in self.runs:
            history, wrong = pipe.recv()
            process.join(30)
            assert wrong is None, wrong
            histories.update(history)
        for history in histories.values():
            n += sum(at is not None and at > 0 for at, _ in history)
        return histories, n


class Kills(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = os.path.join(folder.name, "db")
        self.rng = random.Random(OPTIONS.seed)
        self.stored = {}

    def round(self, turn, seconds, *flags):
        """Starts, loads, kills; returns the histories, how many changes were acknowledged, and when it was killed."""
        with Gateway(self.file, *flags) as gateway:
            gateway.wait()
            load = Load(gateway, self.rng, turn, self.stored)
            time.sleep(seconds)
            killed = time.time()
            gateway.kill()
            histories, n = load.end()
        return histories, n, killed

    def look(self, *flags):
        with Gateway(self.file, *flags) as gateway:
            gateway.wait()
            status, text = gateway.ask("GET", "/metrics")
            self.assertEqual(status, 200)
            self.assertIn("\npushgateway_persistence_corrupt_rows 0\n", text)
            gateway.kill()
        return Found(text)

    def recognise(self, found, histories, oldest):
        """Each group is in one of its states from the `oldest` that may be left on: that one it has from now on."""
        for key, history in histories.items():
            answers = []
            for _, state in reversed(history[oldest(history):]):
                answers.append(found.shows(key, state))
                if answers[-1] is None:
                    self.stored[key] = state
                    break
            self.assertIsNone(answers[-1], f"{key}, seed {OPTIONS.seed}: {answers[:2]}, {len(answers)} in all")

    def test_what_was_acknowledged_outlives_kills(self):
        n_acknowledged = 0
        for turn in range(OPTIONS.rounds):
            histories, n, _ = self.round(turn, self.rng.uniform(0.02, 0.25))
            n_acknowledged += n
            if turn % 5 == 0:  # a start is killed, too
                with Gateway(self.file) as gateway:
                    time.sleep(self.rng.uniform(0, 0.05))
                    gateway.kill()

            def oldest(history):
                return max(i for i, (at, _) in enumerate(history) if at is not None)

            self.recognise(self.look(), histories, oldest)
        print(f"{OPTIONS.rounds} kills, {n_acknowledged} acknowledged changes", file=sys.stderr)
        self.assertGreater(n_acknowledged, OPTIONS.rounds * 10)

    def test_relaxed_loses_an_interval_at_most(self):
        interval, n_lost = 0.4, 0
        flags = ("--persistence.relaxed", f"--persistence.interval={interval}s")
        for turn in range(max(3, OPTIONS.rounds // 15)):
            histories, _, killed = self.round(turn, interval + LATE_SECONDS + self.rng.uniform(0.2, 0.8), *flags)

            def oldest(history):
                return max(i for i, (at, _) in enumerate(history)
                           if at is not None and at <= killed - interval - LATE_SECONDS)

            self.recognise(self.look(*flags), histories, oldest)
            n_lost += sum(self.stored[key] is not history[-1][1] for key, history in histories.items())
        self.assertGreater(n_lost, 0, "nothing was relaxed")


def main():
    global OPTIONS
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 30))
    OPTIONS, rest = parser.parse_known_args()
    persistence.BINARY = os.path.abspath(OPTIONS.binary)
    print(f"seed {OPTIONS.seed}", file=sys.stderr)
    multiprocessing.set_start_method("fork")
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)


if __name__ == "__main__":
    main()

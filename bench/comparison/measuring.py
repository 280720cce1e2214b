# SPDX-License-Identifier: MIT
"""Measuring: one process for each single run, round by round over all subjects.

The rounds are interleaved (A B C, A B C, ...), so that a change of the machine's speed meets all.
"""

import os
import statistics
import subprocess
import sys
import time

OUT_OF_MEMORY = 3


class Failed(Exception):
    """A subject could not do a run; the text says why, in a word or two for a table's cell."""


def run_plainly(words, limit=None, environment=None):
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=limit,
                          env=environment)


def run_once(measure, subject, workload, options, limit):
    """Gives the figures of one run, by name."""
    words = [measure, subject.argument, workload, *(f"{k}={v}" for k, v in options.items())]
    try:
        ended = run_plainly(words, limit, subject.environment())
    except subprocess.TimeoutExpired:
        raise Failed(f">{limit} s") from None
    if ended.returncode == OUT_OF_MEMORY:
        raise Failed("memory")
    if ended.returncode != 0 or ended.stderr:
        sys.exit(f"{subject.name}: {' '.join(words)}\nended with status {ended.returncode}:\n"
                 f"{ended.stderr}{ended.stdout}")
    figures = dict(line.split(maxsplit=1) for line in ended.stdout.splitlines())
    check_origin(subject, figures.pop("origin", None))
    return {name: float(value) for name, value in figures.items()}


def check_origin(subject, origin):
    """That the allocator which was measured is the one that was meant."""
    if subject.library and (not origin or
                            os.path.realpath(origin) != os.path.realpath(subject.library)):
        sys.exit(f"{subject.name}: malloc came from {origin}, not from {subject.library}")


class Progress:
    """One line that says what goes on, and about how long it will; on a terminal it changes."""

    def __init__(self, steps, stream):
        self.steps, self.done, self.begin = steps, 0, time.monotonic()
        self.stream, self.told = stream, 0

    def tell(self, text):
        passed = time.monotonic() - self.begin
        left = f", {passed / self.done * (self.steps - self.done):.0f} s left" if self.done else ""
        line = f"[{self.done + 1}/{self.steps}{left}] {text}"
        self.done += 1
        if self.stream.isatty():
            print(f"\r\x1b[K{line}", end="", file=self.stream, flush=True)
        elif passed - self.told >= 10 or self.done == 1:
            self.told = passed
            print(line, file=self.stream, flush=True)

    def end(self):
        if self.stream.isatty():
            print("\r\x1b[K", end="", file=self.stream, flush=True)


class Samples:
    """What was measured: for each subject and figure one value a round."""

    def __init__(self):
        self.values = {}  # (subject's name, run, figure's name): [value of each round]
        self.failures = {}  # (subject's name, run): why

    def add(self, subject, run, figures):
        for name, value in figures.items():
            self.values.setdefault((subject, run, name), []).append(value)

    def rounds(self, subject, run, figure):
        """All values; empty where the subject does not take part or has failed."""
        failed = (subject, run) in self.failures
        return [] if failed else self.values.get((subject, run, figure), [])

    def median(self, subject, run, figure):
        values = self.rounds(subject, run, figure)
        return statistics.median(values) if values else None

    def median_with(self, subject, other, run, figure, combine):
        """The median of what combining both values of the same round gives."""
        values = self.rounds(subject, run, figure)
        beside = self.rounds(other, run, figure)
        pairs = [combine(mine, its) for mine, its in zip(values, beside)]
        return statistics.median(pairs) if pairs else None


def plan(subjects, runs, rounds):
    """Round by round each run, and by each subject that takes part; a run may want fewer rounds."""
    return [(number, run, subject) for number in range(rounds) for run in runs
            if number < (run.rounds or rounds) for subject in subjects if run.takes(subject)]


def measure_all(measure, steps, limit, stream=sys.stderr):
    """Measures what is planned. Who has failed a run is not asked for it again."""
    samples, progress = Samples(), Progress(len(steps), stream)
    for number, run, subject in steps:
        progress.tell(f"round {number + 1}, {run}: {subject.name}")
        if (subject.name, run) in samples.failures:
            continue
        options = run.options | {"seed": number + 1}
        try:
            samples.add(subject.name, run,
                        run_once(measure, subject, run.workload, options, limit))
        except Failed as failure:
            samples.failures[subject.name, run] = str(failure)
    progress.end()
    return samples

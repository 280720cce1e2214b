# SPDX-License-Identifier: MIT
"""Measuring: one process for each single run, round by round over all subjects.

The rounds are interleaved (A B C, A B C, ...), so that a change of the machine's speed meets all.
Ctrl-C ends the measuring, and what was measured until then stays.
"""

import math
import statistics
import subprocess
import sys
import time

OUT_OF_MEMORY, GIVEN_UP = 3, 4


class Failed(Exception):
    """A subject could not do a run; the text says why, in a word or two for a table's cell."""


def run_plainly(words, limit=None, environment=None):
    """In a session of its own, so that Ctrl-C reaches us alone; then the program is killed."""
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=limit,
                          env=environment, start_new_session=True)


def run_once(measure, subject, workload, options, limit):
    """Gives the figures of one run, by name."""
    words = [measure, subject.argument, workload, *(f"{k}={v}" for k, v in options.items())]
    try:
        ended = run_plainly(words, limit, subject.environment())
    except subprocess.TimeoutExpired:
        raise Failed(f">{limit} s") from None
    if ended.returncode == OUT_OF_MEMORY:
        raise Failed("memory")
    if ended.returncode == GIVEN_UP:
        raise Failed(f">{options['patience']} ns")
    if ended.returncode != 0 or ended.stderr:
        sys.exit(f"{subject.name}: {' '.join(words)}\nended with status {ended.returncode}:\n"
                 f"{ended.stderr}{ended.stdout}")
    figures = dict(line.split(maxsplit=1) for line in ended.stdout.splitlines())
    check_origin(subject, figures.pop("origin", None))
    return {name: float(value) for name, value in figures.items()}


def check_origin(subject, origin):
    """That the allocator which was measured is the one that was meant."""
    if subject.library and not subject.serves(origin):
        sys.exit(f"{subject.name}: malloc came from {origin}, not from {subject.library}")


# ---- what was measured ---------------------------------------------------------------------------


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

    def is_pointless(self, subject, run):
        """Whether the subject has failed this run, or one that must come before it."""
        return any((subject, failed) in self.failures for failed in (run, *run.after))


# ---- how long it takes ---------------------------------------------------------------------------


class Pace:
    """How long a run will take: as long as the last time, or else as it takes others."""

    def __init__(self):
        self.last = {}  # (subject's name, run): seconds
        self.by_run = {}  # run: seconds of each

    def add(self, subject, run, seconds):
        self.last[subject, run] = seconds
        self.by_run.setdefault(run, []).append(seconds)

    def expect(self, subject, run):
        """Seconds; None while no subject has done such a run."""
        if (subject, run) in self.last:
            return self.last[subject, run]
        others = self.by_run.get(run)
        return sum(others) / len(others) if others else None

    def left(self, steps):
        """Seconds for all these; a run that none has done takes as long as the others on average."""
        expected = [self.expect(subject.name, run) for _, run, subject in steps]
        known = [seconds for seconds in expected if seconds is not None]
        return sum(known) / len(known) * len(steps) if known else None


class Progress:
    """One line that says what goes on, and about how long it will; on a terminal it changes."""

    def __init__(self, stream, hint=""):
        self.stream, self.hint, self.begin, self.told = stream, hint, time.monotonic(), None

    def tell(self, text, left):
        passed = time.monotonic() - self.begin
        line = text if left is None else f"[about {left:.0f} s left{self.hint}] {text}"
        if self.stream.isatty():
            print(f"\r\x1b[K{line}", end="", file=self.stream, flush=True)
        elif self.told is None or passed - self.told >= 10:
            self.told = passed
            print(line, file=self.stream, flush=True)

    def end(self):
        if self.stream.isatty():
            print("\r\x1b[K", end="", file=self.stream, flush=True)


# ---- measuring -----------------------------------------------------------------------------------


def plan(subjects, runs, rounds):
    """Round by round each run, and by each subject that takes part; a run may want fewer rounds."""
    return [(number, run, subject) for number in range(rounds) for run in runs
            if number < (run.rounds or rounds) for subject in subjects if run.takes(subject)]


class Session:
    """Measures, by steps of `plan`, and keeps what came out in `samples`.

    `limit`: seconds after which a run is given up. `options`: of the samples so far, what more is
    said to bench/measure.
    """

    def __init__(self, measure, limit, options=lambda samples: {}):
        self.measure, self.limit, self.options = measure, limit, options
        self.samples, self.pace = Samples(), Pace()
        self.is_running = self.is_interrupted = False

    def interrupt(self, *_):
        """On SIGINT. It ends the run that is going on; nothing else is cut in two."""
        self.is_interrupted = True
        if self.is_running:
            raise KeyboardInterrupt

    def run(self, run, subject, options):
        self.is_running = True
        try:
            return run_once(self.measure, subject, run.workload, options, self.limit)
        finally:
            self.is_running = False

    def take(self, step):
        """Whether it came to an end, good or bad; else it was interrupted."""
        number, run, subject = step
        options = run.options | {"seed": number + 1} | self.options(self.samples)
        begin = time.monotonic()
        try:
            self.samples.add(subject.name, run, self.run(run, subject, options))
        except Failed as failure:
            self.samples.failures[subject.name, run] = str(failure)
        except KeyboardInterrupt:
            return False
        self.pace.add(subject.name, run, time.monotonic() - begin)
        return True

    def fits(self, step, until):
        """Whether the step is likely to have ended by then."""
        _, run, subject = step
        return time.monotonic() + (self.pace.expect(subject.name, run) or 0) < until

    def take_all(self, steps, stream=sys.stderr, hint="", until=math.inf):
        """Gives the steps for which there was no time. One that has failed a run is not asked for it
        again. `until`: when all must have ended, by the monotonic clock."""
        progress = Progress(stream, hint)
        while steps and not self.is_interrupted and self.fits(steps[0], until):
            number, run, subject = steps[0]
            left = self.pace.left(steps)
            progress.tell(f"round {number + 1}, {run}: {subject.name}",
                          left and min(left, until - time.monotonic()))
            if self.take(steps[0]):
                steps = [step for step in steps[1:]
                         if not self.samples.is_pointless(step[2].name, step[1])]
        progress.end()
        return steps

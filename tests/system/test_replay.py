# SPDX-License-Identifier: MIT
"""make replay: an answer within seconds, and then the same more exactly. No figure is judged here."""

import contextlib
import os
import pty
import re
import signal

import pytest

from comparison import answer, measuring, results, subjects
from harness.tests import build_folder, expect, run_program, started
from harness.traces import ALLOC, DEALLOC, REALLOC, Trace, write_trace

RECORDS = [(ALLOC, 4, 0, slot, 100 + slot) for slot in range(200)] + \
          [(REALLOC, 0, 0, slot, 200 + slot) for slot in range(200)] + \
          [(DEALLOC, 0, 0, slot, 0) for slot in range(0, 200, 2)]


def small_trace(folder, records, slots=200):
    path = os.path.join(folder, "small.ctr")
    write_trace(path, Trace(records, slots, threads=1))
    return path


def stdout_of(*words):
    """What a program prints on standard output alone, and its status."""
    return run_program(["sh", "-c", '"$@" 2>/dev/null', "sh", *words])


def replay(compiler, folder, records, *words, slots=200):
    return run_program(["tools/replay", "--build", build_folder(compiler), *words,
                        small_trace(folder, records, slots)])


# ---- the trace -----------------------------------------------------------------------------------


def test_the_last_line_is_the_answer(compiler, tmp_path):
    ended = replay(compiler, tmp_path, RECORDS, "--subjects", "linked_list bump glibc",
                   "--picture", str(tmp_path))
    expect(ended.status == 0, f"tools/replay ended with {ended.status}", ended.output)
    last = ended.output.splitlines()[-1]
    expect(re.fullmatch(r"linked_list needs the smallest heap, \d+ KiB[;,] "
                        r"(\w+ is|and is) fastest, [\d.]+ ns a record\.", last),
           "the last line is another", ended.output)
    picture = tmp_path / "replay-small.svg"
    expect(picture.exists() and "linked_list" in picture.read_text(), "the picture is missing",
           ended.output)


def test_csv_is_exact(compiler, tmp_path):
    ended = stdout_of("make", "-s", f"CC={compiler}", "replay", "ARGS=--csv", "ROUNDS=1",
                      "SUBJECTS=linked_list bump glibc", f"FILE={small_trace(tmp_path, RECORDS)}")
    expect(ended.status == 0, f"make replay ended with {ended.status}", ended.output)
    rows = [line.split(",") for line in ended.output.splitlines()]
    expect(rows[0] == ["allocator", "ns_per_op", "peak_bytes", "smallest_heap_bytes", "outcome",
                       "bound_ns_per_op"], "the header is another", ended.output)
    expect([row[0] for row in rows[1:]] == ["bump", "linked_list", "glibc"], "the rows are others",
           ended.output)
    expect(all(row[4:] == ["measured", "0"] for row in rows[1:]), "the outcome is another",
           ended.output)
    figures = {name: [float(value) for value in values[:3]] for name, *values in rows[1:]}
    expect(all(values[0] > 0 and values[1] > 0 for values in figures.values()),
           "a time or a peak is missing", ended.output)
    in_use = sum(200 + slot for slot in range(200))
    expect(in_use <= figures["linked_list"][2] < 2 * in_use, "that is not the smallest heap",
           ended.output)
    expect(figures["linked_list"][2] < figures["bump"][2], "bump needs more than a linked list",
           ended.output)
    expect(figures["glibc"][2] == 0, "glibc has no heap to be made smaller", ended.output)


@pytest.mark.parametrize("message, records", [
    ("record 0: slot 200 is out of range", [(ALLOC, 4, 0, 200, 8)] * 200),
    ("record 1: dealloc of slot 3, which is empty",
     [(ALLOC, 4, 0, 1, 8)] + [(DEALLOC, 0, 0, 3, 0)] * 199)])
def test_a_wrong_trace_is_refused(compiler, tmp_path, message, records):
    ended = replay(compiler, tmp_path, records)
    expect(ended.status == 1, f"tools/replay ended with {ended.status}", ended.output)
    expect(message in ended.output, f"it does not say: {message}", ended.output)


def test_a_trace_may_have_the_largest_blocks(compiler, tmp_path):
    """Blocks of 4 GiB, used only at their ends by the program, need no 4 GiB of memory here."""
    records = [(ALLOC, 4, 0, 0, 2 ** 32 - 1), (DEALLOC, 0, 0, 0, 0)] * 100
    ended = replay(compiler, tmp_path, records, "--csv", "--subjects", "linked_list")
    row = ended.output.splitlines()[-1].split(",")
    expect(ended.status == 0 and row[0] == "linked_list", "it was not replayed", ended.output)
    expect(int(row[2]) < 2 ** 20 and int(row[3]) >= 2 ** 32 - 1, "the memory is another",
           ended.output)


def test_what_the_machine_cannot_hold_is_said(compiler, tmp_path):
    """Blocks of 64 TiB in all."""
    records = [(ALLOC, 4, 0, slot, 2 ** 32 - 1) for slot in range(2 ** 14)]
    ended = replay(compiler, tmp_path, records, slots=len(records))
    expect(ended.status == 1 and "do not serve this trace" in ended.output,
           f"tools/replay ended with {ended.status}", ended.output)


def test_a_pipe_is_not_waited_for(compiler, tmp_path):
    pipe = str(tmp_path / "pipe.ctr")
    os.mkfifo(pipe)
    ended = run_program(["timeout", "20", "tools/replay", "--build", build_folder(compiler), pipe])
    expect(ended.status == 1 and "is not a file" in ended.output,
           f"tools/replay ended with {ended.status}", ended.output)


# ---- who has no figures --------------------------------------------------------------------------


def test_an_allocator_that_ran_out_of_memory_is_named(compiler, tmp_path):
    """A figure of 0 must not look like a very good one. A bump allocator runs out of memory."""
    records = [(ALLOC, 4, 0, 0, 2 ** 31), (DEALLOC, 0, 0, 0, 0)] * 100
    records[1:1] = [(ALLOC, 4, 0, 1, 1)]  # keeps it from beginning anew
    ended = replay(compiler, tmp_path, records, "--csv", "--subjects", "bump")
    expect("bump,0.00,0,0,out_of_memory,0" in ended.output, "its row is another", ended.output)


MANY = 20000


def among_holes():
    """20,000 holes of 64 bytes, and then as many requests that fit into none of them."""
    return [(ALLOC, 4, 0, slot, 64) for slot in range(2 * MANY)] + \
           [(DEALLOC, 0, 0, slot, 0) for slot in range(0, 2 * MANY, 2)] + \
           [record for _ in range(MANY) for record in ((ALLOC, 4, 0, 0, 80), (DEALLOC, 0, 0, 0, 0))]


def test_a_slow_allocator_is_given_up(compiler, tmp_path):
    """A linked list passes all holes for each request, thousands of times as many as others."""
    words = ("--subjects", "linked_list tlsf")
    ended = replay(compiler, tmp_path, among_holes(), *words, slots=2 * MANY)
    expect(re.search(r"^linked_list was given up: it took more than \d+ ns a record, 20 times the "
                     r"best$", ended.output, re.MULTILINE), "it was not given up", ended.output)
    expect(re.search(r"^linked_list +>\d+ ns +- +-$", ended.output, re.MULTILINE),
           "its row in the table is another", ended.output)
    ended = replay(compiler, tmp_path, among_holes(), "--csv", *words, slots=2 * MANY)
    expect(re.search(r"^linked_list,0.00,0,0,given_up,\d+$", ended.output, re.MULTILINE) and
           re.search(r"^tlsf,[\d.]+,\d+,\d+,measured,0$", ended.output, re.MULTILINE),
           "the values are others", ended.output)


# ---- the order, and what follows the answer ------------------------------------------------------

# Stands for bench/measure. The numbers of a, b, ... are their places in the alphabet.
PRETENDER = """#!/bin/sh
echo "$*" >> {folder}/log
case "$1 $2" in
    "subjects ") printf 'null null\\nlinked_list arena\\ntlsf arena\\na arena\\nb arena\\n' ;;
    "{interrupts} trace_time") kill -INT $PPID; exec sleep 60 ;;
    *" trace_time") echo "nanoseconds $(printf '%d' "'$1")" ;;
    *" trace_memory") echo peak_bytes 1048576; echo smallest_heap_bytes 2097152 ;;
esac
"""


@pytest.fixture
def pretend(tmp_path):
    """Makes the folder of a bench/measure that measures nothing. `interrupts`: whose time it is not
    asked for without a Ctrl-C."""
    def make(interrupts="nobody"):
        os.makedirs(tmp_path / "bench")
        program = tmp_path / "bench/measure"
        program.write_text(PRETENDER.format(folder=tmp_path, interrupts=interrupts))
        program.chmod(0o755)
        return str(tmp_path)
    return make


def asked(folder):
    """What was measured, in turn; without the look at the trace that comes first."""
    with open(os.path.join(folder, "log"), encoding="utf-8") as log:
        lines = [line.split() for line in log]
    return [line for line in lines if len(line) > 1 and line[1].startswith("trace_")][1:]


def replay_in(folder, *words):
    return ["tools/replay", "--build", folder, *words, os.path.join(folder, "x.ctr")]


def test_the_promising_are_asked_first_and_bound_the_others(pretend):
    folder = pretend()
    ended = run_program(replay_in(folder))
    order = [(name, workload) for name, workload, *_ in asked(folder)]
    expect(order == [("null", "trace_time")] + [
        (name, workload) for name in ("a", "b", "tlsf", "linked_list")
        for workload in ("trace_time", "trace_memory")], f"the order is {order}", ended.output)
    patience = [next((int(word[9:]) for word in words if word.startswith("patience=")), None)
                for words in asked(folder)]
    expect(patience == [None, None] + 7 * [20 * ord("a")], f"the bounds are {patience}")


def test_without_a_terminal_it_ends_with_the_answer(pretend):
    folder = pretend()
    ended = run_program(replay_in(folder))
    memory = [words for words in asked(folder) if words[1] == "trace_memory"]
    expect(len(memory) == 4 and all({"parts=256", "looks=100"} <= set(words) for words in memory),
           f"{memory}")
    expect(ended.output.endswith(
        "a needs the smallest heap, 2.00 MiB, and is fastest, 97 ns a record.\n"),
        "the last line is another", ended.output)
    for name in subjects.PEERS:
        expect(f"{name} is not installed and was left out; Debian's package is " in ended.output,
               f"{name}, which is missing, is not named", ended.output)


def rounds_asked(folder, name):
    return [words for words in asked(folder) if words[:2] == [name, "trace_time"]]


def test_rounds_refine_the_answer(pretend):
    folder = pretend()
    run_program(replay_in(folder, "--rounds", "3"))
    expect(not any("patience" in word for words in asked(folder)[9:] for word in words),
           "who has its figures may still be given up")
    memory = [words for words in asked(folder) if words[:2] == ["a", "trace_memory"]]
    expect(len(memory) == 2 and not any("parts" in word for word in memory[1]), f"{memory}")
    expect(len(rounds_asked(folder, "b")) == 3, f"{asked(folder)}")


def run_on_terminal(command):
    """Gives the status, and what was shown."""
    master, slave = pty.openpty()
    with started(command, stdin=slave, stdout=slave, stderr=slave) as process:
        os.close(slave)
        shown = b""
        with contextlib.suppress(OSError):  # its last writer is gone
            while more := os.read(master, 4096):
                shown += more
        os.close(master)
        return process.wait(60), shown.decode().replace("\r\n", "\n")


def test_on_a_terminal_the_answer_is_refined(pretend):
    folder = pretend()
    status, shown = run_on_terminal(replay_in(folder))
    expect(status == 0 and shown.count("a needs the smallest heap") == 2, f"it ended with {status}",
           shown)
    expect(len(rounds_asked(folder, "a")) == 5, "it was not measured again", shown)
    expect("s left; Ctrl-C ends] round 2, " in shown, "it is not said that it goes on", shown)


@pytest.mark.parametrize("interrupts, fastest", [("a", None), ("tlsf", "a"), ("linked_list", "a")])
def test_ctrl_c_shows_what_is_known(pretend, interrupts, fastest):
    """Subjects with all their figures, the sentence, and the status that shells give Ctrl-C."""
    ended = run_program(replay_in(pretend(interrupts)), timeout=30)
    expect(ended.status == 128 + signal.SIGINT, f"it ended with {ended.status}", ended.output)
    answered = "a needs the smallest heap, 2.00 MiB, and is fastest, 97 ns a record."
    expect(ended.output.endswith(f"{answered if fastest else 'No allocator was measured.'}\n"),
           "the last line is another", ended.output)
    expect(("1.00 MiB" in ended.output) == bool(fastest), "the table is another", ended.output)
    expect("Ctrl-C came before all was measured of " in ended.output, "it is not said", ended.output)


def test_ctrl_c_in_a_refinement_is_a_good_end(pretend):
    """As with all figures known: the answer was there."""
    folder = pretend()
    with open(os.path.join(folder, "bench/measure"), "a", encoding="utf-8") as program:
        program.write('case "$*" in "b trace_time"*seed=2*) kill -INT $PPID; exec sleep 60 ;; esac\n')
    ended = run_program(replay_in(folder, "--rounds", "1000"), timeout=30)
    expect(ended.status == 0, f"it ended with {ended.status}", ended.output)
    expect(ended.output.endswith("is fastest, 97 ns a record.\n"), "the last line is another",
           ended.output)


# ---- the sentence --------------------------------------------------------------------------------


def table_of(question, figures):
    """A table of subjects: name: (kind, nanoseconds, peak, smallest heap)."""
    samples, chosen = measuring.Samples(), []
    for name, (kind, time, peak, heap) in figures.items():
        chosen.append(subjects.Subject(name, kind, name))
        if time:
            samples.add(name, question.time, {"nanoseconds": time})
        for figure, value in (("peak_bytes", peak), ("smallest_heap_bytes", heap)):
            if value:
                samples.add(name, question.rough, {figure: value})
    return results.Table(question.group, chosen, samples)


@pytest.mark.parametrize("said, figures", [
    ("tlsf needs the smallest heap, 1.20 MiB; cairn is fastest, 6.1 ns a record.",
     {"null": (subjects.NULL, 1, None, None), "cairn": (subjects.ARENA, 6.1, 100, 1.5e6),
      "tlsf": (subjects.ARENA, 9.87, 200, 1.2 * 2 ** 20), "p": (subjects.PEER, 8, 50, None)}),
    ("a needs the smallest heap, 2 KiB, and is fastest, 3.14 ns a record.",
     {"a": (subjects.ARENA, 3.1415, 100, 2048), "b": (subjects.ARENA, 4, 50, 3000)}),
    ("q needs the least memory, 2 KiB; p is fastest, 123 ns a record.",
     {"p": (subjects.PEER, 123.4, 5000, None), "q": (subjects.PEER, 200, 2048, None)}),
    ("p is fastest, 5 ns a record.", {"p": (subjects.PEER, 5, None, None)}),
    ("No allocator was measured.", {"null": (subjects.NULL, 1, None, None)}),
])
def test_the_sentence(said, figures):
    question = answer.Question("x.ctr", 20)
    sentence = answer.sentence(table_of(question, figures), question)
    expect(sentence == said, f"it says: {sentence}")

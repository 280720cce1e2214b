# SPDX-License-Identifier: MIT
"""One trace on every allocator: first an answer within seconds, then the same more exactly.

The answer is one round, the most promising first, with memory less exactly. An allocator that takes
`patience` times as long a record as the best so far is given up. Exact memory and more rounds refine
the answer.
"""

import math
import os

from .catalogue import Column, Group, Run
from .measuring import plan
from .results import mebibytes
from .subjects import ARENA, NULL, PEER, by_promise

# A process that looks for its peak 500 times spends half its time on that.
ROUGHLY = {"parts": 256, "looks": 100}


class Question:
    """What is asked of each allocator: the columns of the table, and the steps that fill them."""

    def __init__(self, file, patience):
        self.patience = patience
        self.time = Run("trace_time", file=file, runs=2)
        self.rough = Run("trace_memory", kinds=(ARENA, PEER), rounds=1, after=(self.time,),
                         file=file, **ROUGHLY)
        self.exact = Run("trace_memory", kinds=(ARENA, PEER), rounds=1,
                         after=(self.time, self.rough), file=file)
        name = os.path.basename(file).split(".ctr")[0]
        self.columns = (Column("ns a record", self.time, "nanoseconds"),
                        Column("peak", self.exact, "peak_bytes", rough=self.rough),
                        Column("smallest heap", self.exact, "smallest_heap_bytes",
                               rough=self.rough))
        self.group = Group(name, f"{name}: nanoseconds a record, and memory", self.columns,
                           panels=True)

    def answer(self, chosen):
        """Subject by subject, so that each one that was asked has all its figures."""
        return [step for subject in by_promise(chosen)
                for step in plan([subject], [self.time, self.rough], 1)]

    def refinement(self, chosen, rounds):
        exact = plan(by_promise(chosen), [self.exact], 1)
        return exact + plan(by_promise(chosen), [self.time], rounds)[len(chosen):]

    def bound(self, samples):
        """What is said to bench/measure: the nanoseconds a record that it may take."""
        best = [min(values) for (subject, run, _), values in samples.values.items()
                if run is self.time and subject != NULL]
        return {"patience": math.ceil(self.patience * min(best))} if best else {}


# ---- in words ------------------------------------------------------------------------------------


def least(table, column, question):
    """The allocator with the least of it, and how much; None if none has a figure. Of equals, the
    faster one."""
    time = question.columns[0]
    rivals = [(table.cell(subject, column).value, table.cell(subject, time).value or math.inf,
               subject.name) for subject in table.subjects
              if subject.kind != NULL and table.cell(subject, column).value is not None]
    if not rivals:
        return None
    value, _, name = min(rivals)
    return name, value


def sentence(table, question):
    """Which allocator is best at what, or that none was measured."""
    fastest, thriftiest, smallest = (least(table, column, question) for column in question.columns)
    if not fastest:
        return "No allocator was measured."
    name, time = fastest
    memory = smallest or thriftiest
    is_fastest = f"is fastest, {time:.3g} ns a record."
    if not memory:
        return f"{name} {is_fastest}"
    needs = f"{memory[0]} needs the {'smallest heap' if smallest else 'least memory'}, " \
            f"{mebibytes(memory[1])}"
    return f"{needs}, and {is_fastest}" if memory[0] == name else f"{needs}; {name} {is_fastest}"


def given_up(table, samples, question):
    """A line for each allocator that was too slow."""
    for subject in table.subjects:
        for run in (question.time, question.rough):
            why = samples.failures.get((subject.name, run), "")
            if why.startswith(">"):
                times = f" a record, {question.patience} times the best" if why.endswith("ns") else ""
                place = "" if run is question.time else ", in a small heap"
                yield f"{subject.name} was given up: it took more than {why[1:]}{times}{place}"
                break


# ---- as values -----------------------------------------------------------------------------------

HEADER = "allocator,ns_per_op,peak_bytes,smallest_heap_bytes,outcome,bound_ns_per_op"


def outcome(subject, samples, question):
    """How an allocator fared, and the bound that it passed, or 0."""
    why = samples.failures.get((subject.name, question.time))
    if why is None:
        measured = samples.rounds(subject.name, question.time, "nanoseconds")
        return ("measured" if measured else "not_measured"), 0
    if why.startswith(">"):
        return "given_up", int(why[1:-3]) if why.endswith(" ns") else 0
    return "out_of_memory", 0


def csv_lines(table, chosen, missing, samples, question):
    yield HEADER
    for subject in chosen:
        if subject.kind == NULL:
            continue  # the harness alone is no allocator
        time, peak, heap = (table.cell(subject, column).value or 0 for column in question.columns)
        how, bound = outcome(subject, samples, question)
        yield f"{subject.name},{time:.2f},{peak:.0f},{heap:.0f},{how},{bound}"
    for name in missing:
        yield f"{name},0.00,0,0,missing,0"

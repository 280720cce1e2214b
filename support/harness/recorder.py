# SPDX-License-Identifier: MIT
"""For the tests of cairn-record: the recorder in a folder of its own, and the traces that it makes."""

import os

from .tests import Failure, build_folder, expect, preloadable, run_program
from .traces import ALLOC, ALLOC_ZEROED, DEALLOC, REALLOC, read_trace


def is_in_turn(record, in_use):
    """Whether the slot is in use where it must be, and the sizes are what they must be."""
    begins = record.operation in (ALLOC, ALLOC_ZEROED)
    return (record.operation <= DEALLOC and begins != (record.slot in in_use) and
            (record.size == 0) == (record.operation == DEALLOC))


def check_slots(trace):
    """Each slot is in use from alloc to dealloc, and there are no more than are needed at once."""
    in_use, most = set(), 0
    for number, record in enumerate(trace.records):
        if not is_in_turn(record, in_use) or record.thread >= trace.threads:
            raise Failure(f"record {number} is out of turn: {record}")
        if record.operation == DEALLOC:
            in_use.remove(record.slot)
        else:
            in_use.add(record.slot)
            most = max(most, len(in_use))
    expect(most == trace.slots, f"{trace.slots} slots where {most} were in use at once")


class Recorder:
    """cairn-record of one compiler, in a folder of its own."""

    def __init__(self, compiler, folder):
        self.program = build_folder(compiler, "cairn-record")
        self.programs = build_folder(compiler, "tests/hosted")
        self.malloc = preloadable(build_folder(compiler, "libcairn-malloc.so"))
        self.folder = folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def run(self, *words, **environment):
        return run_program([self.program, *words], **({"TMPDIR": self.folder} | environment))

    def record(self, name, *words, status=0, **environment):
        """Records a program that is to end with the status; gives its trace."""
        ended = self.run("-o", self.path(name), *words, **environment)
        expect(ended.status == status, f"it ended with {ended.status}", ended.output)
        expect(os.listdir(self.folder) and not [left for left in os.listdir(self.folder)
                                                if left.startswith("cairn-record-")],
               "the log was not removed", ended.output)
        return self.read(name)

    def read(self, name):
        """One of its traces, checked."""
        trace = read_trace(self.path(name))
        check_slots(trace)
        return trace


# What tests/hosted/recorded.c does, one line for each of its calls that allocates or frees.
KNOWN = [
    (ALLOC, 4, 0, 100), (ALLOC_ZEROED, 4, 1, 150), (REALLOC, 4, 0, 5000), (DEALLOC, 0, 1, 0),
    (ALLOC, 4, 1, 1), (ALLOC, 4, 2, 7), (REALLOC, 4, 2, 300), (DEALLOC, 0, 0, 0),
    (ALLOC, 6, 0, 640), (ALLOC, 8, 3, 1), (ALLOC, 12, 4, 9), (ALLOC, 12, 5, 8192),
    (ALLOC, 12, 6, 20),
    (DEALLOC, 0, 0, 0), (DEALLOC, 0, 3, 0), (DEALLOC, 0, 4, 0), (DEALLOC, 0, 5, 0),
    (DEALLOC, 0, 6, 0), (DEALLOC, 0, 2, 0),
]


def check_known(trace):
    records = [(record.operation, record.align_log2, record.slot, record.size) for record in trace.records]
    expect(records == KNOWN, "the records are others", "\n".join(map(str, trace.records)))
    expect(trace.threads == 1, f"there are {trace.threads} threads")

# SPDX-License-Identifier: MIT
"""For the tests of cairn-record: the recorder in a folder of its own, and the traces that it makes."""

import collections
import lzma
import os
import struct

from .tests import Failure, build_folder, expect, preloadable, run_program

ALLOC, ALLOC_ZEROED, REALLOC, DEALLOC = range(4)
Record = collections.namedtuple("Record", "op log2_align thread slot size")
Trace = collections.namedtuple("Trace", "records slots threads")


def read_trace(path):
    """Reads a trace, and checks what holds for every one."""
    with lzma.open(path) if path.endswith(".xz") else open(path, "rb") as file:
        data = file.read()
    magic, version, count, slots, threads = struct.unpack_from("<4sIIII", data)
    expect(magic == b"CTRC" and version == 1, f"{path} begins with {data[:8]}")
    expect(len(data) == 20 + 12 * count, f"{path} has {len(data)} bytes for {count} records")
    trace = Trace([Record(*fields) for fields in struct.iter_unpack("<BBHII", data[20:])],
                  slots, threads)
    check_slots(trace)
    return trace


def is_in_turn(record, in_use):
    """Whether the slot is in use where it must be, and the sizes are what they must be."""
    begins = record.op in (ALLOC, ALLOC_ZEROED)
    return (record.op <= DEALLOC and begins != (record.slot in in_use) and
            (record.size == 0) == (record.op == DEALLOC))


def check_slots(trace):
    """Each slot is in use from alloc to dealloc, and there are no more than are needed at once."""
    in_use, most = set(), 0
    for number, record in enumerate(trace.records):
        if not is_in_turn(record, in_use) or record.thread >= trace.threads:
            raise Failure(f"record {number} is out of turn: {record}")
        if record.op == DEALLOC:
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
        return read_trace(self.path(name))


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
    records = [(record.op, record.log2_align, record.slot, record.size) for record in trace.records]
    expect(records == KNOWN, "the records are others", "\n".join(map(str, trace.records)))
    expect(trace.threads == 1, f"there are {trace.threads} threads")

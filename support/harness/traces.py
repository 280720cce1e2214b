# SPDX-License-Identifier: MIT
"""Traces, as support/trace_format.h describes them: reading and writing them."""

import collections
import lzma
import struct

from .tests import expect

ALLOC, ALLOC_ZEROED, REALLOC, DEALLOC = range(4)
Record = collections.namedtuple("Record", "operation align_log2 thread slot size")
Trace = collections.namedtuple("Trace", "records slots threads")

MAGIC, VERSION = b"CTRC", 1
HEADER, RECORD = struct.Struct("<4sIIII"), struct.Struct("<BBHII")


def read_trace(path):
    with lzma.open(path) if path.endswith(".xz") else open(path, "rb") as file:
        data = file.read()
    magic, version, count, slots, threads = HEADER.unpack_from(data)
    expect(magic == MAGIC and version == VERSION, f"{path} begins with {data[:8]}")
    expect(len(data) == HEADER.size + RECORD.size * count,
           f"{path} has {len(data)} bytes for {count} records")
    return Trace([Record(*fields) for fields in RECORD.iter_unpack(data[HEADER.size:])],
                 slots, threads)


def write_trace(path, trace):
    with open(path, "wb") as file:
        file.write(HEADER.pack(MAGIC, VERSION, len(trace.records), trace.slots, trace.threads))
        file.writelines(RECORD.pack(*record) for record in trace.records)

# SPDX-License-Identifier: MIT
"""Reads the table that tools/symbols writes (kernel/panic/symbol_table.h), and looks things up as
the kernel does."""

import bisect
import struct

BASE = 0xffffffff80000000
MAGIC = b"symbols2"
NO_FILE = 0xffff


class Table:
    def __init__(self, data):
        magic, *counts, text_size, _ = struct.unpack_from("<8sIIIIII", data)
        assert magic == MAGIC, magic
        self.data, self.position = data, 32
        self.functions, self.lines, self.inlined, self.files = (
            self.read_entries(layout, count)
            for layout, count in zip(("<III", "<IHH", "<IIIHH", "<I"), counts))
        self.text = data[self.position:self.position + text_size]

    def read_entries(self, layout, count):
        begin, size = self.position, struct.calcsize(layout)
        self.position += count * size
        return [struct.unpack_from(layout, self.data, begin + i * size) for i in range(count)]

    def string(self, position):
        return self.text[position:self.text.index(b"\0", position)].decode()

    def file_name(self, number):
        return "" if number == NO_FILE else self.string(self.files[number][0])

    @staticmethod
    def last_up_to(entries, distance):
        number = bisect.bisect_right(entries, distance, key=lambda entry: entry[0])
        return entries[number - 1] if number else None

    def line_starts(self):
        return [BASE + start for start, _, _ in self.lines]

    def places_of(self, address):
        """[(function, file, line)], the innermost inlined call first; "" and 0 if unknown."""
        distance = address - BASE
        start, size, name = self.last_up_to(self.functions, distance)
        function = self.string(name) if distance < start + size else ""
        _, file, line = self.last_up_to(self.lines, distance)
        places = [(function, self.file_name(file), line)]
        for start, end, name, call_file, call_line in self.inlined:
            if start <= distance < end:
                (caller, file, line), *outer = places
                places = [(self.string(name), file, line),
                          (caller, self.file_name(call_file), call_line), *outer]
        return places


def read(path):
    with open(path, "rb") as file:
        return Table(file.read())

# SPDX-License-Identifier: MIT
"""VecDeque: its items, from the first to the last, around the end of the ring."""

from . import broken, name_of, printer


@printer("items", "length", "ends", "allocator")
class VecDeque:
    def __init__(self, value):
        self.value, self.length, ends = value, int(value["length"]), int(value["ends"])
        self.capacity = 1 << ends.bit_length() - 1 if ends else 0
        self.head = ends - self.capacity

    def is_broken(self):
        return self.length > self.capacity

    def to_string(self):
        if self.is_broken():
            return broken(self.value, f"length {self.length}, capacity {self.capacity}")
        return f"{name_of(self.value)} of length {self.length}, capacity {self.capacity}"

    def children(self):
        for index in range(0 if self.is_broken() else self.length):
            place = (self.head + index) % self.capacity
            yield f"[{index}]", (self.value["items"] + place).dereference()

    def display_hint(self):
        return "array"

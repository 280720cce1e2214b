# SPDX-License-Identifier: MIT
"""Vec: its items."""

from . import broken, items_at, name_of, printer


@printer("items", "length", "capacity", "allocator")
class Vec:
    def __init__(self, value):
        self.value = value
        self.length, self.capacity = int(value["length"]), int(value["capacity"])

    def to_string(self):
        if self.length > self.capacity:
            return broken(self.value, f"length {self.length}, capacity {self.capacity}")
        return f"{name_of(self.value)} of length {self.length}, capacity {self.capacity}"

    def children(self):
        return items_at(self.value["items"], self.length if self.length <= self.capacity else 0)

    def display_hint(self):
        return "array"

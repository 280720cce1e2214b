# SPDX-License-Identifier: MIT
"""Box: its value, or that it is empty."""

from . import name_of, printer


@printer("value", "allocator")
class Box:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return name_of(self.value) if self.value["value"] else f"{name_of(self.value)}, empty"

    def children(self):
        if self.value["value"]:
            yield "value", self.value["value"].dereference()

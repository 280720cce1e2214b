# SPDX-License-Identifier: MIT
"""Rc and its Weak: how many handles there are, and the value as long as it lives."""

from . import fields_of, name_of, printer


def counts_handles(value):
    """Whether its block is an rc's; both kinds of handles have the same."""
    block = value.type.strip_typedefs().fields()[0].type.target().strip_typedefs()
    return fields_of(block) == ["counts", "value"]


@printer("block", when=counts_handles)
class Rc:
    def __init__(self, value):
        self.value, self.block = value, value["block"]
        self.strong = int(self.block["counts"]["strong"]) if self.block else 0

    def to_string(self):
        if not self.block:
            return f"{name_of(self.value)}, empty"
        weak = int(self.block["counts"]["weak"]) - (self.strong > 0)
        return f"{name_of(self.value)}, strong {self.strong}, weak {weak}"

    def children(self):
        if self.strong > 0:
            yield "value", self.block["value"]

# SPDX-License-Identifier: MIT
"""LinkedList: its items, as far as the links lead; the intrusive list: its nodes."""

import gdb

from . import broken, name_of, printer


def nodes_of(value):
    """The nodes of a struct cairn_list, in order; it may go in a circle if it is damaged."""
    node = value["first"]
    while node:
        yield node
        node = node["next"]


@printer("nodes", "length", "allocator",
         when=lambda value: value["nodes"].type.strip_typedefs().name == "cairn_list")
class List:
    def __init__(self, value):
        self.value, self.length = value, int(value["length"])
        self.node = gdb.lookup_type(f"struct {name_of(value)}_node").pointer()

    def to_string(self):
        if bool(self.value["nodes"]["first"]) != (self.length > 0):
            return broken(self.value, f"length {self.length}")
        return f"{name_of(self.value)} of length {self.length}"

    def children(self):
        for index, links in zip(range(self.length), nodes_of(self.value["nodes"])):
            yield f"[{index}]", links.cast(self.node)["item"]

    def display_hint(self):
        return "array"


@printer("first", "last", when=lambda value: value.type.strip_typedefs().name == "cairn_list")
class IntrusiveList:
    MOST = 1000

    def __init__(self, value):
        self.value = value

    def to_string(self):
        return "list of nodes" if self.value["first"] else "list, empty"

    def children(self):
        for index, node in zip(range(self.MOST), nodes_of(self.value)):
            yield f"[{index}]", node

    def display_hint(self):
        return "array"

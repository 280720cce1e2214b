# SPDX-License-Identifier: MIT
"""BTreeMap and BTreeSet: their entries, in order."""

import gdb

from . import broken, fields_of, name_of, printer


def part_of(value, name):
    """A type that the collection's include has made for itself, or None."""
    try:
        return gdb.lookup_type(f"struct {name_of(value)}_{name}_")
    except gdb.error:
        return None


def has_nodes(value):
    return part_of(value, "node") is not None


class Damaged(Exception):
    pass


class Tree:
    """What a B-tree's nodes hold."""

    def __init__(self, value):
        self.node, self.internal = part_of(value, "node"), part_of(value, "internal")
        self.capacity = self.node["keys"].type.range()[1] + 1
        self.has_values = "values" in fields_of(self.node)

    def entries(self, links, level=None):
        """Pairs of key and value, which is None in a set."""
        count, here = int(links["count"]), int(links["level"])
        if count == 0 or count > self.capacity or (level is not None and here != level):
            raise Damaged(f"a node of {count} entries on level {here}")
        node = links.cast(self.node.pointer())
        for place in range(count + 1):
            if here > 0:
                children = links.cast(self.internal.pointer())["children"]
                yield from self.entries(children[place], here - 1)
            if place < count:
                yield node["keys"][place], node["values"][place] if self.has_values else None


@printer("root", "length", "allocator", when=has_nodes)
@printer("root", "length", "allocator", "changes", when=has_nodes)
class BTree:
    def __init__(self, value):
        self.value, self.length, self.tree = value, int(value["length"]), Tree(value)
        self.entries, self.damage = [], ""
        try:
            if value["root"]:
                self.entries = list(self.tree.entries(value["root"]))
            if len(self.entries) != self.length:
                raise Damaged(f"length {self.length}, {len(self.entries)} entries")
        except (Damaged, gdb.MemoryError) as error:
            self.entries, self.damage = [], str(error)

    def to_string(self):
        if self.damage:
            return broken(self.value, self.damage)
        return f"{name_of(self.value)} of length {self.length}"

    def children(self):
        for place, (key, value) in enumerate(self.entries):
            yield f"[{place}]", key
            if value is not None:
                yield f"[{place}] value", value

    def display_hint(self):
        return "map" if self.tree.has_values else "array"

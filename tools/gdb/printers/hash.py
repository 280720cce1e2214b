# SPDX-License-Identifier: MIT
"""HashMap and HashSet: their items, group by group."""

import gdb

from . import broken, fields_of, name_of, printer

GROUP_SLOTS = 31


def type_of_parts(value):
    """What is in a slot: a type that the collection's include has made for itself, or None."""
    try:
        return gdb.lookup_type(f"struct {name_of(value)}_parts_")
    except gdb.error:
        return None


def has_slots(value):
    return type_of_parts(value) is not None


def occupied_slots(table):
    """The numbers of the slots that hold an item, by their control bytes."""
    words = (table + 1).cast(gdb.lookup_type("unsigned long long").pointer())
    for group in range(int(table["mask"]) + 1):
        for slot in range(GROUP_SLOTS):
            if int(words[group * 4 + slot // 8]) >> slot % 8 * 8 & 0xff:
                yield group * GROUP_SLOTS + slot


def items(table, parts):
    """All of a table, and of the next one if this one is moving."""
    slots = table.cast(parts.pointer())
    for slot in occupied_slots(table):
        yield (slots - 1 - slot).dereference()
    if int(table["moved"]) != 0:
        yield from items(table["next"], parts)


@printer("table", "length", "allocator", when=has_slots)
@printer("table", "length", "allocator", "changes", when=has_slots)
class HashTable:
    def __init__(self, value):
        self.value, self.length, parts = value, int(value["length"]), type_of_parts(value)
        self.has_values = "value" in fields_of(parts)
        self.items, self.damage = [], ""
        try:
            if value["table"]:
                self.items = list(items(value["table"], parts))
            if len(self.items) != self.length:
                self.damage = f"length {self.length}, {len(self.items)} items"
        except gdb.MemoryError as error:
            self.damage = str(error)

    def to_string(self):
        if self.damage:
            return broken(self.value, self.damage)
        return f"{name_of(self.value)} of length {self.length}"

    def children(self):
        for place, parts in enumerate([] if self.damage else self.items):
            yield f"[{place}]", parts["key"]
            if self.has_values:
                yield f"[{place}] value", parts["value"]

    def display_hint(self):
        return "map" if self.has_values else "array"

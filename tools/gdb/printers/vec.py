# SPDX-License-Identifier: MIT
"""Vec, and what lives in one: its items. A binary heap's first is the greatest; a boxed slice has no spare room."""

from . import broken, fields_of, items_at, name_of, printer

VEC_FIELDS = ("items", "length", "capacity", "allocator")


class Row:
    """Items in a row, `length` of them; a class below says from which value, and what else it tells."""

    def __init__(self, value, items, length, is_right, extent):
        self.value, self.items, self.length = value, items, int(length)
        self.is_right, self.extent = is_right, f"length {self.length}{extent}"

    def to_string(self):
        if not self.is_right:
            return broken(self.value, self.extent)
        return f"{name_of(self.value)} of {self.extent}"

    def children(self):
        return items_at(self.items, self.length if self.is_right else 0)

    def display_hint(self):
        return "array"


@printer(*VEC_FIELDS)
class Vec(Row):
    def __init__(self, value, shown=None):
        length, capacity = int(value["length"]), int(value["capacity"])
        super().__init__(shown or value, value["items"], length, length <= capacity,
                         f", capacity {capacity}")


@printer("vec", when=lambda value: fields_of(value["vec"].type.strip_typedefs()) == list(VEC_FIELDS))
class BinaryHeap(Vec):
    def __init__(self, value):
        super().__init__(value["vec"], shown=value)


@printer("items", "length", "allocator")
class BoxSlice(Row):
    def __init__(self, value):
        super().__init__(value, value["items"], value["length"],
                         bool(value["items"]) or int(value["length"]) == 0, "")

# SPDX-License-Identifier: MIT
"""Vec, and what is like one: its items. A binary heap has the greatest first, a Cow may have borrowed
them, and a boxed slice has no spare room."""

from . import broken, fields_of, items_at, name_of, printer

VEC_FIELDS = ("items", "length", "capacity", "allocator")


class Row:
    """Items in a row. `is_right` says whether there can be as many as `length`, `extent` how many."""

    def __init__(self, value, items, length, is_right, extent):
        self.value, self.items, self.length = value, items, length
        self.is_right, self.extent = is_right, extent

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
    def __init__(self, value):
        length, capacity = int(value["length"]), int(value["capacity"])
        super().__init__(value, value["items"], length, length <= capacity,
                         f"length {length}, capacity {capacity}")


# A binary heap or a Cow, which has no capacity where the items are another's.
@printer("vec", when=lambda value: fields_of(value["vec"].type.strip_typedefs()) == list(VEC_FIELDS))
class InVec(Vec):
    def __init__(self, value):
        super().__init__(value["vec"])
        self.value = value
        if self.length > 0 and int(value["vec"]["capacity"]) == 0:
            self.is_right, self.extent = True, f"length {self.length}, borrowed"


@printer("items", "length", "allocator")
class BoxSlice(Row):
    def __init__(self, value):
        length = int(value["length"])
        super().__init__(value, value["items"], length, bool(value["items"]) or length == 0,
                         f"length {length}")

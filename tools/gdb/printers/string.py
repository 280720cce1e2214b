# SPDX-License-Identifier: MIT
"""Text: views, strings, boxed and shared ones; and items in a row, viewed or shared."""

from . import broken, items_at, name_of, printer


@printer("bytes", "length")
@printer("bytes", "length", "allocator")
@printer("bytes", "length", "capacity", "allocator")
class Text:
    def __init__(self, value):
        self.value, self.length = value, int(value["length"])

    def to_string(self):
        if self.is_broken():
            return broken(self.value, f"length {self.length}, capacity {self.value['capacity']}")
        return self.value["bytes"].string("utf-8", "replace", self.length) if self.length else ""

    def is_broken(self):
        return any(field.name == "capacity" for field in self.value.type.strip_typedefs().fields()) \
            and self.length > int(self.value["capacity"])

    def display_hint(self):
        return None if self.is_broken() else "string"


# Rust's Cow: a string or a vec, which is another's where it has no capacity.
@printer("string")
class Cow:
    def __init__(self, value):
        self.string = value["string"]

    def to_string(self):
        length = int(self.string["length"])
        return self.string["bytes"].string("utf-8", "replace", length) if length else ""

    def display_hint(self):
        return "string"


@printer("items", "length")
class Slice:
    def __init__(self, value):
        self.value, self.length = value, int(value["length"])
        self.holds_text = value["items"].type.target().unqualified().name == "char"

    def to_string(self):
        if not self.holds_text:
            return f"{name_of(self.value)} of length {self.length}"
        return self.value["items"].string("utf-8", "replace", self.length) if self.length else ""

    def children(self):
        return items_at(self.value["items"], 0 if self.holds_text else self.length)

    def display_hint(self):
        return "string" if self.holds_text else "array"

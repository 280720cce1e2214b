# SPDX-License-Identifier: MIT
"""How each collection is known, and shown.

A printer is a class of gdb's pretty-printing API, marked with the names of its type's fields:

    @printer("items", "length", "capacity", "allocator")
    class Vec:
        def __init__(self, value): ...
        def to_string(self): ...
        def children(self): ...
"""

import importlib
import pkgutil

import gdb

_printers = []  # (names of fields, whether another look says so too, class)


def printer(*fields, when=lambda value: True):
    """Marks a class: it shows structs with these fields, in this order, for which `when` holds."""
    def mark(shows):
        _printers.append((list(fields), when, shows))
        return shows
    return mark


def name_of(value):
    """The collection's name, as its include has made it: vec_job."""
    return value.type.strip_typedefs().unqualified().name.removeprefix("struct ")


def broken(value, why):
    """What is shown in the place of contents that cannot be right."""
    return f"{name_of(value)} that was never initialised or is damaged: {why}"


def items_at(pointer, count):
    """Children: so many items in a row from there on."""
    return ((f"[{place}]", (pointer + place).dereference()) for place in range(count))


def fields_of(kind):
    return [field.name for field in kind.fields()]


def _find(value):
    """gdb's question: the printer of this value, or None."""
    kind = value.type.strip_typedefs()
    if kind.code != gdb.TYPE_CODE_STRUCT or not kind.name:
        return None
    names = fields_of(kind)
    return next((shows(value) for fields, when, shows in _printers
                 if fields == names and when(value)), None)


def register():
    """Once; sourcing it again replaces what was there."""
    _find.name = "cairn"
    gdb.pretty_printers[:] = [known for known in gdb.pretty_printers
                              if getattr(known, "name", None) != "cairn"]
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    gdb.pretty_printers.append(_find)

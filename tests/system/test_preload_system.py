# SPDX-License-Identifier: MIT
"""libcairn-malloc.so and what a program shares with its malloc: memory, limits, keys, forks.

Each case first holds on the C library's malloc, so it asks for nothing of its own.
"""

import pytest

from harness.tests import build_folder, expect, preloadable, run_well


@pytest.mark.parametrize("case", ["no_keys_are_left", "no_keys_are_left_after_malloc"])
def test_case(compiler, case):
    program = build_folder(compiler, "tests/hosted/malloc_and_system")
    library = preloadable(build_folder(compiler, "libcairn-malloc.so"))
    for environment in ({}, {"LD_PRELOAD": library}):
        said = run_well([program, case], **environment)
        expect(said == "right\n", f"with {environment or 'glibc'} it is not right", said)


def test_library_is_closed(compiler):
    """A thread that used the library's heap ends after dlclose()."""
    said = run_well([build_folder(compiler, "tests/hosted/closed_library"),
                     build_folder(compiler, "libcairn.so")])
    expect(said == "closed, ended, forked\n", "it said something else", said)

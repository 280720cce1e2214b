# SPDX-License-Identifier: MIT
"""libcairn-malloc.so and what a program shares with its malloc: memory, limits, keys, forks.

Each case first holds on the C library's malloc, so it asks for nothing of its own.
"""

import pytest

from harness.tests import build_folder, expect, preloadable, run_well


CASES = (
    "little_is_mapped",
    "untouched_memory_costs_nothing",
    "smaller_memory_that_is_zero_costs_nothing",
    "more_is_untouched_than_there_is",
    "what_realloc_cuts_off_is_given_back",
    "what_realloc_leaves_is_given_back",
    "what_many_blocks_had_is_given_back",
    "what_many_small_blocks_had_is_given_back",
    "malloc_trim_gives_the_rest_back",
    "memory_can_be_locked",
    "addresses_are_limited_later",
    "data_is_limited_later",
    "a_neighbour_is_in_the_way",
    "large_blocks_keep_their_contents",
    "large_blocks_are_aligned",
    "many_large_blocks",
    "large_blocks_that_come_and_go_keep_their_pages",
    "a_large_block_grows_in_small_steps",
    "second_names_are_of_the_same_heap",
    "no_keys_are_left",
    "no_keys_are_left_after_malloc",
)


@pytest.mark.parametrize("case", CASES)
def test_case(compiler, case):
    """With one arena: glibc sets 64 MiB of addresses aside for each further one."""
    program = build_folder(compiler, "tests/hosted/malloc_and_system")
    library = preloadable(build_folder(compiler, "libcairn-malloc.so"))
    for environment in ({}, {"LD_PRELOAD": library}):
        said = run_well([program, case], MALLOC_ARENA_MAX="1", **environment)
        expect(said == "right\n", f"with {environment or 'glibc'} it is not right", said)


def test_library_is_closed(compiler):
    """A thread that used the library's heap ends after dlclose()."""
    said = run_well([build_folder(compiler, "tests/hosted/closed_library"),
                     build_folder(compiler, "libcairn.so")])
    expect(said == "closed, ended, forked\n", "it said something else", said)

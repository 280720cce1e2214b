# SPDX-License-Identifier: MIT
"""Programs that are linked with libjemalloc call it by its own names, too: on us both are one heap.

redis-server 8 is one such program: the test of it is `preload/redis`.
"""

from harness.library_tests import run_well
from harness.preload_tests import library, program
from harness.tests import expect


def test_jemalloc_names_and_malloc_are_one_heap(compiler):
    said = run_well([program(compiler, "malloc_of_jemalloc")], LD_PRELOAD=library(compiler))
    expect(said == "all is right\n", "it said something else", said)

/* SPDX-License-Identifier: MIT */
#include "kernel_test.h"

#include "machine.h"

extern const struct test_case test_cases_begin[], test_cases_end[];

void kernel_main(void)
{
    ptrdiff_t count = test_cases_end - test_cases_begin;
    cairn_check(count > 0, "this kernel has no test cases");
    println("Running %td tests", count);
    for (ptrdiff_t i = 0; i < count; i++) {
        print("%s... ", test_cases_begin[i].name);
        test_cases_begin[i].run();
        println("[ok]");
    }
    machine_exit(MACHINE_EXIT_SUCCESS);
}

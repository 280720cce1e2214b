/* SPDX-License-Identifier: MIT */
/* Strings: what the fuzzer kept, and random cases, played once more. */
#include "cases.h"
#include "string_case.h"
#include "test.h"

static void the_corpus(void **state)
{
    (void)state;
    test_play_corpus("string", string_case_play);
}

static void random_cases(void **state)
{
    (void)state;
    test_play_random(500, string_case_play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_corpus),
        cmocka_unit_test(random_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

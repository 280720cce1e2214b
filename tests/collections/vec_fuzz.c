/* SPDX-License-Identifier: MIT */
/* A vec and a binary heap: what the fuzzer kept, and random cases, played once more. */
#include "cases.h"
#include "test.h"
#include "vec_case.h"

static void the_corpus(void **state)
{
    (void)state;
    test_play_corpus("vec", vec_case_play);
}

static void random_cases(void **state)
{
    (void)state;
    test_play_random(500, vec_case_play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_corpus),
        cmocka_unit_test(random_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

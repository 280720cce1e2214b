/* SPDX-License-Identifier: MIT */
/*
 * What a program and its malloc share: the system's memory, and what the C library has few of. The
 * argument names one case; what is right ends with "right".
 */
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Ends the program unless the condition holds, and says what was found instead. */
__attribute__((format(printf, 2, 3))) static void expect(bool holds, const char *format, ...)
{
    va_list arguments;
    if (holds)
        return;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    exit(1);
}

/* ---- the C library's ---- */

static void use_up_keys(void)
{
    pthread_key_t key;
    while (pthread_key_create(&key, NULL) == 0)
        continue;
}

static void *allocate(void *unused)
{
    for (size_t size = 1; size < 10000; size *= 3)
        free(malloc(size));
    return unused;
}

static void no_keys_are_left(void)
{
    pthread_t thread;
    use_up_keys();
    allocate(NULL);
    expect(pthread_create(&thread, NULL, allocate, NULL) == 0, "there is no thread");
    pthread_join(thread, NULL);
}

static void no_keys_are_left_after_malloc(void)
{
    allocate(NULL);
    no_keys_are_left();
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"no_keys_are_left", no_keys_are_left},
    {"no_keys_are_left_after_malloc", no_keys_are_left_after_malloc},
};

int main(int count, char **words)
{
    for (size_t i = 0; count == 2 && i < sizeof(cases) / sizeof(*cases); i++)
        if (strcmp(words[1], cases[i].name) == 0) {
            cases[i].run();
            puts("right");
            return 0;
        }
    puts("usage: malloc_and_system CASE");
    return 2;
}

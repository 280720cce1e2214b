/* SPDX-License-Identifier: MIT */
/*
 * The host seam in WebAssembly: one thread, and a console from whoever loads the module, see
 * run.mjs.
 */
#include <cairn/base/host.h>

#include "one_processor.h"

#define IMPORTED(name) __attribute__((import_module("cairn"), import_name(name)))
#define EXPORTED(name) __attribute__((export_name(name)))

/* What the embedder gives: text to its console; 64 random bits; exit does not return. */
IMPORTED("write") void embedder_write(const char *text, size_t length);
IMPORTED("random") uint64_t embedder_random(void);
IMPORTED("exit") CAIRN_NORETURN void embedder_exit(int status);

void cairn_host_write(const char *text, size_t length)
{
    embedder_write(text, length);
}

uint64_t cairn_host_random(void)
{
    return embedder_random();
}

void one_processor_exit(int status)
{
    embedder_exit(status);
}

/* ---- nothing interrupts the thread ---- */

cairn_host_interrupt_state cairn_host_interrupts_disable(void)
{
    return 0;
}

void cairn_host_interrupts_restore(cairn_host_interrupt_state state)
{
    (void)state;
}

/* ---- a program with a main() ---- */

int main(int count, char *words[]);

enum { ARGUMENT_MAX = 64 };

static char argument[ARGUMENT_MAX];

/* Where the embedder may write the program's one argument, ARGUMENT_MAX bytes with the zero. */
EXPORTED("argument") char *program_argument(void);
EXPORTED("run") int program_run(void);

char *program_argument(void)
{
    return argument;
}

int program_run(void)
{
    static char name[] = "program";
    char *words[] = {name, argument, NULL};
    return main(argument[0] ? 2 : 1, words);
}

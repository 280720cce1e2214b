/* SPDX-License-Identifier: MIT */
/*
 * The host seam in WebAssembly: one thread, and a console from whoever loads the module, see
 * run.mjs. A panic is one line, then the module ends.
 */
#include <cairn/base/format.h>
#include <cairn/base/host.h>

#define IMPORTED(name) __attribute__((import_module("cairn"), import_name(name)))
#define EXPORTED(name) __attribute__((export_name(name)))

/* What the embedder gives: text to its console; exit does not come back. */
IMPORTED("write") void embedder_write(const char *text, size_t length);
IMPORTED("exit") CAIRN_NORETURN void embedder_exit(int status);

void cairn_host_write(const char *text, size_t length)
{
    embedder_write(text, length);
}

static void write_out(struct cairn_sink *self, const char *text, size_t length)
{
    (void)self;
    embedder_write(text, length);
}

void cairn_host_panic(const char *file, int line, const char *format, va_list arguments)
{
    struct cairn_sink sink = {write_out};
    cairn_format(&sink, "panicked at %s:%d: ", file, line);
    cairn_format_list(&sink, format, arguments);
    cairn_format(&sink, "\n");
    embedder_exit(1);
}

/* ---- there is one thread, and nothing interrupts it ---- */

cairn_host_interrupt_state cairn_host_interrupts_disable(void)
{
    return 0;
}

void cairn_host_interrupts_restore(cairn_host_interrupt_state state)
{
    (void)state;
}

uintptr_t cairn_host_execution_id(void)
{
    return 1;
}

CAIRN_HOST_PER_THREAD unsigned cairn_host_known_slot;

unsigned cairn_host_slot(void)
{
    return cairn_host_known_slot;
}

void cairn_host_barrier_everywhere(void)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

void cairn_host_relax(void)
{
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

/* SPDX-License-Identifier: MIT */
/*
 * measure SUBJECT WORKLOAD [NAME=VALUE ...]: one run of one workload on one subject.
 *
 * Prints a line "name value" for each figure. Status 3: the subject had too little memory for it;
 * status 4: it took more time than `patience` allows.
 * `measure subjects` and `measure workloads` list what there is, `measure compiler` tells what made
 * it. Rounds, comparisons and tables are the business of bench/run and tools/replay, which start this
 * program for every single figure, so that no subject finds the memory as another left it.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "workload.h"

static const char *const kinds[] = {
    [SUBJECT_NULL] = "null", [SUBJECT_ARENA] = "arena", [SUBJECT_SYSTEM] = "system"};

static const struct {
    const char *name;
    size_t offset;
} numbers[] = {
    {"heap", offsetof(struct options, heap)},
    {"max", offsetof(struct options, max)},
    {"size", offsetof(struct options, size)},
    {"realloc", offsetof(struct options, realloc)},
    {"count", offsetof(struct options, count)},
    {"milliseconds", offsetof(struct options, milliseconds)},
    {"runs", offsetof(struct options, runs)},
    {"scenario", offsetof(struct options, scenario)},
    {"share", offsetof(struct options, share)},
    {"live", offsetof(struct options, live)},
    {"patience", offsetof(struct options, patience)},
    {"parts", offsetof(struct options, parts)},
    {"looks", offsetof(struct options, looks)},
    {"seed", offsetof(struct options, seed)},
};

static _Noreturn void refuse(const char *what, const char *word)
{
    fprintf(stderr, "measure: %s: %s\n", what, word);
    fprintf(stderr,
            "usage: measure SUBJECT WORKLOAD [NAME=VALUE ...] | subjects | workloads | compiler\n");
    exit(2);
}

/* The option's number, if `word` is NAME=... of it. */
static size_t *number_named(struct options *options, const char *word, size_t length)
{
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (strlen(numbers[i].name) == length && strncmp(numbers[i].name, word, length) == 0)
            return (size_t *)(void *)((char *)options + numbers[i].offset);
    }
    return NULL;
}

static void read_option(struct options *options, const char *word)
{
    const char *value = strchr(word, '=');
    if (!value || value[1] == '\0')
        refuse("an option is NAME=VALUE", word);
    if (strncmp(word, "file=", 5) == 0) {
        options->file = value + 1;
        return;
    }
    size_t *number = number_named(options, word, (size_t)(value - word));
    if (!number)
        refuse("there is no such option", word);
    char *end;
    errno = 0;
    *number = strtoull(value + 1, &end, 0);
    if (errno != 0 || *end != '\0' || value[1] == '-')
        refuse("this is no number", word);
}

static void check_options(const struct options *options)
{
    if (options->heap == 0 || options->count == 0 || options->runs == 0 || options->size == 0 ||
        options->parts == 0 || options->looks == 0)
        refuse("0 makes no sense for one of these", "heap, count, runs, size, parts, looks");
    if (options->share == 0 || options->share > 100)
        refuse("a share is 1 to 100 percent", "share");
    if (options->live == 0 || options->live > OBJECTS_MAX)
        refuse("blocks at once are 1 to 262144", "live");
    if (options->max < 17)
        refuse("random sizes begin below 16, so the bound is at least 17", "max");
}

static int list_subjects(void)
{
    for (size_t i = 0; i < subject_count; i++)
        printf("%s %s\n", subjects[i].name, kinds[subjects[i].kind]);
    return 0;
}

static int list_workloads(void)
{
    for (size_t i = 0; i < workload_count; i++)
        printf("%s\n", workloads[i].name);
    return 0;
}

/* How this program was compiled, for the reader of the figures. */
static int tell_compiler(void)
{
#ifdef __clang__
    printf("clang %d.%d %s\n", __clang_major__, __clang_minor__, OPTIONS);
#else
    printf("gcc %d.%d %s\n", __GNUC__, __GNUC_MINOR__, OPTIONS);
#endif
    return 0;
}

/* Says which library was measured, so that one that LD_PRELOAD did not find is not missed. */
static void tell_origin(const struct subject *subject)
{
    if (subject->kind != SUBJECT_SYSTEM)
        return;
    const char *origin = malloc_origin();
    printf("origin %s\n", origin ? origin : "several");
}

static void run(const struct subject *subject, const struct workload *workload,
                struct options options)
{
    static struct bench bench;
    bench_begin(&bench, subject, options);
    workload->run(&bench);
    tell_origin(subject);
    for (size_t i = 0; i < bench.figure_count; i++)
        printf("%s %.10g\n", bench.figures[i].name, bench.figures[i].value);
    bench_end(&bench);
}

int main(int count, char **words)
{
    struct options options = OPTIONS_DEFAULT;
    if (count == 2 && strcmp(words[1], "subjects") == 0)
        return list_subjects();
    if (count == 2 && strcmp(words[1], "workloads") == 0)
        return list_workloads();
    if (count == 2 && strcmp(words[1], "compiler") == 0)
        return tell_compiler();
    if (count < 3)
        refuse("who and what", "SUBJECT WORKLOAD");
    const struct subject *subject = subject_find(words[1]);
    const struct workload *workload = workload_find(words[2]);
    if (!subject)
        refuse("there is no such subject", words[1]);
    if (!workload)
        refuse("there is no such workload", words[2]);
    for (int i = 3; i < count; i++)
        read_option(&options, words[i]);
    check_options(&options);
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); /* small pages for all: huge ones come by luck */
    run(subject, workload, options);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Threads that allocate, free each other's blocks, and die; forks in the middle of it.
 *
 *     malloc_threads [ROUNDS [FORKS]]
 *
 * Each block bears a pattern of its own from end to end: a thread that takes it out of the shared table
 * finds it whole, or two threads had the same memory. Every round starts fresh threads. Meanwhile
 * the main thread forks; each child allocates, with threads of its own, and must end well.
 * SEED=NUMBER in the environment repeats a run, as far as threads can be.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "random_source.h"

enum { THREADS = 4, SHARED = 256, ACTIONS = 4000 };

struct block {
    size_t size;
    unsigned char pattern;
    unsigned char bytes[];
};

static struct block *shared[SHARED]; /* exchanged atomically */
static uint64_t seed;

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "%s (SEED=%llu)\n", what, (unsigned long long)seed);
    _exit(1);
}

static size_t random_size(struct random_source *random)
{
    uint64_t number = random_next(random);
    return (size_t)(number % ((uint64_t)16 << (number >> 32) % 12));
}

static void check_block(const struct block *block)
{
    for (size_t i = 0; i < block->size; i++)
        if (block->bytes[i] != block->pattern)
            fail("a block was overwritten: somebody else has the same memory");
}

static struct block *fill(struct block *block, size_t size, struct random_source *random)
{
    if (!block)
        fail("there is no memory");
    block->size = size;
    block->pattern = (unsigned char)random_next(random);
    memset(block->bytes, block->pattern, size);
    return block;
}

static struct block *make_block(struct random_source *random)
{
    size_t size = random_size(random), all = sizeof(struct block) + size;
    switch (random_next(random) % 4) {
    case 0:
        return fill(calloc(1, all), size, random);
    case 1:
        return fill(aligned_alloc((size_t)16 << random_next(random) % 6, all), size, random);
    default:
        return fill(malloc(all), size, random);
    }
}

static struct block *change_block(struct block *block, struct random_source *random)
{
    size_t old = block->size, size = random_size(random);
    block = realloc(block, sizeof(struct block) + size);
    if (!block)
        fail("there is no memory");
    block->size = size < old ? size : old;
    check_block(block);
    return fill(block, size, random);
}

static void act(struct random_source *random)
{
    struct block *block = NULL;
    uint64_t number = random_next(random);
    struct block **place = &shared[number % SHARED];
    if (number >> 60 != 0)
        block = make_block(random);
    block = __atomic_exchange_n(place, block, __ATOMIC_ACQ_REL);
    if (!block)
        return;
    check_block(block);
    if (number >> 56 & 1)
        block = change_block(block, random);
    free(block);
}

static void *run_thread(void *start)
{
    struct random_source random = {(uintptr_t)start};
    void *left_behind = malloc(100);
    for (int i = 0; i < ACTIONS; i++)
        act(&random);
    return left_behind; /* freed by another thread, after this one has died */
}

static void start_threads(pthread_t *threads, int count, struct random_source *random)
{
    for (int i = 0; i < count; i++)
        if (pthread_create(&threads[i], NULL, run_thread, (void *)(uintptr_t)random_next(random)))
            fail("pthread_create");
}

static void join_threads(const pthread_t *threads, int count)
{
    for (int i = 0; i < count; i++) {
        void *left_behind;
        if (pthread_join(threads[i], &left_behind))
            fail("pthread_join");
        free(left_behind);
    }
}

static _Noreturn void be_child(uint64_t start)
{
    struct random_source random = {start};
    pthread_t thread;
    alarm(60); /* a child that finds the heap locked would wait for ever */
    start_threads(&thread, 1, &random);
    for (int i = 0; i < ACTIONS / 4; i++)
        act(&random);
    join_threads(&thread, 1);
    exit(0);
}

static void fork_children(struct random_source *random, int forks)
{
    for (int i = 0; i < forks; i++) {
        uint64_t start = random_next(random);
        int status;
        pid_t child = fork();
        if (child == 0)
            be_child(start);
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
            fail("a forked child did not end well");
    }
}

int main(int count, char **words)
{
    int rounds = count > 1 ? atoi(words[1]) : 8, forks = count > 2 ? atoi(words[2]) : 4;
    const char *given = getenv("SEED");
    seed = given ? strtoull(given, NULL, 0) : (uint64_t)time(NULL) * 1000003 + (uint64_t)getpid();
    printf("SEED=%llu\n", (unsigned long long)seed);
    fflush(stdout);
    struct random_source random = {seed};
    for (int round = 0; round < rounds; round++) {
        pthread_t threads[THREADS];
        start_threads(threads, THREADS, &random);
        fork_children(&random, forks);
        join_threads(threads, THREADS);
    }
    for (int i = 0; i < SHARED; i++)
        free(shared[i]);
    printf("%d rounds of %d threads and %d forks\n", rounds, THREADS, forks);
    return 0;
}

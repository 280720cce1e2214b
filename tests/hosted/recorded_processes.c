/* SPDX-License-Identifier: MIT */
/*
 * A program with threads and children, to be recorded: `recorded_processes THREADS END`.
 *
 * Each thread makes blocks of sizes of its own (1000 + its number) that the main thread frees. A
 * forked child allocates 100 times and is not to be seen in the trace. END is how it ends: exit,
 * kill (by SIGKILL), exec (it becomes `recorded`, which lies beside it).
 */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BLOCKS = 100, MOST_THREADS = 16 };

static void *blocks[MOST_THREADS][BLOCKS];

static void *run_thread(void *number)
{
    for (int i = 0; i < BLOCKS; i++)
        blocks[(uintptr_t)number][i] = malloc(1000 + (uintptr_t)number);
    return NULL;
}

static int be_child(void)
{
    for (int i = 0; i < 100; i++)
        free(malloc(7777));
    return 0;
}

static void end(char *program, const char *how)
{
    if (strcmp(how, "kill") == 0)
        raise(SIGKILL);
    if (strcmp(how, "exec") == 0) {
        strcpy(strrchr(program, '/'), "/recorded");
        execl(program, program, (char *)NULL);
        _exit(1);
    }
}

int main(int count, char **words)
{
    if (count != 3)
        return 1;
    int threads = atoi(words[1]);
    pthread_t running[MOST_THREADS];
    for (int i = 0; i < threads; i++)
        pthread_create(&running[i], NULL, run_thread, (void *)(uintptr_t)i);
    for (int i = 0; i < threads; i++)
        pthread_join(running[i], NULL);
    for (int i = 0; i < threads; i++)
        for (int k = 0; k < BLOCKS; k++)
            free(blocks[i][k]);
    pid_t child = fork();
    if (child == 0)
        _exit(be_child());
    waitpid(child, NULL, 0);
    end(words[0], words[2]);
    return 3;
}

/* SPDX-License-Identifier: MIT */
/*
 * Opens libcairn.so, whose path is the argument, has a thread allocate from it, and closes it: the
 * thread ends, and the program forks, when the library may be gone from memory.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void *(*library_malloc)(size_t size);
static void (*library_free)(void *block);
static pthread_barrier_t step;

static void *allocate_and_wait(void *nothing)
{
    library_free(library_malloc(100));
    pthread_barrier_wait(&step); /* it has allocated */
    pthread_barrier_wait(&step); /* the library is closed */
    return nothing;
}

static void *find(void *library, const char *name)
{
    void *found = dlsym(library, name);
    if (!found) {
        puts(dlerror());
        exit(2);
    }
    return found;
}

static int fork_status(void)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    waitpid(child, &status, 0);
    return status;
}

int main(int count, char **words)
{
    pthread_t thread;
    void *library = count == 2 ? dlopen(words[1], RTLD_NOW) : NULL;
    if (!library) {
        puts(count == 2 ? dlerror() : "usage: closed_library LIBRARY");
        return 2;
    }
    library_malloc = (void *(*)(size_t))find(library, "cairn_malloc");
    library_free = (void (*)(void *))find(library, "cairn_free");
    pthread_barrier_init(&step, NULL, 2);
    pthread_create(&thread, NULL, allocate_and_wait, NULL);
    pthread_barrier_wait(&step);
    int not_closed = dlclose(library);
    pthread_barrier_wait(&step);
    pthread_join(thread, NULL);
    if (not_closed || fork_status() != 0)
        return 1;
    puts("closed, ended, forked");
    return 0;
}

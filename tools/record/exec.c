/* SPDX-License-Identifier: MIT */
/*
 * The exec family, so that the log says when its process becomes another program.
 *
 * That program has a log of its own, if it can be recorded. If it cannot (it is linked statically,
 * or lost LD_PRELOAD, its rights or its root folder on the way), the last log of the process is that
 * of the program before it; this mark keeps it from being taken for the trace that was wanted.
 *
 * In a child that shares the parent's memory (vfork) nothing is marked: log.c looks who asks.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

/* The functions that ours stand in for. */
static struct {
    int (*execve)(const char *path, char *const words[], char *const environment[]);
    int (*execvpe)(const char *file, char *const words[], char *const environment[]);
    int (*fexecve)(int file, char *const words[], char *const environment[]);
    int (*execveat)(int folder, const char *path, char *const words[], char *const environment[],
                    int flags);
} next;

static void find(const char *name, void *function)
{
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(function, &found, sizeof(found));
}

/* Early, for exec may be called where dlsym() must not be: in a signal handler, after vfork(). */
__attribute__((constructor)) static void find_all(void)
{
    find("execve", &next.execve);
    find("execvpe", &next.execvpe);
    find("fexecve", &next.fexecve);
    find("execveat", &next.execveat);
}

/* It failed, since it came back: the process stays what it was. */
static int came_back(int result)
{
    int error = errno;
    log_mark_exec("");
    errno = error;
    return result;
}

int execve(const char *path, char *const words[], char *const environment[])
{
    log_mark_exec(path);
    return came_back(next.execve(path, words, environment));
}

int execvpe(const char *file, char *const words[], char *const environment[])
{
    log_mark_exec(file);
    return came_back(next.execvpe(file, words, environment));
}

int fexecve(int file, char *const words[], char *const environment[])
{
    log_mark_exec(words[0] ? words[0] : "an open file");
    return came_back(next.fexecve(file, words, environment));
}

int execveat(int folder, const char *path, char *const words[], char *const environment[],
             int flags)
{
    log_mark_exec(path);
    return came_back(next.execveat(folder, path, words, environment, flags));
}

int execv(const char *path, char *const words[])
{
    return execve(path, words, environ);
}

int execvp(const char *file, char *const words[])
{
    return execvpe(file, words, environ);
}

/* ---- arguments one by one ---------------------------------------------------------------------
 */

/* How many words there are, with the null at their end. */
static size_t count_words(const char *first, va_list *more)
{
    size_t count = 1;
    for (const char *word = first; word; word = va_arg(*more, const char *))
        count++;
    return count;
}

/* Copies the words, with the null at their end. */
static char **copy_words(char **words, const char *first, va_list *more)
{
    memcpy(&words[0], &first, sizeof(first)); /* exec's words are const in all but name */
    for (size_t place = 0; words[place]; place++)
        words[place + 1] = va_arg(*more, char *);
    return words;
}

/*
 * Makes an array of the words, in the frame of the function that this stands in: exec must not
 * allocate. `more` is then past the null.
 */
#define MAKE_WORDS(words, first, more)                                             \
    va_start(more, first);                                                         \
    char **words = __builtin_alloca(count_words(first, &(more)) * sizeof(char *)); \
    va_end(more);                                                                  \
    va_start(more, first);                                                         \
    copy_words(words, first, &(more))

int execl(const char *path, const char *first, ...)
{
    va_list more;
    MAKE_WORDS(words, first, more);
    va_end(more);
    return execv(path, words);
}

int execlp(const char *file, const char *first, ...)
{
    va_list more;
    MAKE_WORDS(words, first, more);
    va_end(more);
    return execvp(file, words);
}

int execle(const char *path, const char *first, ...)
{
    va_list more;
    MAKE_WORDS(words, first, more);
    char *const *environment = va_arg(more, char *const *);
    va_end(more);
    return execve(path, words, environment);
}

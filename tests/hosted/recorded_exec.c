/* SPDX-License-Identifier: MIT */
/*
 * A program that becomes another one: `recorded_exec FUNCTION PROGRAM`, by that function of the exec
 * family, and without the environment that would record it. The other one gets the arguments "one"
 * and "two".
 *
 *     recorded_exec none X     allocates and ends
 *     recorded_exec vfork X    runs it in a child that shares this memory, and ends
 *
 * Its status is 3 where exec comes back.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char one[] = "one", two[] = "two";
static char *empty[] = {NULL};

static void become(const char *function, char *program)
{
    char *words[] = {program, one, two, NULL};
    if (strcmp(function, "execve") == 0)
        execve(program, words, empty);
    else if (strcmp(function, "execv") == 0)
        execv(program, words);
    else if (strcmp(function, "execvp") == 0)
        execvp(program, words);
    else if (strcmp(function, "execvpe") == 0)
        execvpe(program, words, empty);
    else if (strcmp(function, "fexecve") == 0)
        fexecve(open(program, O_RDONLY | O_CLOEXEC), words, empty);
    else if (strcmp(function, "execveat") == 0)
        execveat(AT_FDCWD, program, words, empty, 0);
    else if (strcmp(function, "execl") == 0)
        execl(program, program, "one", "two", (char *)NULL);
    else if (strcmp(function, "execlp") == 0)
        execlp(program, program, "one", "two", (char *)NULL);
    else if (strcmp(function, "execle") == 0)
        execle(program, program, "one", "two", (char *)NULL, empty);
}

static void run_in_child(char *program)
{
    pid_t child = vfork();
    if (child == 0) {
        execl(program, program, "one", "two", (char *)NULL);
        _exit(3);
    }
    waitpid(child, NULL, 0);
}

int main(int count, char **words)
{
    if (count != 3)
        return EXIT_FAILURE;
    free(malloc(1234));
    unsetenv("LD_PRELOAD");
    if (strcmp(words[1], "vfork") == 0)
        run_in_child(words[2]);
    else if (strcmp(words[1], "none") != 0)
        become(words[1], words[2]);
    free(malloc(4321));
    return strcmp(words[1], "vfork") == 0 || strcmp(words[1], "none") == 0 ? 0 : 3;
}

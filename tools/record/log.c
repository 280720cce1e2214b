/* SPDX-License-Identifier: MIT */
/*
 * The log is a file that is mapped, and shared with the system: what has been written into it is
 * there however the process ends, by exit, exec or SIGKILL, and nothing has to be flushed.
 *
 * The header stays mapped; of the events one window at a time, which moves along the file. No file
 * descriptor stays open between two windows, for a program may close it (daemons close all) and
 * open its own in its place. The file gets its blocks by posix_fallocate() before they are mapped,
 * so a full disk is an error here and not a SIGBUS in the program; and no block is asked for past
 * the limit on the size of files (ulimit -f), which would be a SIGXFSZ.
 *
 * A child that is forked has the parent's heap, but it is not the program that was to be recorded,
 * and two processes cannot share a log. So recording stops in it, until it runs a program of its
 * own. This needs no handler: `mine` lies in a page that the system wipes in a forked child.
 * Source: madvise(2), MADV_WIPEONFORK, since Linux 4.14.
 *
 * What it is bad at: while the window moves, every few 100,000 events, one call of malloc takes a
 * millisecond or two.
 */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define WINDOW_EVENTS ((size_t)1 << 16)
#define WINDOW_SIZE   (WINDOW_EVENTS * sizeof(struct log_event))

static char path[4096];
static struct log_header *header;
static struct log_event *window;
static volatile bool *mine;
static pid_t owner;             /* the process that began the log */
static char standard_error[64]; /* which file that is, as in LOG_ERROR_VARIABLE */

bool log_is_mine(void)
{
    return mine && *mine;
}

/* A program may close its standard error, and get another file in that place. */
static bool is_standard_error(void)
{
    struct stat status;
    char text[sizeof(standard_error)];
    if (fstat(STDERR_FILENO, &status) != 0)
        return false;
    snprintf(text, sizeof(text), LOG_FILE_FORMAT, (uintmax_t)status.st_dev,
             (uintmax_t)status.st_ino);
    return strcmp(text, standard_error) == 0;
}

/*
 * Standard error by the shortest way: printf would allocate, and strerror() takes a lock of the
 * locale, which setlocale() holds while it calls malloc.
 */
static void say(const char *what, const char *why)
{
    char line[512];
    int length =
        snprintf(line, sizeof(line), "cairn-record: %s: %s; recording stopped\n", what, why);
    if (length > 0 && is_standard_error() &&
        write(STDERR_FILENO, line, strnlen(line, sizeof(line))) < 0)
        return; /* nobody listens */
}

static void stop(int error)
{
    say(path, strerrordesc_np(error));
    *mine = false;
    if (header)
        header->error = error;
}

static bool may_grow_to(off_t size)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) != 0 || (rlim_t)size <= limit.rlim_cur;
}

/* Maps a part of the file, which grows to hold it; null, and errno, if that cannot be. */
static void *map_part(int file, off_t start, size_t size)
{
    off_t end = start + (off_t)size;
    int error = may_grow_to(end) ? posix_fallocate(file, start, (off_t)size) : EFBIG;
    if (error != 0) {
        errno = error;
        return NULL;
    }
    void *part = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, start);
    return part == MAP_FAILED ? NULL : part;
}

/* ---- beginning --------------------------------------------------------------------------------
 */

/* A file of its own for each program that one process runs after the other: PID-0, PID-1, ... */
static int create_file(const char *folder)
{
    int file;
    unsigned number = 0;
    do {
        snprintf(path, sizeof(path), "%s/%ld-%u", folder, (long)getpid(), number++);
        file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    } while (file < 0 && errno == EEXIST);
    return file;
}

static void *create_header(const char *folder)
{
    int file = create_file(folder);
    if (file < 0)
        return NULL;
    void *part = map_part(file, 0, LOG_EVENTS_AT);
    int error = errno;
    close(file);
    errno = error;
    return part;
}

/* A flag that a forked child finds false. */
static volatile bool *make_flag(void)
{
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED || madvise(page, size, MADV_WIPEONFORK) != 0) {
        say("madvise(MADV_WIPEONFORK)", strerrordesc_np(errno));
        return NULL;
    }
    return page;
}

static const char *folder_for_this_process(void)
{
    const char *process = getenv(LOG_PROCESS_VARIABLE);
    if (process && strtol(process, NULL, 10) != getpid())
        return NULL;
    return getenv(LOG_FOLDER_VARIABLE);
}

void log_begin(void)
{
    const char *folder = folder_for_this_process(), *error_file = getenv(LOG_ERROR_VARIABLE);
    if (error_file)
        strncpy(standard_error, error_file, sizeof(standard_error) - 1);
    if (!folder || !(mine = make_flag()))
        return;
    *mine = true;
    owner = getpid();
    header = create_header(folder);
    if (!header) {
        stop(errno);
        return;
    }
    memcpy(header->magic, LOG_MAGIC, sizeof(header->magic));
    strncpy(header->program, program_invocation_short_name, sizeof(header->program) - 1);
}

/* ---- going on ---------------------------------------------------------------------------------
 */

static bool move_window(void)
{
    if (window)
        munmap(window, WINDOW_SIZE);
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0)
        return false;
    off_t start = (off_t)(LOG_EVENTS_AT + header->events * sizeof(struct log_event));
    window = map_part(file, start, WINDOW_SIZE);
    int error = errno;
    close(file);
    errno = error;
    return window != NULL;
}

/* The count comes last: an event counts when it is whole. */
void log_append(struct log_event event)
{
    size_t place = header->events % WINDOW_EVENTS;
    if (place == 0 && !move_window()) {
        stop(errno);
        return;
    }
    window[place] = event;
    __atomic_store_n(&header->events, header->events + 1, __ATOMIC_RELEASE);
}

/* A child of vfork() has our memory, `mine` included, and only its number tells it from us. */
void log_mark_exec(const char *program)
{
    if (header && log_is_mine() && getpid() == owner)
        strncpy(header->becomes, program, sizeof(header->becomes) - 1);
}

unsigned log_add_thread(void)
{
    return header->threads++;
}

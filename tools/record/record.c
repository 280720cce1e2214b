/* SPDX-License-Identifier: MIT */
/*
 * cairn-record: runs a program, and writes every allocation that it makes to a trace.
 *
 *     cairn-record [-f] [-o FILE] PROGRAM [ARGUMENT ...]
 *
 * The idea: libcairn-record.so is put before the program's malloc (LD_PRELOAD) and logs addresses
 * into a folder of ours; when the program has ended, the log becomes a trace of slots.
 *
 * What is recorded is the process that PROGRAM starts as: if that process runs another program in
 * its place (exec), as a wrapper script does at its end, the last one, or nothing if that one cannot
 * be recorded (exec.c). With -f also every program that it runs as a child, each into a file of its
 * own. A child that is forked and runs no program is not recorded: its heap is half its parent's.
 *
 * What it is bad at: a program without a dynamic linker, or with its own malloc inside, cannot be
 * recorded this way; set-user-ID programs neither.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cairn/version.h>

#include "messages.h"
#include "trace.h"

/* Further statuses of our own; else it is the program's. */
enum { STATUS_CANNOT_RUN = 126, STATUS_NOT_FOUND = 127, STATUS_SIGNAL = 128 };

static const char USAGE[] =
    "usage: cairn-record [-f] [-o FILE] PROGRAM [ARGUMENT ...]\n"
    "Runs the program and writes every allocation that it makes to FILE.\n\n"
    "  -o FILE  the trace; compressed if the name ends in .xz; default: PROGRAM.ctr here\n"
    "  -f       also record the programs that it runs, each into FILE with its process and\n"
    "           name before the suffix: cc.ctr, cc-1234-cc1.ctr, ...\n"
    "  --help, --version\n\n"
    "The status is the program's; 125 if there is no trace, 126 or 127 if it cannot be run.\n";

struct options {
    const char *file; /* the trace's */
    bool follow;
    char **program; /* and its arguments */
};

/* The folder of the logs. It is removed however we end. */
static char folder[4096];
static char library_link[sizeof(folder) + 4]; /* beside it, if there is one */

/* The result of a printf-like function that had `size` bytes for it. */
static void check_fits(int length, size_t size)
{
    if (length < 0 || (size_t)length >= size)
        give_up("a file's name would be longer than %zu characters", size - 1);
}

/* ---- the command line -------------------------------------------------------------------------
 */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static const char *default_file(const char *program)
{
    size_t size = strlen(program) + sizeof(".ctr");
    char *file = need_memory(malloc(size));
    snprintf(file, size, "%s.ctr", base_name(program));
    return file;
}

_Noreturn static void print_usage(FILE *out, int status)
{
    fputs(USAGE, out);
    exit(status);
}

static struct options parse(int count, char **words)
{
    struct options options = {0};
    if (count > 1 && strcmp(words[1], "--help") == 0)
        print_usage(stdout, 0);
    if (count > 1 && strcmp(words[1], "--version") == 0) {
        puts("cairn-record " CAIRN_VERSION);
        exit(0);
    }
    for (int option; (option = getopt(count, words, "+fo:")) != -1;) {
        if (option == 'f')
            options.follow = true;
        else if (option == 'o')
            options.file = optarg;
        else
            print_usage(stderr, STATUS_FAILED);
    }
    options.program = words + optind;
    if (!options.program[0])
        print_usage(stderr, STATUS_FAILED);
    if (!options.file)
        options.file = default_file(options.program[0]);
    return options;
}

static bool is_folder(const char *path)
{
    int error = errno;
    struct stat status;
    bool folder_is_there = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    errno = error;
    return folder_is_there;
}

/* Better known before the program has run for an hour. Leaves no file. */
static void check_writable(const char *file)
{
    int created = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (created >= 0) {
        close(created);
        unlink(file);
    } else if (is_folder(file)) {
        give_up("cannot write %s: %s", file, strerror(EISDIR));
    } else if (errno != EEXIST || access(file, W_OK) != 0) {
        give_up("cannot write %s: %s", file, strerror(errno));
    }
}

/* ---- the folder of the logs -------------------------------------------------------------------
 */

static void remove_folder(void)
{
    DIR *logs = opendir(folder);
    for (struct dirent *entry; logs && (entry = readdir(logs));)
        unlinkat(dirfd(logs), entry->d_name, 0);
    if (logs)
        closedir(logs);
    rmdir(folder);
    unlink(library_link);
}

/* Its name begins at the root, for the program may change its directory. */
static void make_folder(void)
{
    const char *named = getenv("TMPDIR");
    char *parent = realpath(named ? named : "/tmp", NULL);
    if (!parent)
        give_up("cannot make a folder for the log in %s: %s", named, strerror(errno));
    check_fits(snprintf(folder, sizeof(folder), "%s/cairn-record-XXXXXX", parent), sizeof(folder));
    free(parent);
    if (!mkdtemp(folder))
        give_up("cannot make a folder for the log, %s: %s", folder, strerror(errno));
    atexit(remove_folder);
}

/* ---- running the program ----------------------------------------------------------------------
 */

/* Our library lies beside us where we were built, and in ../lib/cairn where we are installed. */
static void find_library(char *library, size_t size)
{
    static const char *const places[] = {"", "../lib/cairn/"};
    char self[2048];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (length < 0)
        give_up("cannot read /proc/self/exe: %s", strerror(errno));
    self[length] = '\0';
    *strrchr(self, '/') = '\0';
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        check_fits(snprintf(library, size, "%s/%slibcairn-record.so", self, places[i]), size);
        if (access(library, R_OK) == 0)
            return;
    }
    give_up("libcairn-record.so is neither in %s nor in %s/../lib/cairn", self, self);
}

/* The dynamic linker takes a space or a colon for the end of a name. Then a link has another name. */
static void avoid_separators(char *library, size_t size)
{
    if (!strpbrk(library, " :"))
        return;
    snprintf(library_link, sizeof(library_link), "%s.so", folder);
    if (strpbrk(library_link, " :"))
        give_up("%s: the dynamic linker cannot preload a file with a space or a colon in its name; "
                "name a folder without one by TMPDIR",
                library_link);
    if (symlink(library, library_link) != 0)
        give_up("cannot make a link, %s: %s", library_link, strerror(errno));
    check_fits(snprintf(library, size, "%s", library_link), size);
}

/* Before what is preloaded already: an allocator that is tried that way is recorded, too. */
static void preload(const char *library)
{
    char list[8192];
    const char *others = getenv("LD_PRELOAD");
    check_fits(
        snprintf(list, sizeof(list), "%s%s%s", library, others ? ":" : "", others ? others : ""),
        sizeof(list));
    setenv("LD_PRELOAD", list, 1);
}

/* So that the library says nothing where the program has put a file of its own. */
static void describe_standard_error(void)
{
    struct stat status;
    char text[64];
    if (fstat(STDERR_FILENO, &status) != 0)
        return;
    snprintf(text, sizeof(text), LOG_FILE_FORMAT, (uintmax_t)status.st_dev,
             (uintmax_t)status.st_ino);
    setenv(LOG_ERROR_VARIABLE, text, 1);
}

_Noreturn static void become(const struct options *options, const char *library, int report)
{
    char process[32];
    snprintf(process, sizeof(process), "%ld", (long)getpid());
    preload(library);
    describe_standard_error();
    setenv(LOG_FOLDER_VARIABLE, folder, 1);
    if (options->follow)
        unsetenv(LOG_PROCESS_VARIABLE);
    else
        setenv(LOG_PROCESS_VARIABLE, process, 1);
    execvp(options->program[0], options->program);
    if (write(report, &errno, sizeof(errno)) < 0)
        tell("cannot run %s", options->program[0]);
    _exit(STATUS_CANNOT_RUN);
}

/* The report is closed by a program that runs; else it brings the reason why it does not. */
static void check_that_it_runs(const struct options *options, int report)
{
    int error;
    bool runs = read(report, &error, sizeof(error)) != sizeof(error);
    close(report);
    if (runs)
        return;
    tell("cannot run %s: %s", options->program[0], strerror(error));
    exit(error == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN);
}

static volatile pid_t running; /* the program, or 0 */

static void pass_on(int number)
{
    if (running > 0)
        kill(running, number);
}

/*
 * Whatever ends the program, we still have its trace to write. Ctrl-C is meant for it and reaches
 * it; what is sent to us alone is passed on.
 */
static void survive_signals(void)
{
    struct sigaction action = {.sa_handler = pass_on, .sa_flags = SA_RESTART};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
}

static pid_t run(const struct options *options, int *status)
{
    char library[4096];
    int report[2];
    find_library(library, sizeof(library));
    avoid_separators(library, sizeof(library));
    if (pipe2(report, O_CLOEXEC) != 0)
        give_up("cannot make a pipe: %s", strerror(errno));
    pid_t process = fork();
    if (process < 0)
        give_up("cannot start a process: %s", strerror(errno));
    if (process == 0)
        become(options, library, report[1]);
    running = process;
    survive_signals();
    close(report[1]);
    check_that_it_runs(options, report[0]);
    while (waitpid(process, status, 0) < 0)
        if (errno != EINTR)
            give_up("cannot wait for the program: %s", strerror(errno));
    return process;
}

/* ---- from the logs to traces ------------------------------------------------------------------
 */

/* A log, named PID-NUMBER. */
struct log {
    char path[sizeof(folder) + 64];
    struct log_header *header; /* mapped, with the events after it */
    size_t size;
};

static bool open_log(struct log *log, const char *name)
{
    struct stat status;
    check_fits(snprintf(log->path, sizeof(log->path), "%s/%s", folder, name), sizeof(log->path));
    int file = open(log->path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    if (fstat(file, &status) != 0)
        give_up("cannot read %s: %s", log->path, strerror(errno));
    log->size = (size_t)status.st_size;
    log->header = mmap(NULL, log->size, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    if (log->size < LOG_EVENTS_AT || log->header == MAP_FAILED)
        give_up("the log %s is not whole; is the disk full?", log->path);
    return true;
}

static void convert(const struct log *log, const char *file)
{
    if (log->header->error != 0)
        give_up("%s could not be recorded to its end: %s", log->header->program,
                strerror(log->header->error));
    const void *events = (const char *)log->header + LOG_EVENTS_AT;
    struct trace trace = trace_make(events, log->header->events);
    trace_write(&trace, file);
    tell("%s: %u records, %u slots, %u threads in %s", log->header->program, trace.header.records,
         trace.header.slots, trace.header.threads, file);
    if (trace.left_out)
        tell("%s: %zu blocks of 4 GiB or more are left out; a trace cannot hold them",
             log->header->program, trace.left_out);
    trace_forget(&trace);
}

/* "cc.ctr.xz" for cc1 in process 7, its first program: "cc-7-cc1.ctr.xz"; its second: "cc-7.1-..."
 */
static void name_of_child(char *file, size_t size, const char *name, const struct log *log,
                          const char *main_file)
{
    const char *suffix = strchr(base_name(main_file), '.');
    int stem = suffix ? (int)(suffix - main_file) : (int)strlen(main_file);
    const char *number = strchr(name, '-') + 1;
    int process = (int)(number - 1 - name);
    bool is_first = strcmp(number, "0") == 0;
    check_fits(snprintf(file, size, "%.*s-%.*s%s%s-%s%s", stem, main_file, process, name,
                        is_first ? "" : ".", is_first ? "" : number, log->header->program,
                        suffix ? suffix : ""),
               size);
}

/* The last program that the process became; false if no allocation of it was seen. */
static bool last_log(pid_t process, char *name, size_t size)
{
    struct log log;
    bool found = false;
    for (unsigned number = 0;; number++) {
        char next[64];
        snprintf(next, sizeof(next), "%ld-%u", (long)process, number);
        if (!open_log(&log, next))
            return found;
        munmap(log.header, log.size);
        snprintf(name, size, "%s", next);
        found = true;
    }
}

/* Whether the process has a log of the program that came after this log's. */
static bool has_next_log(const char *name)
{
    char next[sizeof(folder) + 64];
    const char *number = strchr(name, '-') + 1;
    check_fits(snprintf(next, sizeof(next), "%s/%.*s%lu", folder, (int)(number - name), name,
                        strtoul(number, NULL, 10) + 1),
               sizeof(next));
    return access(next, F_OK) == 0;
}

static void convert_others(const char *main_name, const char *main_file)
{
    DIR *logs = opendir(folder);
    struct log log;
    char file[4096];
    for (struct dirent *entry; logs && (entry = readdir(logs));) {
        if (entry->d_name[0] == '.' || strcmp(entry->d_name, main_name) == 0 ||
            !open_log(&log, entry->d_name))
            continue;
        name_of_child(file, sizeof(file), entry->d_name, &log, main_file);
        convert(&log, file);
        if (log.header->becomes[0] && !has_next_log(entry->d_name))
            tell("%s: it became %s, whose allocations could not be seen", file,
                 log.header->becomes);
        munmap(log.header, log.size);
    }
    if (logs)
        closedir(logs);
}

/* Another program's trace is worse than none. */
static void check_is_last_program(const struct log *log)
{
    if (log->header->becomes[0])
        give_up(
            "%s became %s, whose allocations could not be seen: it is linked statically, is "
            "set-user-ID or brings its own malloc; or it lost LD_PRELOAD, its rights or its root "
            "folder on the way and cannot write the log. Then put cairn-record last: %s ... "
            "cairn-record %s",
            log->header->program, log->header->becomes, log->header->program, log->header->becomes);
}

static void convert_all(const struct options *options, pid_t process)
{
    struct log log;
    char name[64];
    if (!last_log(process, name, sizeof(name)) || !open_log(&log, name))
        give_up("%s made no allocation that could be seen; a program that is linked statically, is "
                "set-user-ID or brings its own malloc cannot be recorded",
                options->program[0]);
    if (options->follow)
        convert_others(name, options->file);
    check_is_last_program(&log);
    convert(&log, options->file);
}

int main(int count, char **words)
{
    struct options options = parse(count, words);
    int status;
    check_writable(options.file);
    make_folder();
    pid_t process = run(&options, &status);
    convert_all(&options, process);
    return WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_SIGNAL + WTERMSIG(status);
}

/* SPDX-License-Identifier: MIT */
#include "faults.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

enum {
    FAULTS_PER_HEAP = 100,
    WARM_ACTIONS = 2000,
    ACTIONS_AFTER = 200,
    SECONDS_PER_FAULT = 5,
    BLOCKS = 256,
    FREED = 64,
    WRITE_MAX = 4096,
    TRIES = 64, /* to find a place for a fault */
    EXIT_BASE = 32,
};

static const char *const kind_names[FAULT_KINDS] = {
    "overflow, 1 to 16",     "overflow, 1 to 4096",  "underflow, 1 to 4096",
    "write after free, all", "write after free",     "bit of freed memory",
    "bit of any memory",     "bit of metadata",      "bit of the struct",
    "free of any address",   "free nearby",          "free inside a block",
    "free misaligned",       "double free",          "double free, later",
    "free, wrong size",      "free, wrong align",    "free of another heap's",
    "free of the stack",     "free of the null page"};

static const char *const outcome_names[FAULT_OUTCOMES] = {
    "harmless", "at once", "late", "inexact", "overlap", "outside", "crashed", "hung"};

static const struct fault_subject *subject;
static struct random_source numbers;
static bool is_replay;

static size_t below(size_t bound)
{
    return (size_t)random_below(&numbers, bound);
}

/* ---- what a child tells whoever waits for it: shared memory ---- */

enum phase { WRITING, CALLING, GOING_ON, FILLING };

static struct progress {
    enum phase phase;
    size_t calls;        /* of the heap, that ended after the fault */
    char named[64];      /* a wild free's message must have this: "free of 0x1234" */
    const char *mistake; /* and then this, unless null */
    size_t counts[FAULT_KINDS][FAULT_OUTCOMES];
    size_t first[FAULT_KINDS][FAULT_OUTCOMES]; /* the number of the first such fault, from 1 on */
} * progress;

/* The model saw it: the end of the child. */
static _Noreturn void end(enum fault_outcome outcome, const char *what, const void *block)
{
    if (is_replay) {
        printf("# model: %s: %p\n", what, block);
        abort();
    }
    _exit(EXIT_BASE + (int)outcome);
}

/* ---- the model ---- */

struct block {
    unsigned char *start;
    size_t size, align;
    unsigned char pattern;
    bool is_spoiled; /* a fault wrote into it */
};

static struct block live[BLOCKS];
static size_t live_count;
static struct block freed[FREED]; /* the last ones; some may be live again */
static size_t freed_count;
static unsigned char last_pattern;

static bool overlap(const void *a, size_t a_size, const void *b, size_t b_size)
{
    return (uintptr_t)a < (uintptr_t)b + b_size && (uintptr_t)b < (uintptr_t)a + a_size;
}

/* The first live block that has some of this memory, but for one; or null. */
static struct block *live_in(const void *start, size_t size, const struct block *except)
{
    for (size_t i = 0; i < live_count; i++)
        if (&live[i] != except && overlap(start, size, live[i].start, live[i].size))
            return &live[i];
    return NULL;
}

static struct block *live_at(const void *start)
{
    for (size_t i = 0; i < live_count; i++)
        if (live[i].start == start)
            return &live[i];
    return NULL;
}

static void expect_pattern(const struct block *block, size_t size)
{
    const unsigned char *bytes = block->start;
    if (!block->is_spoiled &&
        (bytes[0] != block->pattern || memcmp(bytes, bytes + 1, size - 1) != 0))
        end(FAULT_OVERLAP, "the heap wrote into a live block", bytes);
}

static void fill(struct block *block)
{
    block->is_spoiled = false;
    block->pattern = ++last_pattern;
    memset(block->start, block->pattern, block->size);
}

static void expect_place(const struct block *block, const struct block *except)
{
    if (!subject->owns(block->start, block->size))
        end(FAULT_OUTSIDE, "a new block outside the heap", block->start);
    if (live_in(block->start, block->size, except))
        end(FAULT_OVERLAP, "a new block overlaps a live one", block->start);
    if ((uintptr_t)block->start % block->align != 0)
        end(FAULT_OUTSIDE, "a new block is misaligned", block->start);
}

/* ---- using the heap ---- */

static void after_call(void)
{
    progress->calls++;
    progress->phase = FILLING;
}

static void allocate(size_t size, size_t align)
{
    struct block block = {.size = size, .align = align};
    progress->phase = GOING_ON;
    block.start = subject->alloc(size, align);
    after_call();
    if (!block.start)
        return;
    expect_place(&block, NULL);
    fill(&block);
    live[live_count++] = block;
}

static void forget(size_t number)
{
    freed[freed_count++ % FREED] = live[number];
    live[number] = live[--live_count];
}

static void deallocate(size_t number)
{
    struct block block = live[number];
    expect_pattern(&block, block.size);
    forget(number);
    progress->phase = GOING_ON;
    subject->dealloc(block.start, block.size, block.align);
    after_call();
}

static void reallocate(size_t number, size_t new_size)
{
    struct block *block = &live[number], resized = *block;
    expect_pattern(block, block->size);
    progress->phase = GOING_ON;
    resized.start = subject->realloc(block->start, block->size, block->align, new_size);
    after_call();
    if (!resized.start)
        return;
    resized.size = new_size;
    if ((uintptr_t)resized.start % resized.align != 0) /* realloc of malloc keeps no alignment */
        resized.align = 16;
    expect_place(&resized, block);
    expect_pattern(&resized, new_size < block->size ? new_size : block->size);
    if (resized.start != block->start)
        freed[freed_count++ % FREED] = *block;
    fill(&resized);
    *block = resized;
}

/* Flush or check, if there is one. */
static void call_if_any(void (*operation)(void))
{
    if (!operation)
        return;
    progress->phase = GOING_ON;
    operation();
    after_call();
}

/* Mostly small, now and then as large as the subject says. */
static size_t any_size(void)
{
    size_t bound = (size_t)16 << below(8);
    if (below(32) == 0)
        bound = subject->largest;
    return 1 + below(bound < subject->largest ? bound : subject->largest);
}

static size_t any_align(void)
{
    return below(8) ? 16 : (size_t)16 << below(9);
}

static void act(size_t share)
{
    size_t choice = below(100);
    if (choice == 0)
        call_if_any(subject->flush);
    else if (live_count == 0 || (choice < share && live_count < BLOCKS))
        allocate(any_size(), any_align());
    else if (choice < share + 10)
        reallocate(below(live_count), any_size());
    else
        deallocate(below(live_count));
}

static void warm_up(void)
{
    size_t share = 40 + below(30); /* whether blocks grow more or fewer */
    for (size_t i = below(WARM_ACTIONS); i > 0; i--)
        act(share);
}

static void go_on(void)
{
    for (int i = 0; i < ACTIONS_AFTER; i++)
        act(45);
    while (live_count > 0)
        deallocate(live_count - 1);
    call_if_any(subject->flush);
    call_if_any(subject->check);
}

/* ---- faults that write ---- */

static void say(const char *what, const void *address, size_t size)
{
    if (is_replay)
        printf("# %s: %p, %zu\n", what, address, size);
}

/* What a program writes by mistake: zeros, text, small numbers, addresses, anything. */
static void write_anything(unsigned char *start, size_t size)
{
    unsigned how = (unsigned)below(6);
    uint64_t word = 0;
    for (size_t i = 0; i < size; i++) {
        if (i % 8 == 0)
            word = how == 0                     ? 0
                   : how == 1                   ? UINT64_MAX
                   : how == 2                   ? 0x4141414141414141
                   : how == 3                   ? below(4096)
                   : how == 4 && live_count > 0 ? (uintptr_t)live[below(live_count)].start
                                                : random_next(&numbers);
        start[i] = (unsigned char)(word >> i % 8 * 8);
    }
}

/* Writes as much as the heap's memory holds of it; what it hits is spoiled. */
static bool write_past(unsigned char *start, size_t size, const struct block *except)
{
    if (!subject->owns(start, size))
        return false;
    for (size_t i = 0; i < live_count; i++)
        if (&live[i] != except && overlap(start, size, live[i].start, live[i].size))
            live[i].is_spoiled = true;
    say("write", start, size);
    write_anything(start, size);
    return true;
}

static bool overflow(size_t limit)
{
    if (live_count == 0)
        return false;
    const struct block *block = &live[below(live_count)];
    return write_past(block->start + block->size, 1 + below(limit), block);
}

static bool underflow(void)
{
    if (live_count == 0)
        return false;
    const struct block *block = &live[below(live_count)];
    size_t size = 1 + below(below(2) ? 16 : WRITE_MAX);
    return write_past(block->start - size, size, block);
}

/* A freed block whose memory no live block has; or null. */
static const struct block *choose_freed(void)
{
    size_t count = freed_count < FREED ? freed_count : FREED;
    for (int i = 0; i < TRIES && count > 0; i++) {
        const struct block *block = &freed[below(count)];
        if (!live_in(block->start, block->size, NULL))
            return block;
    }
    return NULL;
}

static void flip(unsigned char *byte)
{
    unsigned bit = (unsigned)below(8);
    say("flip", byte, bit);
    *byte = (unsigned char)(*byte ^ 1 << bit);
}

static bool harm_freed(enum fault_kind kind)
{
    const struct block *block = choose_freed();
    if (!block)
        return false;
    if (kind == FAULT_FLIP_FREED) {
        flip(block->start + below(block->size));
    } else if (kind == FAULT_WRITE_FREED) {
        say("write freed", block->start, block->size);
        write_anything(block->start, block->size);
    } else {
        for (size_t words = 1 + below(3); words > 0; words--) {
            size_t at = below(block->size) & ~(size_t)7;
            size_t size = block->size - at < 8 ? block->size - at : 8;
            say("write word", block->start + at, size);
            write_anything(block->start + at, size);
        }
    }
    return true;
}

/* Near any block, live or freed: in the heap's memory, and in no live block. */
static unsigned char *choose_nearby(void)
{
    for (int i = 0; i < TRIES && live_count > 0; i++) {
        unsigned char *byte = live[below(live_count)].start;
        byte = below(2) ? byte - 1 - below(4096) : byte + below(4096);
        if (subject->owns(byte, 1) && !live_in(byte, 1, NULL))
            return byte;
    }
    return NULL;
}

static bool flip_in(struct fault_memory (*memory)(unsigned long random))
{
    struct fault_memory place = {NULL, 0};
    if (memory)
        place = memory(random_next(&numbers));
    if (place.size == 0)
        return false;
    flip(place.start + below(place.size));
    return true;
}

static bool flip_anywhere(void)
{
    unsigned char *byte = choose_nearby();
    if (byte)
        flip(byte);
    return byte != NULL;
}

/* ---- wild frees ---- */

struct wild {
    unsigned char *address;
    size_t size, align;
};

/* The address of a live block is no wild one, nor is null. */
static bool free_wild(enum fault_kind kind, struct wild wild)
{
    const struct fault_operation *operation = &subject->operations[below(subject->operation_count)];
    bool is_block = live_at(wild.address) != NULL;
    if (!wild.address || (kind == FAULT_FREE_WRONG_SIZE && !operation->takes_size) ||
        (kind == FAULT_FREE_WRONG_ALIGN && !operation->takes_align) ||
        (is_block && kind != FAULT_FREE_WRONG_SIZE && kind != FAULT_FREE_WRONG_ALIGN))
        return false;
    progress->mistake = subject->messages[kind];
    snprintf(progress->named, sizeof(progress->named), "%s%p", operation->name,
             (void *)wild.address);
    say(progress->named, wild.address, wild.size);
    progress->phase = CALLING;
    operation->call(wild.address, wild.size, wild.align);
    return true;
}

static struct wild any_wild(void *address)
{
    return (struct wild){address, any_size(), 16};
}

static bool free_inside(bool is_aligned)
{
    if (live_count == 0)
        return false;
    const struct block *block = &live[below(live_count)];
    if (block->size <= 16)
        return false;
    size_t offset = 1 + below(block->size - 1);
    offset = is_aligned ? offset & ~(size_t)15 : offset | 1;
    if (offset == 0 || offset >= block->size)
        return false;
    enum fault_kind kind = is_aligned ? FAULT_FREE_INTERIOR : FAULT_FREE_MISALIGNED;
    size_t size = below(2) ? block->size : block->size - offset;
    return free_wild(kind, (struct wild){block->start + offset, size, is_aligned ? 16 : 1});
}

static bool free_twice(void)
{
    if (live_count == 0)
        return false;
    size_t number = below(live_count);
    struct block block = live[number];
    deallocate(number);
    return free_wild(FAULT_FREE_TWICE, (struct wild){block.start, block.size, block.align});
}

/* Whether the address lies in what a live block really has, past what was asked for. */
static bool is_in_slack(const unsigned char *address)
{
    for (size_t i = 0; i < live_count && subject->usable_size; i++)
        if (live[i].start < address &&
            address < live[i].start + subject->usable_size(live[i].start))
            return true;
    return false;
}

/* No live block has the memory, or the message would be of that one. */
static bool free_again(void)
{
    const struct block *block = choose_freed();
    return block && !is_in_slack(block->start) &&
           free_wild(FAULT_FREE_AGAIN_LATER,
                     (struct wild){block->start, block->size, block->align});
}

static bool free_wrong_size(void)
{
    if (live_count == 0)
        return false;
    const struct block *block = &live[below(live_count)];
    size_t size = below(2) ? any_size() : 1 + below(block->size);
    size_t real = subject->usable_size(block->start);
    size_t rounded = (size + block->align - 1) / block->align * block->align;
    return (size > real || rounded + real / 4 + 16 <= real) &&
           free_wild(FAULT_FREE_WRONG_SIZE, (struct wild){block->start, size, block->align});
}

/* A larger alignment than the block happens to have. */
static bool free_wrong_align(void)
{
    if (live_count == 0)
        return false;
    const struct block *block = &live[below(live_count)];
    size_t align = (size_t)32 << below(8);
    return (uintptr_t)block->start % align != 0 &&
           free_wild(FAULT_FREE_WRONG_ALIGN, (struct wild){block->start, block->size, align});
}

static bool free_stack(void)
{
    char local[64];
    memset(local, 0, sizeof(local));
    return free_wild(FAULT_FREE_STACK, any_wild(local + below(48)));
}

static bool free_any(void)
{
    uintptr_t address = (uintptr_t)(random_next(&numbers) >> below(60));
    return !subject->owns((void *)address, 1) &&
           free_wild(FAULT_FREE_RANDOM, any_wild((void *)address));
}

static bool free_nearby(void)
{
    unsigned char *byte = choose_nearby();
    return byte &&
           free_wild(FAULT_FREE_NEARBY, any_wild((void *)((uintptr_t)byte & ~(uintptr_t)15)));
}

/* Makes the fault; false where the heap has no place for it now. */
static bool make_fault(enum fault_kind kind)
{
    switch (kind) {
    case FAULT_OVERFLOW_SHORT:
        return overflow(16);
    case FAULT_OVERFLOW:
        return overflow(WRITE_MAX);
    case FAULT_UNDERFLOW:
        return underflow();
    case FAULT_WRITE_FREED:
    case FAULT_WRITE_WORDS:
    case FAULT_FLIP_FREED:
        return harm_freed(kind);
    case FAULT_FLIP_ANYWHERE:
        return flip_anywhere();
    case FAULT_FLIP_METADATA:
        return flip_in(subject->metadata);
    case FAULT_FLIP_STRUCT:
        return flip_in(subject->struct_memory);
    case FAULT_FREE_RANDOM:
        return free_any();
    case FAULT_FREE_NEARBY:
        return free_nearby();
    case FAULT_FREE_INTERIOR:
    case FAULT_FREE_MISALIGNED:
        return free_inside(kind == FAULT_FREE_INTERIOR);
    case FAULT_FREE_TWICE:
        return free_twice();
    case FAULT_FREE_AGAIN_LATER:
        return free_again();
    case FAULT_FREE_WRONG_SIZE:
        return free_wrong_size();
    case FAULT_FREE_WRONG_ALIGN:
        return free_wrong_align();
    case FAULT_FREE_OTHER_HEAP:
        return free_wild(kind, any_wild((char *)subject->other_heap + below(64) * 16));
    case FAULT_FREE_STACK:
        return free_stack();
    case FAULT_FREE_NULL_PAGE:
        return free_wild(kind, any_wild((void *)(uintptr_t)(1 + below(4095))));
    case FAULT_KINDS:
        break;
    }
    return false;
}

/* ---- one fault: a child ---- */

enum { NO_PLACE = EXIT_BASE + FAULT_OUTCOMES };

static void let_signals_kill(void)
{
    const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}; /* cmocka catches them */
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        signal(signals[i], SIG_DFL);
}

static _Noreturn void run_fault(enum fault_kind kind)
{
    let_signals_kill();
    alarm(SECONDS_PER_FAULT);
    bool is_made = false;
    for (int i = 0; i < TRIES && !is_made; i++) {
        progress->phase = WRITING;
        is_made = make_fault(kind);
    }
    if (!is_made)
        _exit(NO_PLACE);
    progress->calls = 0;
    go_on();
    _exit(EXIT_BASE + FAULT_HARMLESS);
}

/* Whether the message says what is wrong: "... NAME OF ADDRESS ... MISTAKE ...". */
static bool is_exact(const char *text)
{
    const char *named = strstr(text, progress->named);
    return named && named > text && named[-1] == ' ' &&
           (!progress->mistake || strstr(named, progress->mistake));
}

static enum fault_outcome outcome_of_signal(int number, const char *text)
{
    if (number == SIGALRM)
        return FAULT_HUNG;
    if (strstr(text, "panicked at ")) {
        if (progress->phase == CALLING)
            return is_exact(text) ? FAULT_AT_ONCE : FAULT_INEXACT;
        return progress->calls == 0 ? FAULT_AT_ONCE : FAULT_LATE;
    }
    return progress->phase == WRITING   ? FAULT_AT_ONCE
           : progress->phase == FILLING ? FAULT_OUTSIDE
                                        : FAULT_CRASHED;
}

/* What the child wrote to standard error, a file in memory; and empties that. */
static void take_text(char *text, size_t room)
{
    ssize_t length = pread(STDERR_FILENO, text, room - 1, 0);
    text[length > 0 ? length : 0] = '\0';
    if (length > 0 && (ftruncate(STDERR_FILENO, 0) != 0 || lseek(STDERR_FILENO, 0, SEEK_SET) != 0))
        abort();
}

static void count_fault(enum fault_kind kind, enum fault_outcome outcome, size_t number)
{
    progress->counts[kind][outcome]++;
    if (progress->first[kind][outcome] == 0)
        progress->first[kind][outcome] = number + 1;
}

static struct random_source random_of(uint64_t seed, uint64_t number)
{
    struct random_source mixer = {seed ^ (number + 1) * 0x9e3779b97f4a7c15};
    return (struct random_source){random_next(&mixer)};
}

static enum fault_kind kind_of(size_t number)
{
    size_t promised = (size_t)__builtin_popcountl(subject->kinds), kind = 0;
    for (size_t left = number % promised;; kind++)
        if (subject->kinds >> kind & 1 && left-- == 0)
            return (enum fault_kind)kind;
}

static void try_fault(uint64_t seed, size_t number)
{
    char text[2048];
    int status;
    enum fault_kind kind = kind_of(number);
    numbers = random_of(~seed, number);
    pid_t child = fork();
    if (child == 0)
        run_fault(kind);
    if (child < 0 || waitpid(child, &status, 0) != child)
        abort();
    take_text(text, sizeof(text));
    if (WIFSIGNALED(status))
        count_fault(kind, outcome_of_signal(WTERMSIG(status), text), number);
    else if (WEXITSTATUS(status) != NO_PLACE)
        count_fault(kind,
                    WEXITSTATUS(status) < EXIT_BASE
                        ? FAULT_CRASHED /* a sanitizer's end */
                        : (enum fault_outcome)(WEXITSTATUS(status) - EXIT_BASE),
                    number);
}

/* ---- many ---- */

static void begin_heap(uint64_t seed, size_t heap)
{
    numbers = random_of(seed, heap);
    live_count = freed_count = 0;
    subject->start(random_next(&numbers));
    warm_up();
}

/* In a process of its own: a heap, warmed up, and its faults. */
static _Noreturn void run_heap(uint64_t seed, size_t from, size_t to)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    begin_heap(seed, from / FAULTS_PER_HEAP); /* what it finds wrong must be seen */
    int text = memfd_create("text", 0);
    if (text < 0 || dup2(text, STDERR_FILENO) < 0)
        abort();
    for (size_t number = from; number < to; number++)
        try_fault(seed, number);
    _exit(0);
}

static void replay(uint64_t seed, size_t number)
{
    is_replay = true;
    begin_heap(seed, number / FAULTS_PER_HEAP);
    numbers = random_of(~seed, number);
    printf("# %s: %s\n", subject->name, kind_names[kind_of(number)]);
    fflush(stdout);
    setvbuf(stdout, NULL, _IONBF, 0);
    run_fault(kind_of(number));
}

static void print_table(void)
{
    printf("# %-22s", subject->name);
    for (int outcome = 0; outcome < FAULT_OUTCOMES; outcome++)
        printf(" %8s", outcome_names[outcome]);
    for (int kind = 0; kind < FAULT_KINDS; kind++) {
        if (!(subject->kinds >> kind & 1))
            continue;
        printf("\n# %-22s", kind_names[kind]);
        for (int outcome = 0; outcome < FAULT_OUTCOMES; outcome++)
            printf(" %8zu", progress->counts[kind][outcome]);
    }
    printf("\n");
}

static bool is_wrong(enum fault_kind kind, enum fault_outcome outcome)
{
    bool is_wild_free = kind >= FAULT_FREE_RANDOM;
    return outcome >= FAULT_INEXACT || (is_wild_free && outcome != FAULT_AT_ONCE);
}

/* How many of `all` faults may have the outcome. */
static size_t allowed(size_t all, enum fault_kind kind, enum fault_outcome outcome,
                      const struct fault_allowance *allowances, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct fault_allowance *allowance = &allowances[i];
        if (strcmp(allowance->subject, subject->name) == 0 && allowance->outcome == outcome &&
            (allowance->kind == kind || allowance->kind == FAULT_KINDS))
            return all * allowance->per_mille / 1000 + 1;
    }
    return 0;
}

/* Says of each wrong outcome that is too frequent how often it was; gives the number of such. */
static size_t judge(const struct fault_allowance *allowances, size_t count)
{
    size_t failures = 0;
    for (enum fault_kind kind = 0; kind < FAULT_KINDS; kind++) {
        size_t all = 0;
        for (int outcome = 0; outcome < FAULT_OUTCOMES; outcome++)
            all += progress->counts[kind][outcome];
        for (enum fault_outcome outcome = 0; outcome < FAULT_OUTCOMES; outcome++) {
            size_t wrong = progress->counts[kind][outcome];
            size_t limit = allowed(all, kind, outcome, allowances, count);
            if (!is_wrong(kind, outcome) || wrong <= limit)
                continue;
            failures++;
            print_error("%s: %s: %zu of %zu %s, %zu may; the first: FAULT=%zu\n", subject->name,
                        kind_names[kind], wrong, all, outcome_names[outcome], limit,
                        progress->first[kind][outcome] - 1);
        }
    }
    return failures;
}

void inject_faults(const struct fault_subject *of, size_t faults,
                   const struct fault_allowance *allowances, size_t allowance_count)
{
    int status;
    uint64_t seed = test_random_start().state;
    const char *one = getenv("FAULT");
    subject = of;
    progress =
        mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(progress, MAP_FAILED);
    if (one)
        replay(seed, strtoull(one, NULL, 0));
    for (size_t from = 0; from < faults; from += FAULTS_PER_HEAP) {
        size_t to = from + FAULTS_PER_HEAP < faults ? from + FAULTS_PER_HEAP : faults;
        fflush(stdout);
        pid_t child = fork();
        assert_int_not_equal(child, -1);
        if (child == 0)
            run_heap(seed, from, to);
        assert_int_equal(waitpid(child, &status, 0), child);
        if (status != 0)
            fail_msg("%s: the heap of faults %zu to %zu ended with 0x%x", subject->name, from, to,
                     (unsigned)status);
    }
    print_table();
    size_t failures = judge(allowances, allowance_count);
    munmap(progress, sizeof(*progress));
    if (failures != 0)
        fail_msg("%s: %zu outcomes are wrong", subject->name, failures);
}

/* SPDX-License-Identifier: MIT */
/*
 * What a program and its malloc share: the system's memory, and what the C library has few of. The
 * argument names one case; what is right ends with "right".
 */
#include <malloc.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)
#define GIB ((size_t)1 << 30)

/* Ends the program unless the condition holds, and says what was found instead. */
__attribute__((format(printf, 2, 3))) static void expect(bool holds, const char *format, ...)
{
    va_list arguments;
    if (holds)
        return;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    exit(1);
}

/* What the process has, in bytes. */
struct memory {
    size_t mapped, resident;
};

static struct memory read_memory(void)
{
    struct memory pages = {0, 0};
    FILE *file = fopen("/proc/self/statm", "r");
    expect(file && fscanf(file, "%zu %zu", &pages.mapped, &pages.resident) == 2, "no statm");
    fclose(file);
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (struct memory){pages.mapped * page, pages.resident * page};
}

static void expect_resident(size_t before, size_t most)
{
    size_t resident = read_memory().resident;
    expect(resident <= before + most, "%zu MiB are resident, after %zu", resident / MIB,
           before / MIB);
}

/* ---- memory that nobody uses ---- */

static void little_is_mapped(void)
{
    free(malloc(1000));
    size_t mapped = read_memory().mapped;
    expect(mapped < 64 * MIB, "%zu MiB are mapped", mapped / MIB);
}

static void untouched_memory_costs_nothing(void)
{
    size_t before = read_memory().resident;
    unsigned char *block = calloc(GIB, 1);
    expect(block, "no memory");
    block[0] = block[GIB - 1] = 1;
    expect_resident(before, 8 * MIB);
    free(block);
}

static void smaller_memory_that_is_zero_costs_nothing(void)
{
    enum { COUNT = 64 };
    static char *blocks[COUNT];
    size_t before = read_memory().resident;
    for (int i = 0; i < COUNT; i++) {
        blocks[i] = calloc(2 * MIB, 1);
        expect(blocks[i] && blocks[i][MIB] == 0, "no memory, or it is not zero");
    }
    expect_resident(before, 8 * MIB);
    for (int i = 0; i < COUNT; i++)
        free(blocks[i]);
}

static void more_is_untouched_than_there_is(void)
{
    static void *blocks[40];
    for (int i = 0; i < 40; i++) {
        blocks[i] = malloc(2 * GIB);
        expect(blocks[i], "after %d blocks of 2 GiB there is no more", i);
    }
    for (int i = 0; i < 40; i++)
        free(blocks[i]);
}

/* ---- memory that is given back ---- */

static void what_realloc_cuts_off_is_given_back(void)
{
    size_t before = read_memory().resident;
    char *block = malloc(256 * MIB);
    expect(block, "no memory");
    memset(block, 1, 256 * MIB);
    block = realloc(block, 4096);
    expect(block && block[4095] == 1, "the contents are lost");
    expect_resident(before, 16 * MIB);
    free(block);
}

static void what_realloc_leaves_is_given_back(void)
{
    size_t before = read_memory().resident;
    char *block = malloc(128 * MIB), *neighbour;
    memset(block, 1, 128 * MIB);
    neighbour = malloc(8 * MIB);
    block = realloc(block, 512 * MIB);
    expect(block && block[128 * MIB - 1] == 1, "the contents are lost");
    expect_resident(before, 160 * MIB);
    free(neighbour);
    free(block);
    expect_resident(before, 16 * MIB);
}

static void allocate_and_free_many(size_t count, size_t size)
{
    char **blocks = malloc(count * sizeof(*blocks));
    for (size_t i = 0; i < count; i++) {
        blocks[i] = malloc(size);
        memset(blocks[i], 1, size);
    }
    for (size_t i = 0; i < count; i++)
        free(blocks[i]);
    free(blocks);
}

static void what_many_blocks_had_is_given_back(void)
{
    size_t before = read_memory().resident;
    allocate_and_free_many(4096, 64 * 1024);
    expect_resident(before, 96 * MIB);
}

/* In a list, so that no larger block comes or goes. */
static void what_many_small_blocks_had_is_given_back(void)
{
    void *first = NULL, **end = &first;
    size_t before = read_memory().resident;
    for (int i = 0; i < 400000; i++) {
        *end = malloc(200);
        memset(*end, 0, 200);
        end = *end;
    }
    while (first) {
        void *next = *(void **)first;
        free(first);
        first = next;
    }
    expect_resident(before, 48 * MIB);
}

static void malloc_trim_gives_the_rest_back(void)
{
    size_t before = read_memory().resident;
    allocate_and_free_many(400000, 200);
    (void)malloc_trim(0);
    expect_resident(before, 16 * MIB);
    allocate_and_free_many(1000, 200);
}

/* ---- limits ---- */

static void set_limit(__rlimit_resource_t resource, size_t size)
{
    struct rlimit limit;
    getrlimit(resource, &limit);
    limit.rlim_cur = size < limit.rlim_max ? size : limit.rlim_max;
    expect(setrlimit(resource, &limit) == 0, "no limit");
}

/* As a user may, who is not root. */
static void memory_can_be_locked(void)
{
    free(malloc(1000));
    set_limit(RLIMIT_MEMLOCK, 64 * MIB);
    expect(getuid() != 0 || (setgid(65534) == 0 && setuid(65534) == 0), "root stays root");
    expect(mlockall(MCL_CURRENT | MCL_FUTURE) == 0, "not locked");
    allocate_and_free_many(100, 1000);
    expect_resident(0, 64 * MIB);
}

enum { THREADS = 40 };
static pthread_barrier_t all_live;

static void *allocate_and_wait(void *unused)
{
    allocate_and_free_many(100, 1000);
    pthread_barrier_wait(&all_live);
    return unused;
}

/* Threads with stacks of 8 MiB, and a mapping, in half a GiB. */
static void use_limited(void)
{
    pthread_t threads[THREADS];
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 8 * MIB);
    pthread_barrier_init(&all_live, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) /* a failure leaves the others waiting, and ends */
        expect(pthread_create(&threads[i], &attributes, allocate_and_wait, NULL) == 0,
               "there are %d threads and no more", i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    void *mapping =
        mmap(NULL, 64 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    expect(mapping != MAP_FAILED, "no mapping");
    void *volatile block = malloc(GIB);
    expect(!block, "a GiB is given");
    munmap(mapping, 64 * MIB);
    allocate_and_free_many(200, MIB);
}

static void addresses_are_limited_later(void)
{
    free(malloc(1000));
    set_limit(RLIMIT_AS, 512 * MIB);
    use_limited();
}

static void data_is_limited_later(void)
{
    free(malloc(1000));
    set_limit(RLIMIT_DATA, 512 * MIB);
    use_limited();
}

/* ---- neighbours ---- */

/* The end of the mapping in which the block lies. */
static uintptr_t end_of_mapping(const void *block)
{
    uintptr_t start, end = 0;
    FILE *file = fopen("/proc/self/maps", "r");
    expect(file, "no maps");
    while (fscanf(file, "%zx-%zx%*[^\n]", &start, &end) == 2)
        if ((uintptr_t)block - start < end - start)
            break;
    fclose(file);
    return end;
}

/* Where the heap would grow, there is something else. */
static void a_neighbour_is_in_the_way(void)
{
    char *block = malloc(1000);
    void *end = (void *)end_of_mapping(block);
    void *neighbour = mmap(end, 4096, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    expect(neighbour == end, "something was in the way before");
    allocate_and_free_many(64 * 1024, 1000);
    allocate_and_free_many(64 * 1024, 1000);
    size_t mapped = read_memory().mapped;
    expect(mapped < 256 * MIB, "%zu MiB are mapped", mapped / MIB);
    munmap(neighbour, 4096);
    free(block);
}

/* ---- large blocks ---- */

static void check_bytes(const unsigned char *block, size_t size)
{
    for (size_t i = 0; i < size; i += 1000)
        expect(block[i] == (unsigned char)(i / 1000), "byte %zu is another", i);
}

static void large_blocks_keep_their_contents(void)
{
    static const size_t sizes[] = {5 * MIB, 64 * MIB,    3 * MIB, 20 * MIB,
                                   6 * MIB, 5 * MIB + 1, 7000};
    size_t kept = sizes[0];
    unsigned char *block = malloc(sizes[0]);
    for (size_t i = 0; i < kept; i++)
        block[i] = (unsigned char)(i / 1000);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        kept = sizes[i] < kept ? sizes[i] : kept;
        block = realloc(block, sizes[i]);
        expect(block && malloc_usable_size(block) >= sizes[i], "no memory for %zu", sizes[i]);
        check_bytes(block, kept);
    }
    free(block);
}

static void large_blocks_are_aligned(void)
{
    for (size_t align = 16; align <= 64 * MIB; align *= 2) {
        char *large = aligned_alloc(align, 64 * MIB), *small = memalign(align, 100);
        expect(large && (uintptr_t)large % align == 0 && small && (uintptr_t)small % align == 0,
               "not aligned to %zu", align);
        large[0] = large[64 * MIB - 1] = small[99] = 1;
        free(large);
        free(small);
    }
}

static void many_large_blocks(void)
{
    enum { COUNT = 2000 };
    static char *blocks[COUNT];
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT; i++) {
            blocks[i] = malloc(4 * MIB + 1 + i * 100);
            expect(blocks[i], "no memory");
            blocks[i][4 * MIB] = (char)i;
        }
        for (size_t i = 0; i < COUNT; i++) {
            size_t at = i * 7 % COUNT;
            expect(blocks[at][4 * MIB] == (char)at, "a block was overwritten");
            free(blocks[at]);
        }
    }
}

/* Page faults that the process has had. */
static long read_faults(void)
{
    struct rusage usage;
    expect(getrusage(RUSAGE_SELF, &usage) == 0, "no usage");
    return usage.ru_minflt;
}

/* A page fault for each page only the first time, or the second. */
static void large_blocks_that_come_and_go_keep_their_pages(void)
{
    enum { COUNT = 50 };
    long pages = 12 * (long)MIB / sysconf(_SC_PAGESIZE), before = read_faults();
    for (int i = 0; i < COUNT; i++) {
        char *block = malloc(12 * MIB);
        expect(block, "no memory");
        memset(block, i, 12 * MIB);
        free(block);
    }
    long faults = read_faults() - before;
    expect(faults < 4 * pages, "%ld page faults for %ld pages", faults, pages);
}

/* By a little, many times: to copy it each time would take minutes. */
static void a_large_block_grows_in_small_steps(void)
{
    free(malloc(31 * MIB));
    size_t size = 5 * MIB;
    unsigned char *block = malloc(size);
    while (size < 25 * MIB) {
        size += 4096;
        block = realloc(block, size);
        expect(block, "no memory");
        block[size - 1] = 1;
    }
    expect(block[5 * MIB + 4095] == 1, "the contents are lost");
    free(block);
}

/* ---- the C library's ---- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t align, size_t size);
void __libc_free(void *block);

static void second_names_are_of_the_same_heap(void)
{
    free(__libc_malloc(100));
    free(__libc_calloc(10, 10));
    free(__libc_memalign(64, 100));
    free(__libc_realloc(malloc(10), 1000));
    __libc_free(malloc(100));
}

static void use_up_keys(void)
{
    pthread_key_t key;
    while (pthread_key_create(&key, NULL) == 0)
        continue;
}

static void *allocate(void *unused)
{
    for (size_t size = 1; size < 10000; size *= 3)
        free(malloc(size));
    return unused;
}

static void no_keys_are_left(void)
{
    pthread_t thread;
    use_up_keys();
    allocate(NULL);
    expect(pthread_create(&thread, NULL, allocate, NULL) == 0, "there is no thread");
    pthread_join(thread, NULL);
}

static void no_keys_are_left_after_malloc(void)
{
    allocate(NULL);
    no_keys_are_left();
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"little_is_mapped", little_is_mapped},
    {"untouched_memory_costs_nothing", untouched_memory_costs_nothing},
    {"smaller_memory_that_is_zero_costs_nothing", smaller_memory_that_is_zero_costs_nothing},
    {"more_is_untouched_than_there_is", more_is_untouched_than_there_is},
    {"what_realloc_cuts_off_is_given_back", what_realloc_cuts_off_is_given_back},
    {"what_realloc_leaves_is_given_back", what_realloc_leaves_is_given_back},
    {"what_many_blocks_had_is_given_back", what_many_blocks_had_is_given_back},
    {"what_many_small_blocks_had_is_given_back", what_many_small_blocks_had_is_given_back},
    {"malloc_trim_gives_the_rest_back", malloc_trim_gives_the_rest_back},
    {"memory_can_be_locked", memory_can_be_locked},
    {"addresses_are_limited_later", addresses_are_limited_later},
    {"data_is_limited_later", data_is_limited_later},
    {"a_neighbour_is_in_the_way", a_neighbour_is_in_the_way},
    {"large_blocks_keep_their_contents", large_blocks_keep_their_contents},
    {"large_blocks_are_aligned", large_blocks_are_aligned},
    {"many_large_blocks", many_large_blocks},
    {"large_blocks_that_come_and_go_keep_their_pages",
     large_blocks_that_come_and_go_keep_their_pages},
    {"a_large_block_grows_in_small_steps", a_large_block_grows_in_small_steps},
    {"second_names_are_of_the_same_heap", second_names_are_of_the_same_heap},
    {"no_keys_are_left", no_keys_are_left},
    {"no_keys_are_left_after_malloc", no_keys_are_left_after_malloc},
};

int main(int count, char **words)
{
    for (size_t i = 0; count == 2 && i < sizeof(cases) / sizeof(*cases); i++)
        if (strcmp(words[1], cases[i].name) == 0) {
            cases[i].run();
            puts("right");
            return 0;
        }
    puts("usage: malloc_and_system CASE");
    return 2;
}

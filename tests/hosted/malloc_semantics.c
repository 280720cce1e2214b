/* SPDX-License-Identifier: MIT */
/*
 * What C, POSIX and glibc say of malloc and its family, said to whatever malloc this program meets:
 * it passes on glibc's (`malloc_semantics glibc`) and on ours (`malloc_semantics cairn`), which has
 * C23's functions besides. It allocates before main and after it, too.
 */
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define check(condition) ((condition) ? (void)0 : fail(__LINE__, #condition))

static _Noreturn void fail(int line, const char *condition)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, line, condition);
    _exit(1);
}

/* More than there is; volatile, so that the compiler does not foresee the failure. */
static volatile size_t huge = SIZE_MAX;
/* Alignments that no compiler would let pass. */
static volatile size_t none = 0, odd = 24;
static const size_t PAGE = 4096;

static bool is_aligned(const void *block, size_t align)
{
    return (uintptr_t)block % align == 0;
}

/* A block of its own that can be written to its last byte, and read back. */
static void use(void *block, size_t size)
{
    check(block);
    check(malloc_usable_size(block) >= size);
    memset(block, 0x5a, malloc_usable_size(block));
}

static void *made_before_main;

__attribute__((constructor(101))) static void allocate_before_main(void)
{
    made_before_main = malloc(1000);
    use(made_before_main, 1000);
}

__attribute__((destructor(101))) static void allocate_after_main(void)
{
    void *block = malloc(3000);
    use(block, 3000);
    free(block);
    if (write(STDOUT_FILENO, "after main\n", 11) != 11)
        _exit(1);
}

static void before_main(void)
{
    made_before_main = realloc(made_before_main, 100000);
    use(made_before_main, 100000);
    free(made_before_main);
}

static void sizes(void)
{
    for (size_t size = 0; size < 3000; size++) {
        void *block = malloc(size), *other = malloc(size);
        use(block, size);
        use(other, size);
        check(block != other);
        check(is_aligned(block, _Alignof(max_align_t)));
        free(block);
        free(other);
    }
    for (size_t size = PAGE; size <= (size_t)1 << 28; size *= 2) {
        char *block = malloc(size);
        check(block);
        block[0] = block[size - 1] = 1;
        free(block);
    }
}

static void zeroed(void)
{
    for (size_t size = 1; size < 200000; size = size * 3 / 2 + 1) {
        void *dirty = malloc(size);
        use(dirty, size);
        free(dirty);
        char *block = calloc(size, 1);
        check(block && block[0] == 0 && memcmp(block, block + 1, size - 1) == 0);
        free(block);
    }
    void *nothing = calloc(0, 10), *other = calloc(10, 0);
    check(nothing && other && nothing != other);
    free(nothing);
    free(other);
}

static void kept_by_realloc(void)
{
    static const size_t steps[] = {1, 5, 16, 17, 100, 4000, 4097, 70000, 3000000, 200, 24, 1};
    char *block = realloc(NULL, 1);
    *block = 'x';
    for (size_t i = 1; i < sizeof(steps) / sizeof(*steps); i++) {
        size_t least = steps[i] < steps[i - 1] ? steps[i] : steps[i - 1];
        block = realloc(block, steps[i]);
        check(block && is_aligned(block, 16));
        for (size_t k = 0; k < least; k++)
            check(block[k] == 'x');
        memset(block, 'x', steps[i]);
    }
    block = reallocarray(block, 10, 7);
    use(block, 70);
    check(realloc(block, 0) == NULL);
}

static void aligned(void)
{
    for (size_t align = 1; align <= (size_t)1 << 22; align *= 2) {
        void *blocks[] = {memalign(align, 100), aligned_alloc(align, align), NULL};
        if (align >= sizeof(void *))
            check(posix_memalign(&blocks[2], align, 3) == 0);
        for (size_t i = 0; i < 3; i++) {
            check(is_aligned(blocks[i], align));
            if (blocks[i])
                use(blocks[i], i == 1 ? align : 3);
            free(blocks[i]);
        }
    }
    void *moved = realloc(memalign(PAGE, 50), 5000);
    use(moved, 5000);
    free(moved);
}

static void paged(void)
{
    void *page = valloc(10), *pages = pvalloc(PAGE + 1), *nothing = pvalloc(0);
    check(is_aligned(page, PAGE) && is_aligned(pages, PAGE) && is_aligned(nothing, PAGE));
    use(page, 10);
    use(pages, 2 * PAGE);
    use(nothing, 0);
    free(page);
    free(pages);
    free(nothing);
}

/* Each request that fails gives null and says ENOMEM. */
#define check_no_memory(request)  \
    do {                          \
        errno = 0;                \
        check((request) == NULL); \
        check(errno == ENOMEM);   \
    } while (0)

static void no_memory(void)
{
    size_t largest = huge, half = huge / 2;
    volatile size_t two = 2; /* gcc must not see what is wrong here */
    size_t root = (two << sizeof(size_t) * 4) + 2;
    /* Half of all addresses, but for a few: no machine of 64 bits has them, one of 32 may. */
    size_t nearly_half = sizeof(size_t) == 8 ? half - 100 : half + 1;
    char *block = malloc(10);
    memcpy(block, "unchanged", 10);
    check_no_memory(malloc(largest));
    check_no_memory(malloc(half + 1));
    check_no_memory(malloc(nearly_half));
    check_no_memory(calloc(largest, 2));
    check_no_memory(calloc(root, root));
    check_no_memory(realloc(block, largest));
    check_no_memory(realloc(block, nearly_half));
    check_no_memory(reallocarray(block, root, root));
    check_no_memory(memalign(16, largest));
    check_no_memory(memalign(PAGE, nearly_half));
    check_no_memory(aligned_alloc(64, largest - 63));
    check_no_memory(valloc(largest));
    check_no_memory(pvalloc(largest));
    check(strcmp(block, "unchanged") == 0);
    free(block);
}

static void refused(void)
{
    static char none_made;
    void *untouched = &none_made, *block = untouched;
    check(posix_memalign(&block, none, 1) == EINVAL);
    check(posix_memalign(&block, odd / 8, 1) == EINVAL);
    check(posix_memalign(&block, sizeof(void *) / 2, 1) == EINVAL);
    check(posix_memalign(&block, odd, 1) == EINVAL);
    check(posix_memalign(&block, 64, huge) == ENOMEM);
    check(block == untouched);
}

static void errno_is_kept(void)
{
    errno = 77;
    for (size_t size = 1; size <= (size_t)1 << 28; size *= 4)
        free(malloc(size));
    free(NULL);
    check(errno == 77);
    check(malloc_usable_size(NULL) == 0);
}

/* Memory that is not needed goes back to the system: a server's peak is not its size for ever. */
static size_t resident_pages(void)
{
    char text[128] = "";
    FILE *file = fopen("/proc/self/statm", "r");
    check(file && fgets(text, sizeof(text), file));
    fclose(file);
    return strtoul(strchr(text, ' '), NULL, 10);
}

static void given_back(void)
{
    size_t size = (size_t)64 << 20, before = resident_pages();
    char *block = malloc(size);
    use(block, size);
    size_t during = resident_pages();
    free(block);
    check(during >= before + size / PAGE);
    check(resident_pages() < before + size / PAGE / 2);
}

/* What glibc does not have, or has otherwise. */
static void only_ours(void)
{
    void *found = dlsym(RTLD_DEFAULT, "free_sized"), *found_aligned;
    void (*free_sized)(void *block, size_t size);
    void (*free_aligned_sized)(void *block, size_t align, size_t size);
    found_aligned = dlsym(RTLD_DEFAULT, "free_aligned_sized");
    check(found && found_aligned);
    memcpy(&free_sized, &found, sizeof(found));
    memcpy(&free_aligned_sized, &found_aligned, sizeof(found));
    for (size_t size = 0; size < 10000; size = size * 2 + 1) {
        free_sized(malloc(size), size);
        free_sized(calloc(size, 3), 3 * size);
        free_sized(realloc(malloc(7), size + 1), size + 1);
        free_aligned_sized(aligned_alloc(256, size), 256, size);
    }
    free_sized(NULL, 5);
    free_aligned_sized(NULL, 64, 5);
    errno = 77;
    check(posix_memalign(&found, 64, huge) == ENOMEM && errno == 77);
    errno = 0;
    check(memalign(odd, 10) == NULL && errno == EINVAL);
    check(aligned_alloc(none, 10) == NULL && errno == EINVAL);
}

int main(int count, char **words)
{
    bool ours = count == 2 && strcmp(words[1], "cairn") == 0;
    before_main();
    sizes();
    zeroed();
    kept_by_realloc();
    aligned();
    paged();
    no_memory();
    refused();
    errno_is_kept();
    given_back();
    if (ours)
        only_ours();
    puts("in main");
    fflush(stdout);
    return 0;
}

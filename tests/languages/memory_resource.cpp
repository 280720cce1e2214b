/* SPDX-License-Identifier: MIT */
/*
 * The containers of the C++ standard library on cairn and on linked_list: nothing is lost, nothing
 * is misaligned, and memory that runs out is std::bad_alloc.
 *
 * It ends with 0, or says which expectation did not hold.
 */
#include <cstdint>
#include <cstdio>
#include <list>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include <cairn/heap.h>
#include <cairn/linked_list.h>
#include <cairn/memory_resource.hpp>

static int failed;

static void expect(bool condition, const char *what, const char *name)
{
    if (condition)
        return;
    std::printf("%s: %s\n", name, what);
    failed++;
}

struct alignas(64) cache_line {
    unsigned char bytes[64];
};

static bool is_aligned(const cache_line &line)
{
    return reinterpret_cast<std::uintptr_t>(&line) % alignof(cache_line) == 0;
}

static std::pmr::string text_of(int number, std::pmr::memory_resource *resource)
{
    return std::pmr::string(40 + number % 30, static_cast<char>('a' + number % 26), resource);
}

static void use_containers(std::pmr::memory_resource *resource, const char *name)
{
    std::pmr::vector<int> vector(resource);
    std::pmr::vector<cache_line> lines(resource);
    std::pmr::list<std::pmr::string> list(resource);
    std::pmr::map<int, std::pmr::string> map(resource);
    std::pmr::unordered_map<std::pmr::string, int> unordered_map(resource);
    for (int i = 0; i < 1000; i++) {
        vector.push_back(i);
        lines.push_back(cache_line());
        list.push_back(text_of(i, resource));
        map.emplace(i, text_of(i, resource));
        unordered_map.emplace(text_of(i, resource), i);
    }
    for (int i = 0; i < 1000; i += 2)
        map.erase(i);

    long sum = 0;
    for (int number : vector)
        sum += number;
    expect(sum == 1000L * 999 / 2, "the vector's numbers are others", name);
    for (const cache_line &line : lines)
        expect(is_aligned(line), "a cache line is not aligned", name);
    for (const auto &[number, text] : map)
        expect(text == text_of(number, resource), "the map's text is another", name);
    expect(map.size() == 500 && list.back() == text_of(999, resource), "items are lost", name);
    expect(unordered_map.count(text_of(999, resource)) == 1, "a key is lost", name);
}

static void run_out(std::pmr::memory_resource *resource, const char *name)
{
    std::pmr::vector<int> vector({1, 2, 3}, resource);
    bool thrown = false;
    try {
        vector.reserve(std::size_t(1) << 40);
    } catch (const std::bad_alloc &) {
        thrown = true;
    }
    expect(thrown, "no std::bad_alloc when memory runs out", name);
    expect(vector.size() == 3 && vector[2] == 3, "the vector has changed", name);

    thrown = false;
    try {
        volatile std::size_t too_large = SIZE_MAX; /* as the compiler would see, too */
        (void)resource->allocate(too_large, 8);
    } catch (const std::bad_alloc &) {
        thrown = true;
    }
    expect(thrown, "no std::bad_alloc for a size that no layout has", name);
    resource->deallocate(resource->allocate(0), 0);
}

static unsigned char memory[4 << 20];

int main()
{
    static cairn_heap heap;
    expect(cairn_heap_init(&heap, memory, sizeof(memory) / 2) == CAIRN_REGION_OK, "init", "cairn");
    static cairn_linked_list linked_list;
    expect(cairn_linked_list_init(&linked_list, memory + sizeof(memory) / 2, sizeof(memory) / 2) ==
               CAIRN_REGION_OK,
           "init", "linked_list");

    cairn::memory_resource on_heap(&heap.allocator), on_list(&linked_list.allocator);
    use_containers(&on_heap, "cairn");
    run_out(&on_heap, "cairn");
    cairn_heap_check(&heap);
    expect(cairn_heap_statistics(&heap).used == 0, "blocks are lost", "cairn");

    use_containers(&on_list, "linked_list");
    run_out(&on_list, "linked_list");
    cairn_linked_list_check(&linked_list);
    expect(cairn_linked_list_statistics(&linked_list).used == 0, "blocks are lost", "linked_list");

    expect(on_heap.is_equal(cairn::memory_resource(&heap.allocator)), "not equal",
           "same allocator");
    expect(!on_heap.is_equal(on_list), "equal", "different allocators");
    expect(!on_heap.is_equal(*std::pmr::new_delete_resource()), "equal", "new and delete");
    expect(on_heap.allocator() == &heap.allocator, "not the one that was given", "allocator()");
    return failed != 0;
}

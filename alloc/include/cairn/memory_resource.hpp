/* SPDX-License-Identifier: MIT */
/*
 * C++: any allocator as a std::pmr::memory_resource, for the containers of the standard library.
 *
 *     static cairn_heap heap;
 *     ...
 *     cairn::memory_resource resource(&heap.allocator);
 *     std::pmr::vector<int> numbers(&resource);
 *
 * The idea: a memory_resource is told size and alignment when it gives a block and when it takes it
 * back, which is exactly a layout. So it adds nothing to a block, and every check stays.
 *
 * What it is bad at: a container that grows asks for a new block and copies, for the standard has no
 * realloc.
 */
#ifndef CAIRN_MEMORY_RESOURCE_HPP
#define CAIRN_MEMORY_RESOURCE_HPP

#include <cstddef>
#include <memory_resource>
#include <new>

#include <cairn/allocator.h>

namespace cairn
{

/* Context: that of the allocator. Two are equal if they have the same one. */
class memory_resource final : public std::pmr::memory_resource
{
  public:
    /* Needs: the allocator outlives this, and all that is allocated from it. */
    explicit memory_resource(cairn_allocator *allocator) noexcept : allocator_(allocator)
    {
    }

    cairn_allocator *allocator() const noexcept
    {
        return allocator_;
    }

  private:
    /* The standard lets a size be 0, and wants an address for it. */
    static bool layout_of(std::size_t size, std::size_t align, cairn_layout *layout) noexcept
    {
        return cairn_layout_make(size == 0 ? 1 : size, align, layout);
    }

    /* Throws std::bad_alloc if the memory does not suffice, or there is no such layout. */
    void *do_allocate(std::size_t size, std::size_t align) override
    {
        cairn_layout layout;
        if (layout_of(size, align, &layout))
            if (void *block = cairn_allocator_alloc(allocator_, layout))
                return block;
        throw std::bad_alloc();
    }

    void do_deallocate(void *block, std::size_t size, std::size_t align) override
    {
        cairn_layout layout;
        cairn_check(layout_of(size, align, &layout),
                    "memory_resource: deallocate(%p, %zu, %zu): no block has that layout", block,
                    size, align);
        cairn_allocator_dealloc(allocator_, block, layout);
    }

    bool do_is_equal(const std::pmr::memory_resource &other) const noexcept override
    {
        const memory_resource *same = dynamic_cast<const memory_resource *>(&other);
        return same && same->allocator_ == allocator_;
    }

    cairn_allocator *allocator_;
};

} // namespace cairn

#endif

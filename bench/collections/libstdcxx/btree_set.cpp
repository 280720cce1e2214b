/* SPDX-License-Identifier: MIT */
#include "items.h"

#include <set>

struct less {
    bool operator()(const item &one, const item &other) const
    {
        return one.key < other.key;
    }
};

using set = std::set<item, less>;
#include "ordered_set.hpp"

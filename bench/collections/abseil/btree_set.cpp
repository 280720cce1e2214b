/* SPDX-License-Identifier: MIT */
#include "items.h"

#include <absl/container/btree_set.h>

struct less {
    bool operator()(const item &one, const item &other) const
    {
        return one.key < other.key;
    }
};

using set = absl::btree_set<item, less>;
#include "ordered_set.hpp"

/* SPDX-License-Identifier: MIT */
#include "items.h"

#include <absl/container/btree_map.h>

using map = absl::btree_map<item_key, item>;
#include "ordered_map.hpp"

/* SPDX-License-Identifier: MIT */
#include "items.h"

#include <unordered_set>

#define SET  std::unordered_set
#define HASH std::hash<item_key>
#include "hash_set.hpp"

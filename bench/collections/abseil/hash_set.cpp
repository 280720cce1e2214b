/* SPDX-License-Identifier: MIT */
#include "items.h"

#include <absl/container/flat_hash_set.h>

#define SET  absl::flat_hash_set
#define HASH absl::Hash<item_key>
#include "hash_set.hpp"

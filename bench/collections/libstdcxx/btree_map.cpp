/* SPDX-License-Identifier: MIT */
#include "items.h"

#include <map>

using map = std::map<item_key, item>;
#include "ordered_map.hpp"

/* SPDX-License-Identifier: MIT */
#include "items.h"

#include <boost/unordered/unordered_flat_set.hpp>

#define SET  boost::unordered_flat_set
#define HASH boost::hash<item_key>
#include "hash_set.hpp"

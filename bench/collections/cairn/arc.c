/* SPDX-License-Identifier: MIT */
#include "items.h"

#define T    shared_item
#define ITEM struct item
#include <cairn/arc.t.h>

#include "shared_rows.h"

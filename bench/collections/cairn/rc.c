/* SPDX-License-Identifier: MIT */
#include "items.h"

#define T    shared_item
#define ITEM struct item
#include <cairn/rc.t.h>

#include "shared_rows.h"

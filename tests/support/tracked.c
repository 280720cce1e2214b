/* SPDX-License-Identifier: MIT */
#include "tracked.h"

#include <string.h>

#include "test.h"

enum { TOKENS_MAX = 1 << 20 };

static bool alive[TOKENS_MAX];
static size_t last_token;

size_t tracked_live;
size_t tracked_clones_left = SIZE_MAX;

struct tracked tracked_make(int value)
{
    if (last_token + 1 == TOKENS_MAX)
        fail_msg("more than %d tracked items in one test", TOKENS_MAX);
    size_t token = ++last_token;
    alive[token] = true;
    tracked_live++;
    return (struct tracked){value, token, token};
}

static void expect_alive(const struct tracked *item)
{
    bool sound = item->token == item->token_again && item->token <= last_token;
    if (!sound || !alive[item->token])
        fail_msg("item %d, token %zu, is %s", item->value, item->token,
                 sound ? "not alive any more" : "no item");
}

int tracked_value(const struct tracked *item)
{
    expect_alive(item);
    return item->value;
}

void tracked_drop(struct tracked *item)
{
    expect_alive(item);
    alive[item->token] = false;
    tracked_live--;
}

enum cairn_collection_error tracked_try_clone(struct tracked *to, const struct tracked *from)
{
    expect_alive(from);
    if (tracked_clones_left == 0)
        return CAIRN_COLLECTION_NO_MEMORY;
    if (tracked_clones_left != SIZE_MAX)
        tracked_clones_left--;
    *to = tracked_make(from->value);
    return CAIRN_COLLECTION_OK;
}

void tracked_expect_none(void)
{
    size_t leaked = tracked_live;
    memset(alive, 0, (last_token + 1) * sizeof(alive[0]));
    tracked_live = last_token = 0;
    tracked_clones_left = SIZE_MAX;
    if (leaked != 0)
        fail_msg("%zu items were never dropped", leaked);
}

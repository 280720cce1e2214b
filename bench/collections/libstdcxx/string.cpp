/* SPDX-License-Identifier: MIT */
/* std::string has no UTF-8, so it has fewer rows; what formats is snprintf. */
#include "items.h"

#include <cstdio>
#include <string>

namespace
{

const char letters[] = "the heap is a cairn: stones that show the way, one upon another.";

std::string &as_string(void *made)
{
    return *static_cast<std::string *>(made);
}

void *make_empty(size_t)
{
    return new std::string;
}

void drop(void *made)
{
    delete &as_string(made);
}

void push(void *made, size_t place)
{
    as_string(made).push_back(letters[place % ITEM_SIZE]);
}
EACH(push)

void push_str(void *made, size_t)
{
    as_string(made).append(letters, ITEM_SIZE);
}
EACH(push_str)

void format(void *made, size_t place)
{
    char line[128];
    int length = std::snprintf(line, sizeof(line), "%zu: %.*s\n", place, ITEM_SIZE, letters);
    as_string(made).append(line, (size_t)length);
}
EACH(format)

void *make_full(size_t count)
{
    void *made = make_empty(count);
    push_str_each(made, count);
    return made;
}

size_t find(void *made, size_t count)
{
    keep(as_string(made).find("nowhere"));
    return count;
}

size_t clone(void *made, size_t count)
{
    std::string copy = as_string(made);
    keep((uint64_t)copy[0]);
    return count;
}

} // namespace

const struct row rows[] = {
    {"push", make_empty, push_each, drop, push},
    {"push_str", make_empty, push_str_each, drop, push_str},
    {"format", make_empty, format_each, drop, nullptr},
    {"find", make_full, find, drop, nullptr},
    {"clone_drop", make_full, clone, drop, nullptr},
    {"memory", make_full, nullptr, drop, nullptr},
};
const size_t row_count = sizeof(rows) / sizeof(rows[0]);

/* SPDX-License-Identifier: MIT */
/* std::shared_ptr, whose counts are atomic only while the program has a second thread: so it has one. */
#include "items.h"

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

namespace
{

void sleep_for_ever()
{
    for (;;)
        std::this_thread::sleep_for(std::chrono::hours(1));
}

struct handles {
    std::vector<std::shared_ptr<item>> strong;
    std::vector<std::weak_ptr<item>> weak;
};

handles &as_handles(void *made)
{
    return *static_cast<handles *>(made);
}

void *make_empty(size_t count)
{
    static std::thread second(sleep_for_ever);
    auto *made = new handles;
    if (second.joinable())
        second.detach();
    made->strong.resize(count);
    return made;
}

void create(void *made, size_t place)
{
    as_handles(made).strong[place] = std::make_shared<item>(item_of((item_key)place));
}
EACH(create)

void *make_full(size_t count)
{
    void *made = make_empty(count);
    create_each(made, count);
    as_handles(made).weak.assign(as_handles(made).strong.begin(), as_handles(made).strong.end());
    return made;
}

void drop(void *made)
{
    delete &as_handles(made);
}

void clone_drop(void *made, size_t place)
{
    std::shared_ptr<item> clone = as_handles(made).strong[random_place(place)];
    keep(clone->key);
}
EACH(clone_drop)

void upgrade_drop(void *made, size_t place)
{
    if (std::shared_ptr<item> strong = as_handles(made).weak[random_place(place)].lock())
        keep(strong->key);
}
EACH(upgrade_drop)

} // namespace

const struct row rows[] = {
    {"create", make_empty, create_each, drop, create},
    {"clone_drop", make_full, clone_drop_each, drop, nullptr},
    {"upgrade_drop", make_full, upgrade_drop_each, drop, nullptr},
};
const size_t row_count = sizeof(rows) / sizeof(rows[0]);

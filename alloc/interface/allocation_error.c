/* SPDX-License-Identifier: MIT */
#include <cairn/allocation_error.h>

static cairn_allocation_error_handler *current_handler;

cairn_allocation_error_handler *cairn_set_allocation_error_handler(
    cairn_allocation_error_handler *handler)
{
    return __atomic_exchange_n(&current_handler, handler, __ATOMIC_ACQ_REL);
}

void cairn_handle_allocation_error(struct cairn_layout layout)
{
    cairn_allocation_error_handler *handler = __atomic_load_n(&current_handler, __ATOMIC_ACQUIRE);
    if (handler)
        handler(layout);
    cairn_panic("allocation error: Layout { size: %zu, align: %zu }", layout.size, layout.align);
}

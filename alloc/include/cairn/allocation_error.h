/* SPDX-License-Identifier: MIT */
/*
 * The allocation-error handler: what happens when memory runs out and the caller cannot go on.
 *
 * The try_ forms of the collections return an error; their plain forms come here.
 */
#ifndef CAIRN_ALLOCATION_ERROR_H
#define CAIRN_ALLOCATION_ERROR_H

#include <cairn/layout.h>

CAIRN_C_BEGIN

/* Gets the layout that could not be had. Must not return; if it does, Cairn panics. */
typedef void cairn_allocation_error_handler(struct cairn_layout layout);

/*
 * Replaces the handler; null puts the default back, which panics with
 * "allocation error: Layout { size: 4, align: 4 }".
 *
 * Gives:   the handler from before, null if it was the default.
 * Context: any; atomic.
 */
cairn_allocation_error_handler *cairn_set_allocation_error_handler(
    cairn_allocation_error_handler *handler);

/* Calls the handler. Context: any, but no lock that the handler may want is held. */
CAIRN_NORETURN void cairn_handle_allocation_error(struct cairn_layout layout) __attribute__((cold));

CAIRN_C_END

#endif

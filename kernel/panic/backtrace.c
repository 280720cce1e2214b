/* SPDX-License-Identifier: MIT */
#include "backtrace.h"

#include <stddef.h>

#include "address.h"
#include "println.h"
#include "stacks.h"
#include "symbols.h"

static bool is_readable(uint64_t rbp)
{
    return rbp != 0 && cairn_is_aligned(rbp, _Alignof(struct call_frame)) &&
           address_is_in_a_stack(rbp) && address_is_in_a_stack(rbp + sizeof(struct call_frame) - 1);
}

static bool may_be_code(uint64_t address)
{
    return address != 0 && virtual_is_canonical((struct virtual_address){address});
}

bool backtrace_next(uint64_t *rbp, uint64_t *return_address)
{
    if (!is_readable(*rbp))
        return false;
    const struct call_frame *frame = (const struct call_frame *)*rbp;
    if (!may_be_code(frame->return_address))
        return false;
    *return_address = frame->return_address;
    *rbp = frame->caller_rbp > *rbp ? frame->caller_rbp : 0;
    return true;
}

static void print_place(const struct code_place *place, uint64_t step_back)
{
    if (!place->function)
        print("in no known function");
    else if (place->is_inlined)
        print("%s (inlined)", place->function);
    else
        print("%s+0x%lx", place->function, place->offset + step_back);
    if (place->file)
        print(" at %s", place->file);
    if (place->line)
        print(":%u", place->line);
    print("\n");
}

static void print_frame(size_t number, uint64_t rip, enum rip_kind kind)
{
    /* The call's last byte: after a call that never returns, another function may begin. */
    uint64_t step_back = kind == RIP_BEHIND_CALL ? 1 : 0;
    struct code_place places[CODE_PLACES_MAX];
    size_t count = code_places_of(rip - step_back, places);
    print("%3zu: 0x%016lx ", number, rip);
    print_place(&places[0], step_back);
    for (size_t i = 1; i < count; i++) {
        print("%24s", "");
        print_place(&places[i], step_back);
    }
}

static void print_repetitions(size_t repetitions)
{
    if (repetitions)
        println("     (the same %zu more times)", repetitions);
}

void backtrace_print(uint64_t rip, enum rip_kind kind, uint64_t rbp)
{
    uint64_t previous = rip, caller;
    size_t repetitions = 0, told = 1;
    print_frame(0, rip, kind);
    for (size_t number = 1; backtrace_next(&rbp, &caller); number++) {
        if (caller == previous) {
            repetitions++;
            continue;
        }
        print_repetitions(repetitions);
        repetitions = 0;
        if (told++ == BACKTRACE_CALLERS_MAX) {
            println("     (and further callers)");
            return;
        }
        print_frame(number, caller, RIP_BEHIND_CALL);
        previous = caller;
    }
    print_repetitions(repetitions);
}

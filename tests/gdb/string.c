/* SPDX-License-Identifier: MIT */
/* What gdb shows of text, and of shared items. */
// shows text: "stone"
// shows nothing: ""
// shows line: "heap of stones"
// shows rubbish: cairn_string that was never initialised or is damaged: length 14, capacity 3
// shows box: "boxed"
// shows cow: "borrowed"
// shows name: "shared"
// shows numbers: rc_ints of length 3 = {1, 2, 3}
#include <cairn/cow_str.h>
#include <cairn/own.h>
#include <cairn/shared_str.h>
#include <cairn/string.h>

#define T    rc_ints
#define ITEM int
#include <cairn/rc_slice.t.h>

void look(const void *there); /* where gdb stops */

int main(void)
{
    cairn_str text = CAIRN_STR("stone");
    cairn_string nothing = {0};
    owned(cairn_string) line = cairn_string_from(CAIRN_STR("heap of stones"));
    cairn_string rubbish = {line.bytes, line.length, 3, NULL};
    owned(cairn_boxed_str) box = cairn_boxed_str_from(CAIRN_STR("boxed"));
    cairn_cow_str cow = cairn_cow_str_borrowed(CAIRN_STR("borrowed"));
    owned(cairn_arc_str) name = cairn_arc_str_from(CAIRN_STR("shared"));
    owned(rc_ints) numbers = rc_ints_from_items((const int[]){1, 2, 3}, 3);
    look(&text);
    look(&nothing);
    look(&rubbish);
    look(&cow);
    return 0;
}

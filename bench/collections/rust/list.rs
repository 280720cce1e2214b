// SPDX-License-Identifier: MIT
#![allow(non_upper_case_globals, dead_code)]
#[macro_use]
#[path = "../harness/harness.rs"]
mod harness;
use harness::*;
use std::collections::LinkedList;
use std::os::raw::c_void;

type Items = LinkedList<Item>;

extern "C" fn make_empty(_: usize) -> *mut c_void {
    owned(Items::new())
}

extern "C" fn make_full(count: usize) -> *mut c_void {
    let mut list = Items::new();
    for place in 0..count {
        list.push_back(item_of(key_at(place)));
    }
    owned(list)
}

extern "C" fn drop_list(made: *mut c_void) {
    drop_owned::<Items>(made)
}

step!(push_back_one, push_back, list: Items, place, { list.push_back(item_of(place as Key)) });

step!(pop_front_one, pop_front, list: Items, _place, {
    if let Some(item) = list.pop_front() {
        keep(item.key as u64)
    }
});

step!(turn_one, turn, list: Items, place, {
    list.push_back(item_of(place as Key));
    pop_front_one(list, place)
});

extern "C" fn iterate(made: *mut c_void, count: usize) -> usize {
    keep(used::<Items>(made).iter().map(|item| item.key as u64).fold(0, u64::wrapping_add));
    count
}

extern "C" fn clone(made: *mut c_void, count: usize) -> usize {
    let copy = used::<Items>(made).clone();
    keep(copy.back().unwrap().key as u64);
    count
}

rows![
    ("push_back", make_empty, Some(push_back::each), drop_list, Some(push_back::one)),
    ("pop_front", make_full, Some(pop_front::each), drop_list, Some(pop_front::one)),
    ("push_back_pop_front", make_full, Some(turn::each), drop_list, None),
    ("iterate", make_full, Some(iterate), drop_list, None),
    ("clone_drop", make_full, Some(clone), drop_list, None),
    ("memory", make_full, None, drop_list, None),
];

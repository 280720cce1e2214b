// SPDX-License-Identifier: MIT
#![allow(non_upper_case_globals, dead_code)]
#[macro_use]
#[path = "../harness/harness.rs"]
mod harness;
use harness::*;
use std::collections::VecDeque;
use std::os::raw::c_void;

type Items = VecDeque<Item>;

extern "C" fn make_empty(_: usize) -> *mut c_void {
    owned(Items::new())
}

extern "C" fn make_full(count: usize) -> *mut c_void {
    let mut deque = Items::new();
    for place in 0..count / 2 {
        deque.push_back(item_of(key_at(place)));
        deque.push_front(item_of(key_at(count - 1 - place)));
    }
    owned(deque)
}

extern "C" fn drop_deque(made: *mut c_void) {
    drop_owned::<Items>(made)
}

step!(push_back_one, push_back, deque: Items, place, { deque.push_back(item_of(place as Key)) });

step!(push_front_one, push_front, deque: Items, place, { deque.push_front(item_of(place as Key)) });

step!(pop_front_one, pop_front, deque: Items, _place, {
    if let Some(item) = deque.pop_front() {
        keep(item.key as u64)
    }
});

step!(turn_one, turn, deque: Items, place, {
    deque.push_back(item_of(place as Key));
    pop_front_one(deque, place)
});

step!(index_one, index, deque: Items, place, { keep(deque[random_place(place) / 2].key as u64) });

extern "C" fn iterate(made: *mut c_void, count: usize) -> usize {
    keep(used::<Items>(made).iter().map(|item| item.key as u64).fold(0, u64::wrapping_add));
    count
}

const MIDDLES: usize = 64;

extern "C" fn insert_middle(made: *mut c_void, count: usize) -> usize {
    let deque = used::<Items>(made);
    for place in 0..MIDDLES {
        deque.insert(count / 2, item_of(place as Key));
    }
    MIDDLES
}

extern "C" fn erase_middle(made: *mut c_void, count: usize) -> usize {
    let deque = used::<Items>(made);
    let erased = if count < MIDDLES { count / 2 } else { MIDDLES };
    for _ in 0..erased {
        keep(deque.remove(count / 3).unwrap().key as u64);
    }
    erased
}

extern "C" fn clone(made: *mut c_void, count: usize) -> usize {
    let copy = used::<Items>(made).clone();
    keep(copy.back().unwrap().key as u64);
    count
}

rows![
    ("push_back", make_empty, Some(push_back::each), drop_deque, Some(push_back::one)),
    ("push_front", make_empty, Some(push_front::each), drop_deque, Some(push_front::one)),
    ("pop_front", make_full, Some(pop_front::each), drop_deque, Some(pop_front::one)),
    ("push_back_pop_front", make_full, Some(turn::each), drop_deque, None),
    ("index", make_full, Some(index::each), drop_deque, None),
    ("iterate", make_full, Some(iterate), drop_deque, None),
    ("insert_middle", make_full, Some(insert_middle), drop_deque, None),
    ("erase_middle", make_full, Some(erase_middle), drop_deque, None),
    ("clone_drop", make_full, Some(clone), drop_deque, None),
    ("memory", make_full, None, drop_deque, None),
];

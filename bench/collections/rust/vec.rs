// SPDX-License-Identifier: MIT
#![allow(non_upper_case_globals, dead_code)]
#[macro_use]
#[path = "../harness/harness.rs"]
mod harness;
use harness::*;
use std::os::raw::c_void;

type Items = Vec<Item>;

extern "C" fn make_empty(_: usize) -> *mut c_void {
    owned(Items::new())
}

extern "C" fn make_reserved(count: usize) -> *mut c_void {
    owned(Items::with_capacity(count))
}

extern "C" fn make_full(count: usize) -> *mut c_void {
    let mut vec = Items::new();
    for place in 0..count {
        vec.push(item_of(key_at(place)));
    }
    owned(vec)
}

extern "C" fn drop_vec(made: *mut c_void) {
    drop_owned::<Items>(made)
}

step!(push_one, push, vec: Items, place, { vec.push(item_of(place as Key)) });

step!(pop_one, pop, vec: Items, _place, {
    if let Some(item) = vec.pop() {
        keep(item.key as u64)
    }
});

step!(index_one, index, vec: Items, place, { keep(vec[random_place(place)].key as u64) });

extern "C" fn iterate(made: *mut c_void, count: usize) -> usize {
    keep(used::<Items>(made).iter().map(|item| item.key as u64).fold(0, u64::wrapping_add));
    count
}

const MIDDLES: usize = 64;

extern "C" fn insert_middle(made: *mut c_void, count: usize) -> usize {
    let vec = used::<Items>(made);
    for place in 0..MIDDLES {
        vec.insert(count / 2, item_of(place as Key));
    }
    MIDDLES
}

extern "C" fn erase_middle(made: *mut c_void, count: usize) -> usize {
    let vec = used::<Items>(made);
    for _ in 0..MIDDLES {
        keep(vec.remove(count / 3).key as u64);
    }
    MIDDLES
}

extern "C" fn clone(made: *mut c_void, count: usize) -> usize {
    let copy = used::<Items>(made).clone();
    keep(copy[count - 1].key as u64);
    count
}

extern "C" fn sort(made: *mut c_void, count: usize) -> usize {
    used::<Items>(made).sort_by_key(|item| item.key);
    count
}

extern "C" fn sort_unstable(made: *mut c_void, count: usize) -> usize {
    used::<Items>(made).sort_unstable_by_key(|item| item.key);
    count
}

extern "C" fn make_sorted(count: usize) -> *mut c_void {
    let made = make_full(count);
    sort(made, count);
    made
}

extern "C" fn binary_search(made: *mut c_void, count: usize) -> usize {
    let vec = used::<Items>(made);
    for place in 0..count {
        if let Ok(index) = vec.binary_search_by_key(&key_at(place), |item| item.key) {
            keep(index as u64);
        }
    }
    count
}

rows![
    ("push", make_empty, Some(push::each), drop_vec, Some(push::one)),
    ("push_reserved", make_reserved, Some(push::each), drop_vec, None),
    ("pop", make_full, Some(pop::each), drop_vec, None),
    ("index", make_full, Some(index::each), drop_vec, None),
    ("iterate", make_full, Some(iterate), drop_vec, None),
    ("insert_middle", make_full, Some(insert_middle), drop_vec, None),
    ("erase_middle", make_full, Some(erase_middle), drop_vec, None),
    ("clone_drop", make_full, Some(clone), drop_vec, None),
    ("sort", make_full, Some(sort), drop_vec, None),
    ("sort_unstable", make_full, Some(sort_unstable), drop_vec, None),
    ("sort_sorted", make_sorted, Some(sort), drop_vec, None),
    ("binary_search", make_sorted, Some(binary_search), drop_vec, None),
    ("memory", make_full, None, drop_vec, None),
];

// SPDX-License-Identifier: MIT
#![allow(non_upper_case_globals, dead_code)]
#[macro_use]
#[path = "../harness/harness.rs"]
mod harness;
use harness::*;
use std::collections::BTreeMap;
use std::os::raw::c_void;

type Map = BTreeMap<Key, Item>;

const RANGE: usize = 16; // entries

extern "C" fn make_empty(_: usize) -> *mut c_void {
    owned(Map::new())
}

extern "C" fn make_full(count: usize) -> *mut c_void {
    let mut map = Map::new();
    for place in 0..count {
        map.insert(key_at(place), item_of(key_at(place)));
    }
    owned(map)
}

extern "C" fn drop_map(made: *mut c_void) {
    drop_owned::<Map>(made)
}

step!(insert_one, insert, map: Map, place, {
    map.insert(key_at(place), item_of(key_at(place)));
});

step!(insert_ordered_one, insert_ordered, map: Map, place, {
    map.insert(ordered_key_at(place), item_of(ordered_key_at(place)));
});

fn get_key(map: &Map, key: Key) {
    keep(map.get(&key).map_or(0, |item| item.key as u64))
}

step!(get_one, get, map: Map, place, { get_key(map, key_at(place)) });

extern "C" fn get_any(made: *mut c_void, count: usize) -> usize {
    for _ in 0..count {
        get_key(used::<Map>(made), ordered_key_at(any_place(count)))
    }
    count
}

extern "C" fn get_missing(made: *mut c_void, count: usize) -> usize {
    for _ in 0..count {
        get_key(used::<Map>(made), ordered_key_at(any_place(count)) + 1)
    }
    count
}

step!(remove_one, remove, map: Map, place, {
    if let Some(item) = map.remove(&key_at(place)) {
        keep(item.key as u64)
    }
});

extern "C" fn iterate(made: *mut c_void, count: usize) -> usize {
    keep(used::<Map>(made).values().map(|item| item.key as u64).fold(0, u64::wrapping_add));
    count
}

step!(range_one, range, map: Map, place, {
    let high = ordered_key_at(random_place(place) + RANGE);
    let items = map.range(key_at(place)..high);
    keep(items.map(|(_, item)| item.key as u64).fold(0, u64::wrapping_add))
});

extern "C" fn clone(made: *mut c_void, count: usize) -> usize {
    let copy = used::<Map>(made).clone();
    keep(copy.len() as u64);
    count
}

rows![
    ("insert", make_empty, Some(insert::each), drop_map, Some(insert::one)),
    ("insert_ordered", make_empty, Some(insert_ordered::each), drop_map, Some(insert_ordered::one)),
    ("get", make_full, Some(get_any), drop_map, Some(get::one)),
    ("get_missing", make_full, Some(get_missing), drop_map, None),
    ("remove", make_full, Some(remove::each), drop_map, Some(remove::one)),
    ("iterate", make_full, Some(iterate), drop_map, None),
    ("range_16", make_full, Some(range::each), drop_map, None),
    ("clone_drop", make_full, Some(clone), drop_map, None),
    ("memory", make_full, None, drop_map, None),
];

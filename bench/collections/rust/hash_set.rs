// SPDX-License-Identifier: MIT
#![allow(non_upper_case_globals, dead_code)]
#[macro_use]
#[path = "../harness/harness.rs"]
mod harness;
use harness::*;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::os::raw::c_void;

#[derive(Clone, Copy)]
struct Keyed(Item);

impl Hash for Keyed {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.0.key.hash(hasher)
    }
}

impl PartialEq for Keyed {
    fn eq(&self, other: &Keyed) -> bool {
        self.0.key == other.0.key
    }
}

impl Eq for Keyed {}

type Items = HashSet<Keyed>;

fn keyed(key: Key) -> Keyed {
    Keyed(item_of(key))
}

extern "C" fn make_empty(_: usize) -> *mut c_void {
    owned(Items::new())
}

extern "C" fn make_reserved(count: usize) -> *mut c_void {
    owned(Items::with_capacity(count))
}

extern "C" fn make_full(count: usize) -> *mut c_void {
    let mut set = Items::new();
    for i in 0..count {
        set.insert(keyed(key_at(i * 7919 % count)));
    }
    owned(set)
}

extern "C" fn drop_set(made: *mut c_void) {
    drop_owned::<Items>(made)
}

step!(insert_one, insert, set: Items, place, {
    set.insert(keyed(key_at(place)));
});

fn find(set: &Items, key: Key) {
    keep(set.get(&keyed(key)).map_or(0, |found| found.0.key as u64))
}

step!(hit_one, hit, set: Items, place, { find(set, key_at(place)) });

step!(miss_one, miss, set: Items, place, { find(set, missing_key_at(place)) });

step!(erase_one, erase, set: Items, place, { keep(set.remove(&keyed(key_at(place))) as u64) });

extern "C" fn iterate(made: *mut c_void, count: usize) -> usize {
    keep(used::<Items>(made).iter().map(|item| item.0.key as u64).fold(0, u64::wrapping_add));
    count
}

extern "C" fn clone(made: *mut c_void, count: usize) -> usize {
    keep(used::<Items>(made).clone().len() as u64);
    count
}

fn loaded_count(count: usize, sixteenths: usize) -> usize {
    (1 << count.ilog2()) * sixteenths / 16
}

extern "C" fn make_load<const SIXTEENTHS: usize>(count: usize) -> *mut c_void {
    make_full(loaded_count(count, SIXTEENTHS))
}

extern "C" fn hit_load<const SIXTEENTHS: usize>(made: *mut c_void, count: usize) -> usize {
    hit::each(made, loaded_count(count, SIXTEENTHS))
}

extern "C" fn miss_load<const SIXTEENTHS: usize>(made: *mut c_void, count: usize) -> usize {
    miss::each(made, loaded_count(count, SIXTEENTHS))
}

rows![
    ("insert", make_empty, Some(insert::each), drop_set, Some(insert::one)),
    ("insert_reserved", make_reserved, Some(insert::each), drop_set, None),
    ("hit", make_full, Some(hit::each), drop_set, Some(hit::one)),
    ("miss", make_full, Some(miss::each), drop_set, Some(miss::one)),
    ("erase", make_full, Some(erase::each), drop_set, Some(erase::one)),
    ("iterate", make_full, Some(iterate), drop_set, None),
    ("clone_drop", make_full, Some(clone), drop_set, None),
    ("hit_load_8", make_load::<8>, Some(hit_load::<8>), drop_set, None),
    ("miss_load_8", make_load::<8>, Some(miss_load::<8>), drop_set, None),
    ("hit_load_10", make_load::<10>, Some(hit_load::<10>), drop_set, None),
    ("miss_load_10", make_load::<10>, Some(miss_load::<10>), drop_set, None),
    ("hit_load_12", make_load::<12>, Some(hit_load::<12>), drop_set, None),
    ("miss_load_12", make_load::<12>, Some(miss_load::<12>), drop_set, None),
    ("hit_load_14", make_load::<14>, Some(hit_load::<14>), drop_set, None),
    ("miss_load_14", make_load::<14>, Some(miss_load::<14>), drop_set, None),
    ("memory", make_full, None, drop_set, None),
];

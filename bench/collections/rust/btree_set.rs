// SPDX-License-Identifier: MIT
#![allow(non_upper_case_globals, dead_code)]
#[macro_use]
#[path = "../harness/harness.rs"]
mod harness;
use harness::*;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::os::raw::c_void;

/// An item, ordered by its key.
#[derive(Clone, Copy)]
struct ByKey(Item);

impl Ord for ByKey {
    fn cmp(&self, other: &ByKey) -> Ordering {
        self.0.key.cmp(&other.0.key)
    }
}

impl PartialOrd for ByKey {
    fn partial_cmp(&self, other: &ByKey) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for ByKey {
    fn eq(&self, other: &ByKey) -> bool {
        self.0.key == other.0.key
    }
}

impl Eq for ByKey {}

type Set = BTreeSet<ByKey>;
type Two = (Set, Set);

fn by(key: Key) -> ByKey {
    ByKey(item_of(key))
}

extern "C" fn make_empty(_: usize) -> *mut c_void {
    owned(Set::new())
}

extern "C" fn make_full(count: usize) -> *mut c_void {
    owned((0..count).fold(Set::new(), |mut set, place| {
        set.insert(by(key_at(place)));
        set
    }))
}

extern "C" fn make_two(count: usize) -> *mut c_void {
    let mut two = (Set::new(), Set::new());
    for place in 0..count {
        two.0.insert(by(key_at(place)));
        two.1.insert(by(if place % 2 == 1 { key_at(place) } else { missing_key_at(place) }));
    }
    owned(two)
}

extern "C" fn drop_set(made: *mut c_void) {
    drop_owned::<Set>(made)
}

extern "C" fn drop_two(made: *mut c_void) {
    drop_owned::<Two>(made)
}

step!(insert_one, insert, set: Set, place, { set.insert(by(key_at(place))); });

step!(contains_one, contains, set: Set, place, { keep(set.contains(&by(key_at(place))) as u64) });

extern "C" fn contains_any(made: *mut c_void, count: usize) -> usize {
    for _ in 0..count {
        keep(used::<Set>(made).contains(&by(ordered_key_at(any_place(count)))) as u64)
    }
    count
}

step!(remove_one, remove, set: Set, place, { keep(set.remove(&by(key_at(place))) as u64) });

extern "C" fn iterate(made: *mut c_void, count: usize) -> usize {
    keep(used::<Set>(made).iter().map(|item| item.0.key as u64).fold(0, u64::wrapping_add));
    count
}

extern "C" fn intersection(made: *mut c_void, count: usize) -> usize {
    let two = used::<Two>(made);
    let items = two.0.intersection(&two.1);
    keep(items.map(|item| item.0.key as u64).fold(0, u64::wrapping_add));
    count
}

extern "C" fn clone(made: *mut c_void, count: usize) -> usize {
    let copy = used::<Set>(made).clone();
    keep(copy.len() as u64);
    count
}

rows![
    ("insert", make_empty, Some(insert::each), drop_set, Some(insert::one)),
    ("contains", make_full, Some(contains_any), drop_set, Some(contains::one)),
    ("remove", make_full, Some(remove::each), drop_set, Some(remove::one)),
    ("iterate", make_full, Some(iterate), drop_set, None),
    ("intersection", make_two, Some(intersection), drop_two, None),
    ("clone_drop", make_full, Some(clone), drop_set, None),
    ("memory", make_full, None, drop_set, None),
];

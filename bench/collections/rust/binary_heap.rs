// SPDX-License-Identifier: MIT
#![allow(non_upper_case_globals, dead_code)]
#[macro_use]
#[path = "../harness/harness.rs"]
mod harness;
use harness::*;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::mem::take;
use std::os::raw::c_void;

/// An item that is ordered by its key.
#[derive(Clone, Copy)]
struct Ordered(Item);

impl Ord for Ordered {
    #[inline(always)]
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.key.cmp(&other.0.key)
    }
}

impl PartialOrd for Ordered {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ordered {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.0.key == other.0.key
    }
}

impl Eq for Ordered {}

/// A heap, and the vec that it is made from or turns into.
#[derive(Default)]
struct Items {
    heap: BinaryHeap<Ordered>,
    vec: Vec<Ordered>,
}

extern "C" fn make_empty(_: usize) -> *mut c_void {
    owned(Items::default())
}

extern "C" fn make_full(count: usize) -> *mut c_void {
    let mut made = Items::default();
    for place in 0..count {
        made.heap.push(Ordered(item_of(key_at(place))));
    }
    owned(made)
}

extern "C" fn make_unordered(count: usize) -> *mut c_void {
    let mut made = Items::default();
    for place in 0..count {
        made.vec.push(Ordered(item_of(key_at(place))));
    }
    owned(made)
}

extern "C" fn drop_heap(made: *mut c_void) {
    drop_owned::<Items>(made)
}

step!(push_one, push, items: Items, place, { items.heap.push(Ordered(item_of(key_at(place)))) });

step!(push_ordered_one, push_ordered, items: Items, place, {
    items.heap.push(Ordered(item_of(ordered_key_at(place))))
});

step!(pop_one, pop, items: Items, _place, {
    if let Some(item) = items.heap.pop() {
        keep(item.0.key as u64)
    }
});

extern "C" fn from_vec(made: *mut c_void, count: usize) -> usize {
    let items = used::<Items>(made);
    items.heap = BinaryHeap::from(take(&mut items.vec));
    keep(items.heap.peek().map_or(0, |item| item.0.key as u64));
    count
}

extern "C" fn into_sorted_vec(made: *mut c_void, count: usize) -> usize {
    let items = used::<Items>(made);
    items.vec = take(&mut items.heap).into_sorted_vec();
    keep(items.vec[0].0.key as u64);
    count
}

rows![
    ("push", make_empty, Some(push::each), drop_heap, Some(push::one)),
    ("push_ordered", make_empty, Some(push_ordered::each), drop_heap, None),
    ("pop", make_full, Some(pop::each), drop_heap, Some(pop::one)),
    ("from_vec", make_unordered, Some(from_vec), drop_heap, None),
    ("into_sorted_vec", make_full, Some(into_sorted_vec), drop_heap, None),
    ("memory", make_full, None, drop_heap, None),
];

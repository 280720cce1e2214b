// SPDX-License-Identifier: MIT
//! btree_set.cpp's operations on Rust's BTreeSet.

mod beside;
use beside::Twin;
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// A twin, ordered by its value.
#[derive(Clone)]
struct ByValue(Twin);

impl Ord for ByValue {
    fn cmp(&self, other: &ByValue) -> Ordering {
        self.0 .0.cmp(&other.0 .0)
    }
}

impl PartialOrd for ByValue {
    fn partial_cmp(&self, other: &ByValue) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for ByValue {
    fn eq(&self, other: &ByValue) -> bool {
        self.0 .0 == other.0 .0
    }
}

impl Eq for ByValue {}

impl Borrow<i64> for ByValue {
    fn borrow(&self) -> &i64 {
        &self.0 .0
    }
}

type Set = BTreeSet<ByValue>;

const VALUES: i64 = 300;

fn by(value: i64) -> ByValue {
    ByValue(Twin::new(value))
}

fn perform(set: &mut Set, name: &str, picked: &[i64]) {
    let other = || -> Set {
        (picked[0]..VALUES).step_by(1 + picked[1] as usize).map(by).collect()
    };
    match name {
        "insert" => drop(set.insert(by(picked[0]))),
        "insert_row" => set.extend((picked[0]..picked[0] + picked[1]).map(by)),
        "remove" => drop(set.remove(&picked[0])),
        "pop_first" => drop(set.pop_first()),
        "erase_range" => set.retain(|item| item.0 .0 < picked[0] || item.0 .0 >= picked[0] + picked[1]),
        "split_off" => drop(set.split_off(&picked[0])),
        "union" => *set = &*set | &other(),
        "intersection" => *set = &*set & &other(),
        "difference" => *set = &*set - &other(),
        "symmetric_difference" => *set = &*set ^ &other(),
        "append" => set.append(&mut other()),
        _ => panic!("btree_set.rs does not know the operation {}", name),
    }
}

fn main() {
    beside::run(perform, |set: &Set| set.iter().map(|item| item.0 .0).collect());
}

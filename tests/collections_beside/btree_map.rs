// SPDX-License-Identifier: MIT
//! btree_map.cpp's operations on Rust's BTreeMap.

mod beside;
use beside::Twin;
use std::collections::BTreeMap;

type Map = BTreeMap<i64, Twin>;

fn perform(map: &mut Map, name: &str, picked: &[i64]) {
    match name {
        "insert" => drop(map.insert(picked[0], Twin::new(picked[1]))),
        "insert_row" => {
            for key in picked[0]..picked[0] + picked[1] {
                map.insert(key, Twin::new(key));
            }
        }
        "or_insert" => drop(map.entry(picked[0]).or_insert(Twin::new(picked[1]))),
        "remove" => drop(map.remove(&picked[0])),
        "pop_first" => drop(map.pop_first()),
        "pop_last" => drop(map.pop_last()),
        "erase_range" => map.retain(|key, _| *key < picked[0] || *key >= picked[0] + picked[1]),
        "split_off" => drop(map.split_off(&picked[0])),
        "split_and_append" => {
            let mut tail = map.split_off(&picked[0]);
            tail.append(map);
            map.append(&mut tail);
        }
        "append_its_clone" => {
            let mut clone = map.clone();
            map.append(&mut clone);
        }
        "retain_even" => map.retain(|key, _| key % 2 == 0),
        "clear" => map.clear(),
        _ => panic!("btree_map.rs does not know the operation {}", name),
    }
}

fn main() {
    beside::run(perform, |map: &Map| {
        map.iter().flat_map(|(key, item)| [*key, item.0]).collect()
    });
}

// SPDX-License-Identifier: MIT
//! vec.cpp's operations on Rust's Vec.

mod beside;
use beside::Twin;

fn perform(vec: &mut Vec<Twin>, name: &str, picked: &[i64]) {
    let at = |place: usize| picked[place] as usize;
    match name {
        "push" => vec.push(Twin::new(picked[0])),
        "pop" => drop(vec.pop()),
        "insert" => vec.insert(at(0), Twin::new(picked[1])),
        "remove" if picked.is_empty() => (),
        "remove" => drop(vec.remove(at(0))),
        "swap_remove" if picked.is_empty() => (),
        "swap_remove" => drop(vec.swap_remove(at(0))),
        "truncate" => vec.truncate(at(0)),
        "resize" => vec.resize(at(0), Twin::new(picked[1])),
        "extend_from_within" => vec.extend_from_within(at(0)..at(0) + at(1)),
        "split_off" => drop(vec.split_off(at(0))),
        "append_its_clone" => {
            let mut clone = vec.clone();
            vec.append(&mut clone);
            if vec.len() > 100 {
                vec.truncate(50);
            }
        }
        "retain_even" => vec.retain(|item| item.0 % 2 == 0),
        "dedup_near" => vec.dedup_by(|item, before| (item.0 - before.0).abs() < 10),
        "sort" => vec.sort_by_key(|item| item.0),
        "sort_unstable" => vec.sort_unstable_by_key(|item| item.0),
        "rotate_left" => vec.rotate_left(at(0)),
        "remove_range" => drop(vec.drain(at(0)..at(0) + at(1))),
        "insert_from_within" if at(1) > vec.len() => (),
        "insert_from_within" => {
            let copies = vec[..at(1)].to_vec();
            vec.splice(at(0)..at(0), copies);
        }
        "reverse" => vec.reverse(),
        "shrink_to_fit" => vec.shrink_to_fit(),
        "clear" => vec.clear(),
        _ => panic!("vec.rs does not know the operation {}", name),
    }
}

fn main() {
    beside::run(perform, |vec: &Vec<Twin>| vec.iter().map(|item| item.0).collect());
}

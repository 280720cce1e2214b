// SPDX-License-Identifier: MIT
//! vec_deque.cpp's operations on Rust's VecDeque.

mod beside;
use beside::Twin;
use std::collections::VecDeque;

fn perform(deque: &mut VecDeque<Twin>, name: &str, picked: &[i64]) {
    let at = |place: usize| picked[place] as usize;
    let is_long = deque.len() > 100;
    match name {
        "push_back" => deque.push_back(Twin::new(picked[0])),
        "push_front" => deque.push_front(Twin::new(picked[0])),
        "pop_back" => drop(deque.pop_back()),
        "pop_front" => drop(deque.pop_front()),
        "insert" => deque.insert(at(0), Twin::new(picked[1])),
        "remove" | "swap_remove_back" | "swap_remove_front" if picked.is_empty() => (),
        "remove" => drop(deque.remove(at(0))),
        "swap_remove_back" => drop(deque.swap_remove_back(at(0))),
        "swap_remove_front" => drop(deque.swap_remove_front(at(0))),
        "truncate" => deque.truncate(at(0)),
        "resize" => deque.resize(at(0), Twin::new(picked[1])),
        "extend_from_within" if picked.is_empty() => (),
        "extend_from_within" => {
            let copies: Vec<Twin> = deque.range(..at(0)).cloned().collect();
            deque.extend(copies);
        }
        "split_off" => drop(deque.split_off(at(0))),
        "append_its_clone" if is_long => (),
        "append_its_clone" => {
            let mut clone = deque.clone();
            deque.append(&mut clone);
        }
        "drain" => drop(deque.drain(at(0)..at(0) + at(1))),
        "retain_even" => deque.retain(|item| item.0 % 2 == 0),
        "extract_even" => deque.retain(|item| item.0 % 2 != 0),
        "erase_large" => deque.retain(|item| item.0 <= 80),
        "erase_small_from_the_back" => deque.retain(|item| item.0 >= 20),
        "rotate_left" => deque.rotate_left(at(0)),
        "rotate_right" => deque.rotate_right(at(0)),
        "make_contiguous" => drop(deque.make_contiguous()),
        "to_vec_and_back" => {
            let vec: Vec<Twin> = std::mem::take(deque).into();
            *deque = vec.into();
        }
        "sort_and_search" => {
            deque.make_contiguous().sort_by_key(|item| item.0);
            let _ = deque.binary_search_by_key(&picked[0], |item| item.0);
        }
        "shrink_to_fit" => deque.shrink_to_fit(),
        "reserve" => deque.reserve(at(0)),
        "clear" => deque.clear(),
        _ => panic!("vec_deque.rs does not know the operation {}", name),
    }
}

fn main() {
    beside::run(perform, |deque: &VecDeque<Twin>| deque.iter().map(|item| item.0).collect());
}

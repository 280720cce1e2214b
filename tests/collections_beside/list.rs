// SPDX-License-Identifier: MIT
//! list.cpp's operations on Rust's LinkedList, whose cursors are not stable yet: in their place it is
//! split and put together.

mod beside;
use beside::Twin;
use std::collections::LinkedList;

type List = LinkedList<Twin>;

/// Takes off what comes before, changes the rest, and puts both together again.
fn at(list: &mut List, index: usize, change: impl FnOnce(&mut List)) {
    let mut rest = list.split_off(index);
    change(&mut rest);
    list.append(&mut rest);
}

fn keep(list: &mut List, keeps: fn(i64) -> bool) {
    *list = std::mem::take(list).into_iter().filter(|item| keeps(item.0)).collect();
}

/// The items that an operation has picked: how many, and then each.
fn made(picked: &[i64]) -> List {
    picked[1..].iter().map(|value| Twin::new(*value)).collect()
}

fn perform(list: &mut List, name: &str, picked: &[i64]) {
    let index = picked.first().map_or(0, |number| *number as usize);
    let value = || Twin::new(picked[picked.len() - 1]);
    match name {
        "push_back" => list.push_back(value()),
        "push_front" => list.push_front(value()),
        "pop_back" => drop(list.pop_back()),
        "pop_front" => drop(list.pop_front()),
        "insert_before" => at(list, index, |rest| rest.push_front(value())),
        "insert_after" | "remove" | "splice_after" if picked.is_empty() => (),
        "insert_after" => at(list, index + 1, |rest| rest.push_front(value())),
        "remove" => at(list, index, |rest| drop(rest.pop_front())),
        "splice_before" | "splice_after" => {
            at(list, index + (name == "splice_after") as usize, |rest| {
                let mut more = made(&picked[1..]);
                more.append(rest);
                *rest = more;
            })
        }
        "split_before" | "split_after" => {
            let mut front = std::mem::take(list);
            let after = index + (name == "split_after" && index < front.len()) as usize;
            *list = front.split_off(after);
            list.append(&mut front);
        }
        "split_off" => drop(list.split_off(index)),
        "append_its_clone" if list.len() > 100 => (),
        "append_its_clone" => {
            let mut clone = list.clone();
            list.append(&mut clone);
        }
        "retain_even" => keep(list, |value| value % 2 == 0),
        "extract_even" => keep(list, |value| value % 2 != 0),
        "erase_large_backwards" => keep(list, |value| value <= 80),
        "clear" => list.clear(),
        _ => panic!("list.rs does not know the operation {}", name),
    }
}

fn main() {
    beside::run(perform, |list: &List| list.iter().map(|item| item.0).collect());
}

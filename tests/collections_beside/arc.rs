// SPDX-License-Identifier: MIT
//! arc.cpp's operations on Rust's Arc and Weak.

mod beside;
use beside::Twin;
use std::sync::{Arc, Weak};

const HANDLES: usize = 6;

#[derive(Default)]
struct Handles {
    strong: [Option<Arc<Twin>>; HANDLES],
    weak: [Weak<Twin>; HANDLES],
}

fn perform(handles: &mut Handles, name: &str, picked: &[i64]) {
    let at = |place: usize| picked[place] as usize;
    match name {
        "create" => handles.strong[at(0)] = Some(Arc::new(Twin::new(picked[1]))),
        "clone" => handles.strong[at(0)] = handles.strong[at(1)].clone(),
        "drop" => handles.strong[at(0)] = None,
        "downgrade" => {
            let made = handles.strong[at(1)].as_ref().map(Arc::downgrade);
            handles.weak[at(0)] = made.unwrap_or_default();
        }
        "weak_clone" => handles.weak[at(0)] = handles.weak[at(1)].clone(),
        "weak_drop" => handles.weak[at(0)] = Weak::new(),
        "upgrade" => handles.strong[at(0)] = handles.weak[at(1)].upgrade(),
        "make_mut" => {
            if let Some(strong) = handles.strong[at(0)].as_mut() {
                Arc::make_mut(strong).0 = picked[1];
            }
        }
        "into_inner" => drop(handles.strong[at(0)].take().map(Arc::try_unwrap)),
        _ => panic!("arc.rs does not know the operation {}", name),
    }
}

fn contents(handles: &Handles) -> Vec<i64> {
    let mut values = Vec::new();
    for (strong, weak) in handles.strong.iter().zip(&handles.weak) {
        values.push(strong.as_ref().map_or(-1, |strong| strong.0));
        values.push(strong.as_ref().map_or(0, |strong| Arc::strong_count(strong) as i64));
        values.push(weak.strong_count() as i64);
    }
    values
}

fn main() {
    beside::run(perform, contents);
}

// SPDX-License-Identifier: MIT
//! Does what a program of this folder has done, with a collection of Rust's, and compares.
//!
//! The program's LOG has a line for each step, `insert 3 17 = 5 9 2 17 # 4`: the operation, the
//! numbers that it picked, what the collection holds after it, and how many items are alive.

use std::cell::Cell;
use std::io::BufRead;

thread_local!(static LIVE: Cell<usize> = Cell::new(0));

/// An item that is counted.
pub struct Twin(pub i64);

impl Twin {
    pub fn new(value: i64) -> Twin {
        LIVE.with(|live| live.set(live.get() + 1));
        Twin(value)
    }
}

impl Clone for Twin {
    fn clone(&self) -> Twin {
        Twin::new(self.0)
    }
}

impl Drop for Twin {
    fn drop(&mut self) {
        LIVE.with(|live| live.set(live.get() - 1));
    }
}

fn numbers(text: &str) -> Vec<i64> {
    text.split_whitespace().map(|word| word.parse().expect("a number")).collect()
}

/// Reads the log from standard input. `perform` does one operation, `contents` tells what is there.
pub fn run<C: Default>(perform: fn(&mut C, &str, &[i64]), contents: fn(&C) -> Vec<i64>) {
    let mut collection = C::default();
    let mut steps = 0;
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a log");
        let (step, after) = line.split_once(" =").expect("'=' in each line");
        let (expected, live) = after.split_once(" # ").expect("'#' in each line");
        let (name, picked) = step.split_once(' ').unwrap_or((step, ""));
        if name == "new" {
            collection = C::default();
        } else {
            perform(&mut collection, name, &numbers(picked));
        }
        assert_eq!(contents(&collection), numbers(expected), "after {} (Rust left, Cairn right)", step);
        assert_eq!(LIVE.with(Cell::get).to_string(), live, "items alive after {}", step);
        steps += 1;
    }
    println!("{} steps", steps);
}

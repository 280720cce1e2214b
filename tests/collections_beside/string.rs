// SPDX-License-Identifier: MIT
//! string.cpp's operations on Rust's String.

#[allow(dead_code)] // a string has no items that are counted
mod beside;

const LETTERS: [char; 5] = ['a', 'b', 'é', '€', '😀'];
const WORDS: [&str; 6] = ["", "a", "ab", "aab", "éa", "b€😀"];

/// The boundary at or before a byte that was picked.
fn boundary(text: &str, picked: i64) -> usize {
    (0..=picked as usize).rev().find(|index| text.is_char_boundary(*index)).expect("0 is one")
}

fn keep_short(text: &mut String) {
    if text.len() > 200 {
        text.clear();
    }
}

fn perform(text: &mut String, name: &str, picked: &[i64]) {
    let range = || {
        let (one, other) = (boundary(text, picked[0]), boundary(text, picked[1]));
        one.min(other)..one.max(other)
    };
    match name {
        "push" => text.push(LETTERS[picked[0] as usize]),
        "push_str" => text.push_str(WORDS[picked[0] as usize]),
        "push_itself" => {
            *text = text.repeat(2);
            keep_short(text);
        }
        "pop" => drop(text.pop()),
        "insert" => text.insert(boundary(text, picked[0]), LETTERS[picked[1] as usize]),
        "replace_range" => {
            let range = range();
            text.replace_range(range, WORDS[picked[2] as usize]);
        }
        "remove" => {
            let index = boundary(text, picked[0]);
            if index < text.len() {
                text.remove(index);
            }
        }
        "drain" => {
            let range = range();
            text.drain(range);
        }
        "truncate" => text.truncate(boundary(text, picked[0])),
        "split_off" => drop(text.split_off(boundary(text, picked[0]))),
        "retain_not_a" => text.retain(|letter| letter != 'a'),
        "find" | "compare" => (),
        "replace" => {
            *text = text.replace(WORDS[1 + picked[0] as usize], WORDS[picked[1] as usize]);
            keep_short(text);
        }
        "format" => text.push_str(&format!("{}/é", picked[0])),
        "uppercase" => text.make_ascii_uppercase(),
        "shrink_to_fit" => text.shrink_to_fit(),
        "clear" => text.clear(),
        _ => panic!("string.rs does not know the operation {}", name),
    }
}

fn main() {
    beside::run(perform, |text: &String| text.bytes().map(i64::from).collect());
}

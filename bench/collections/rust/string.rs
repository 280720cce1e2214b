// SPDX-License-Identifier: MIT
#![allow(non_upper_case_globals, dead_code)]
#[macro_use]
#[path = "../harness/harness.rs"]
mod harness;
use harness::*;
use std::fmt::Write;
use std::os::raw::c_void;

const LETTERS: &str = "the heap is a cairn: stones that show the way, one upon another.";
const SIZE: usize = std::mem::size_of::<Item>();

extern "C" fn make_empty(_: usize) -> *mut c_void {
    owned(String::new())
}

extern "C" fn drop_string(made: *mut c_void) {
    drop_owned::<String>(made)
}

step!(push_one, push, text: String, place, { text.push(LETTERS.as_bytes()[place % SIZE] as char) });

step!(push_wide_one, push_wide, text: String, place, { text.push(['a', 'é', '€', '😀'][place % 4]) });

step!(push_str_one, push_str, text: String, _place, { text.push_str(&LETTERS[..SIZE]) });

step!(format_one, format, text: String, place, {
    let _ = write!(text, "{}: {}\n", place, &LETTERS[..SIZE]);
});

extern "C" fn make_full(count: usize) -> *mut c_void {
    let made = make_empty(count);
    push_str::each(made, count);
    made
}

extern "C" fn make_mixed(count: usize) -> *mut c_void {
    let mut text = String::new();
    for _ in 0..count {
        text.push_str(&LETTERS[..SIZE]);
        text.push('é');
    }
    owned(text)
}

extern "C" fn validate(made: *mut c_void, count: usize) -> usize {
    keep(std::str::from_utf8(used::<String>(made).as_bytes()).is_ok() as u64);
    count
}

extern "C" fn characters(made: *mut c_void, count: usize) -> usize {
    keep(used::<String>(made).chars().fold(0, |sum, letter| sum + letter as u64));
    count
}

extern "C" fn count_characters(made: *mut c_void, count: usize) -> usize {
    keep(used::<String>(made).chars().count() as u64);
    count
}

extern "C" fn find(made: *mut c_void, count: usize) -> usize {
    keep(used::<String>(made).find("nowhere").is_some() as u64);
    count
}

extern "C" fn clone(made: *mut c_void, count: usize) -> usize {
    let copy = used::<String>(made).clone();
    keep(copy.as_bytes()[0] as u64);
    count
}

rows![
    ("push", make_empty, Some(push::each), drop_string, Some(push::one)),
    ("push_wide", make_empty, Some(push_wide::each), drop_string, None),
    ("push_str", make_empty, Some(push_str::each), drop_string, Some(push_str::one)),
    ("format", make_empty, Some(format::each), drop_string, None),
    ("validate", make_full, Some(validate), drop_string, None),
    ("validate_mixed", make_mixed, Some(validate), drop_string, None),
    ("characters", make_mixed, Some(characters), drop_string, None),
    ("count_characters", make_mixed, Some(count_characters), drop_string, None),
    ("find", make_full, Some(find), drop_string, None),
    ("clone_drop", make_full, Some(clone), drop_string, None),
    ("memory", make_full, None, drop_string, None),
];

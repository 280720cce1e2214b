// SPDX-License-Identifier: MIT
//! A program whose every allocation is Cairn's.

use std::collections::{BTreeMap, HashMap};
use std::thread;

#[global_allocator]
static GLOBAL: cairn::ProgramHeap = cairn::ProgramHeap;

#[repr(align(256))]
struct Aligned(u8);

extern "C" {
    static cairn_program_heap: u8; // a struct that begins with its allocator
    fn cairn_allocator_usable_size(allocator: *const u8, block: *const u8) -> usize;
}

#[test]
#[allow(unused_unsafe)] // of addr_of!, which older compilers want
fn blocks_are_of_cairn() {
    let boxed = Box::new([0u8; 100]);
    let heap = unsafe { std::ptr::addr_of!(cairn_program_heap) };
    assert!(unsafe { cairn_allocator_usable_size(heap, boxed.as_ptr()) } >= 100);
}

#[test]
fn collections_hold_what_they_were_given() {
    let mut numbers = Vec::new();
    let mut texts = HashMap::new();
    let mut ordered = BTreeMap::new();
    for i in 0..10_000usize {
        numbers.push(i);
        texts.insert(i, "x".repeat(i % 100));
        ordered.insert(i, i);
    }
    assert_eq!(numbers.iter().sum::<usize>(), 10_000 * 9_999 / 2);
    assert!(texts.iter().all(|(i, text)| text.len() == i % 100));
    assert_eq!(ordered.len(), 10_000);
}

#[test]
fn alignment_is_kept() {
    for i in 0..100 {
        let boxed = Box::new(Aligned(i));
        assert_eq!(&*boxed as *const Aligned as usize % 256, 0);
        assert_eq!(boxed.0, i);
    }
}

#[test]
fn zeroed_memory_is_zero() {
    for _ in 0..10 {
        let mut zeros = vec![0u8; 100_000];
        assert!(zeros.iter().all(|&byte| byte == 0));
        zeros.fill(0xff);
    }
}

#[test]
fn blocks_cross_threads() {
    let made: Vec<_> = (0..4)
        .map(|n| thread::spawn(move || (0..1000).map(|i| vec![n; i % 64]).collect::<Vec<_>>()))
        .collect();
    for (n, thread) in made.into_iter().enumerate() {
        assert!(thread.join().unwrap().iter().flatten().all(|&number| number == n));
    }
}

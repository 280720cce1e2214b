// SPDX-License-Identifier: MIT
//! A heap over one region, as a kernel uses it, here without being Rust's global one.

use std::alloc::{GlobalAlloc, Layout};

const SIZE: usize = 256 * 1024;

/// A heap over memory that is never given back.
fn heap_of(size: usize) -> Result<cairn::Heap, &'static str> {
    let memory = Box::leak(vec![0xa5u8; size].into_boxed_slice());
    let heap = cairn::Heap::empty();
    unsafe { heap.init(memory.as_mut_ptr(), memory.len()) }.map(|()| heap)
}

fn layout(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).unwrap()
}

#[test]
fn without_memory_every_allocation_fails() {
    let heap = cairn::Heap::empty();
    assert!(unsafe { heap.alloc(layout(1, 1)) }.is_null());
    assert!(unsafe { heap.alloc_zeroed(layout(1, 1)) }.is_null());
}

#[test]
fn too_little_memory_is_an_error() {
    assert_eq!(heap_of(100).err(), Some("the region is too small to hold a block"));
}

#[test]
fn blocks_do_not_overlap_and_all_come_back() {
    let heap = heap_of(SIZE).unwrap();
    let most = layout(SIZE / 2, 16);
    for _ in 0..3 {
        let layouts: Vec<_> = (0..500).map(|i| layout(1 + i * 7 % 300, 1 << (i % 8))).collect();
        let blocks: Vec<_> = layouts.iter().map(|&l| unsafe { heap.alloc(l) }).collect();
        for (i, (&block, l)) in blocks.iter().zip(&layouts).enumerate() {
            assert!(!block.is_null() && block as usize % l.align() == 0);
            unsafe { block.write_bytes(i as u8, l.size()) };
        }
        for (i, (&block, l)) in blocks.iter().zip(&layouts).enumerate() {
            let bytes = unsafe { std::slice::from_raw_parts(block, l.size()) };
            assert!(bytes.iter().all(|&byte| byte == i as u8));
        }
        for (&block, &l) in blocks.iter().zip(&layouts) {
            unsafe { heap.dealloc(block, l) };
        }
        let whole = unsafe { heap.alloc(most) };
        assert!(!whole.is_null(), "memory is lost, or in pieces");
        unsafe { heap.dealloc(whole, most) };
    }
}

#[test]
fn realloc_keeps_the_contents() {
    let heap = heap_of(SIZE).unwrap();
    let mut size = 10;
    let mut block = unsafe { heap.alloc_zeroed(layout(size, 64)) };
    while size < 50_000 {
        block = unsafe { heap.realloc(block, layout(size, 64), size * 2) };
        assert!(!block.is_null() && block as usize % 64 == 0);
        let bytes = unsafe { std::slice::from_raw_parts_mut(block, size * 2) };
        assert!(bytes[..size].iter().all(|&byte| byte == 0));
        bytes.fill(0);
        size *= 2;
    }
    unsafe { heap.dealloc(block, layout(size, 64)) };
}

#[test]
fn memory_that_runs_out_is_null() {
    let heap = heap_of(SIZE).unwrap();
    let l = layout(1000, 8);
    let blocks: Vec<_> =
        std::iter::repeat_with(|| unsafe { heap.alloc(l) }).take_while(|b| !b.is_null()).collect();
    assert!(blocks.len() > SIZE / 1100 && blocks.len() < SIZE / 1000);
    assert!(unsafe { heap.realloc(blocks[0], l, SIZE) }.is_null());
    for block in blocks {
        unsafe { heap.dealloc(block, l) };
    }
}

// SPDX-License-Identifier: MIT
//! Cairn as Rust's global allocator.
//!
//! In a program, [`ProgramHeap`]: it grows, and has a cache for each thread.
//!
//! ```
//! #[global_allocator]
//! static GLOBAL: cairn::ProgramHeap = cairn::ProgramHeap;
//!
//! fn main() {
//!     assert_eq!(vec![1, 2, 3].iter().sum::<i32>(), 6);
//! }
//! ```
//!
//! In a kernel, or on a board, [`Heap`]: it has the memory that it is given.
//!
//! ```no_run
//! #[global_allocator]
//! static GLOBAL: cairn::Heap = cairn::Heap::empty();
//!
//! static mut MEMORY: [u8; 1 << 20] = [0; 1 << 20];
//!
//! fn kernel_main() {
//!     unsafe { GLOBAL.init(core::ptr::addr_of_mut!(MEMORY).cast(), 1 << 20) }.unwrap();
//! }
//! # fn main() { kernel_main(); }
//! ```
//!
//! Rust tells a layout's size and alignment when it gives a block and when it takes it back, as Cairn
//! wants it. So nothing is added to a block, and each wrong free is found where it happens: Cairn
//! panics then (`cairn_host_panic`), not Rust, and nothing unwinds.
//!
//! What the crate links is libcairn.a; `build.rs` says where it comes from. A kernel or a board brings
//! the host's functions in C, as Cairn's docs/porting.md tells.
#![no_std]

use core::alloc::{GlobalAlloc, Layout};
use core::ptr::{null_mut, NonNull};
use core::sync::atomic::{AtomicPtr, Ordering};

/// An allocator of Cairn's; only C knows what it holds.
#[repr(C)]
struct Allocator {
    _private: [u8; 0],
}

extern "C" {
    fn cairn_rust_heap_begin(start: *mut u8, size: usize, error: *mut *const u8) -> *mut Allocator;
    fn cairn_rust_program_heap() -> *mut Allocator;
    fn cairn_rust_alloc(allocator: *mut Allocator, size: usize, align: usize) -> *mut u8;
    fn cairn_rust_alloc_zeroed(allocator: *mut Allocator, size: usize, align: usize) -> *mut u8;
    fn cairn_rust_dealloc(allocator: *mut Allocator, block: *mut u8, size: usize, align: usize);
    fn cairn_rust_realloc(
        allocator: *mut Allocator,
        block: *mut u8,
        size: usize,
        align: usize,
        new_size: usize,
    ) -> *mut u8;
}

/// Implements `GlobalAlloc` for a type whose `allocator()` is some, or none and then has no memory.
macro_rules! global_alloc {
    ($type:ty) => {
        unsafe impl GlobalAlloc for $type {
            unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
                match self.allocator() {
                    Some(it) => cairn_rust_alloc(it.as_ptr(), layout.size(), layout.align()),
                    None => null_mut(),
                }
            }

            unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
                match self.allocator() {
                    Some(it) => cairn_rust_alloc_zeroed(it.as_ptr(), layout.size(), layout.align()),
                    None => null_mut(),
                }
            }

            unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
                if let Some(it) = self.allocator() {
                    cairn_rust_dealloc(it.as_ptr(), block, layout.size(), layout.align());
                }
            }

            unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
                match self.allocator() {
                    Some(it) => {
                        let (size, align) = (layout.size(), layout.align());
                        cairn_rust_realloc(it.as_ptr(), block, size, align, new_size)
                    }
                    None => null_mut(),
                }
            }
        }
    };
}

/// The heap for a program on a POSIX system. It needs no initialisation.
pub struct ProgramHeap;

impl ProgramHeap {
    fn allocator(&self) -> Option<NonNull<Allocator>> {
        NonNull::new(unsafe { cairn_rust_program_heap() })
    }
}

global_alloc!(ProgramHeap);

/// A heap over one region of memory, under a lock that keeps interrupts off.
///
/// Until it is given memory it has none, and every allocation fails.
pub struct Heap {
    allocator: AtomicPtr<Allocator>,
}

impl Heap {
    /// A heap without memory.
    pub const fn empty() -> Self {
        Heap { allocator: AtomicPtr::new(null_mut()) }
    }

    /// Gives the heap its memory, of which it takes about 5 KiB for itself, and what its metadata needs.
    ///
    /// The error says why that memory does not do: it is too small, or passes the end of the address
    /// space. Then the heap is as it was.
    ///
    /// # Safety
    ///
    /// The memory may be written, is used by nobody else, and stays for as long as the heap. It is
    /// called once, before anything is allocated.
    pub unsafe fn init(&self, start: *mut u8, size: usize) -> Result<(), &'static str> {
        let mut error = core::ptr::null();
        let allocator = cairn_rust_heap_begin(start, size, &mut error);
        if allocator.is_null() {
            return Err(text_of(error));
        }
        self.allocator.store(allocator, Ordering::Release);
        Ok(())
    }

    fn allocator(&self) -> Option<NonNull<Allocator>> {
        NonNull::new(self.allocator.load(Ordering::Acquire))
    }
}

global_alloc!(Heap);

/// A constant text of C's. `core::ffi::CStr` is younger than the compilers that this is for.
unsafe fn text_of(text: *const u8) -> &'static str {
    let length = (0..).take_while(|&at| *text.add(at) != 0).count();
    core::str::from_utf8_unchecked(core::slice::from_raw_parts(text, length))
}

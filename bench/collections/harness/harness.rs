// SPDX-License-Identifier: MIT
//! harness.h for Rust: the program is a library with the table of rows, and harness.c has main().

use std::os::raw::{c_char, c_void};

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Row {
    pub name: *const c_char,
    pub make: extern "C" fn(usize) -> *mut c_void,
    pub run: Option<extern "C" fn(*mut c_void, usize) -> usize>,
    pub drop: extern "C" fn(*mut c_void),
    pub step: Option<extern "C" fn(*mut c_void, usize)>,
}

unsafe impl Sync for Row {}

#[cfg(item_size = "4")]
pub type Key = u32;
#[cfg(not(item_size = "4"))]
pub type Key = u64;

#[cfg(item_size = "64")]
const REST: usize = 56;
#[cfg(not(item_size = "64"))]
const REST: usize = 0;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Item {
    pub key: Key,
    rest: [u8; REST],
}

pub fn item_of(key: Key) -> Item {
    Item { key, rest: [0; REST] }
}

extern "C" {
    static harness_order: *const u32;
}

#[inline(always)]
pub fn random_place(place: usize) -> usize {
    unsafe { *harness_order.add(place) as usize }
}

#[inline(always)]
pub fn ordered_key_at(place: usize) -> Key {
    (place * 16 + 7) as Key
}

#[inline(always)]
pub fn key_at(place: usize) -> Key {
    ordered_key_at(random_place(place))
}

static mut STATE: u64 = 1;

/// See any_place() of items.h.
#[inline(always)]
pub fn any_place(count: usize) -> usize {
    unsafe {
        STATE = STATE.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((STATE >> 32) * count as u64 >> 32) as usize
    }
}

#[inline(always)]
pub fn missing_key_at(place: usize) -> Key {
    key_at(place) + 1
}

#[inline(always)]
pub fn keep(value: u64) {
    unsafe { std::arch::asm!("/* {} */", in(reg) value) }
}

pub fn owned<C>(made: C) -> *mut c_void {
    Box::into_raw(Box::new(made)) as *mut c_void
}

/// What `owned` gave, to be used.
#[inline(always)]
pub fn used<'a, C>(made: *mut c_void) -> &'a mut C {
    unsafe { &mut *(made as *mut C) }
}

pub fn drop_owned<C>(made: *mut c_void) {
    drop(unsafe { Box::from_raw(made as *mut C) })
}

/// `step!(push_one, push, vec: Items, place, { ... })` makes the step push_one(), and the module push
/// with what a row takes: push::each does it for each place, push::one does one.
#[macro_export]
macro_rules! step {
    ($name:ident, $module:ident, $made:ident: $type:ty, $place:ident, $body:block) => {
        #[inline(always)]
        fn $name($made: &mut $type, $place: usize) $body
        mod $module {
            use super::*;
            pub extern "C" fn each(made: *mut c_void, count: usize) -> usize {
                let made = used::<$type>(made);
                for place in 0..count {
                    $name(made, place);
                }
                count
            }
            #[allow(dead_code)]
            pub extern "C" fn one(made: *mut c_void, place: usize) {
                $name(used::<$type>(made), place)
            }
        }
    };
}

/// The table of rows, as harness.c looks for it.
#[macro_export]
macro_rules! rows {
    ($(($name:literal, $make:expr, $run:expr, $drop:expr, $step:expr)),* $(,)?) => {
        const TABLE: &[Row] = &[$(Row {
            name: concat!($name, "\0").as_ptr() as *const std::os::raw::c_char,
            make: $make,
            run: $run,
            drop: $drop,
            step: $step,
        }),*];
        #[no_mangle]
        pub static row_count: usize = TABLE.len();
        #[no_mangle]
        pub static rows: [Row; TABLE.len()] = {
            let mut table = [TABLE[0]; TABLE.len()];
            let mut place = 0;
            while place < TABLE.len() {
                table[place] = TABLE[place];
                place += 1;
            }
            table
        };
    };
}

// SPDX-License-Identifier: MIT
#![allow(non_upper_case_globals, dead_code)]
#[macro_use]
#[path = "../harness/harness.rs"]
mod harness;
use harness::*;
use std::os::raw::c_void;
use std::sync::{Arc as Shared, Weak};

include!("../harness/shared.rs");

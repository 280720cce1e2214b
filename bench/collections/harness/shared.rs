// SPDX-License-Identifier: MIT
// shared_rows.h for Rust: a program uses Rc or Arc as Shared, its Weak, and then includes this.

#[derive(Default)]
struct Handles {
    strong: Vec<Option<Shared<Item>>>,
    weak: Vec<Weak<Item>>,
}

extern "C" fn make_empty(count: usize) -> *mut c_void {
    owned(Handles { strong: vec![None; count], weak: Vec::new() })
}

extern "C" fn make_full(count: usize) -> *mut c_void {
    let strong: Vec<_> = (0..count).map(|place| Some(Shared::new(item_of(place as Key)))).collect();
    let weak = strong.iter().flatten().map(Shared::downgrade).collect();
    owned(Handles { strong, weak })
}

extern "C" fn drop_handles(made: *mut c_void) {
    drop_owned::<Handles>(made)
}

step!(create_one, create, handles: Handles, place, {
    handles.strong[place] = Some(Shared::new(item_of(place as Key)))
});

step!(clone_one, clone_drop, handles: Handles, place, {
    if let Some(strong) = handles.strong[random_place(place)].clone() {
        keep(strong.key as u64)
    }
});

step!(upgrade_one, upgrade_drop, handles: Handles, place, {
    if let Some(strong) = handles.weak[random_place(place)].upgrade() {
        keep(strong.key as u64)
    }
});

rows![
    ("create", make_empty, Some(create::each), drop_handles, Some(create::one)),
    ("clone_drop", make_full, Some(clone_drop::each), drop_handles, None),
    ("upgrade_drop", make_full, Some(upgrade_drop::each), drop_handles, None),
];

/* SPDX-License-Identifier: MIT */
/* Undefines a template's parameters and what <cairn/template_begin.h> made of them. No guard. */
#ifdef T_
#pragma GCC diagnostic pop
#endif

#undef T
#undef ITEM
#undef ITEM_DROP
#undef ITEM_CLONE
#undef KEY
#undef KEY_DROP
#undef KEY_CLONE
#undef VALUE
#undef VALUE_DROP
#undef VALUE_CLONE
#undef COMPARE
#undef HASH
#undef EQUAL
#undef SLICE
#undef VEC
#undef ONLY_TYPES
#undef ONLY_FUNCTIONS
#undef T_
#undef ITEM_LAYOUT
#undef KEY_LAYOUT
#undef VALUE_LAYOUT
#undef PUT_ITEM
#undef PUT_KEY
#undef PUT_VALUE
#undef DROP_ITEM
#undef DROP_KEY
#undef DROP_VALUE
#undef ITEM_MUST_USE
#undef KEY_MUST_USE
#undef VALUE_MUST_USE
#undef CLONE_WITH
#undef ITEMS_ARE_CLONABLE
#undef ITEMS_ARE_PLAIN
#undef TRY_CLONE_ITEM
#undef KEYS_ARE_CLONABLE
#undef KEYS_ARE_PLAIN
#undef TRY_CLONE_KEY
#undef VALUES_ARE_CLONABLE
#undef VALUES_ARE_PLAIN
#undef TRY_CLONE_VALUE
#undef ITEMS_ARE_EQUAL
#undef SCRATCH_ALLOCATOR

/* SPDX-License-Identifier: MIT */
/* Undefines a template's parameters and what <cairn/template_begin.h> made of them. No guard. */
#ifdef T_
#pragma GCC diagnostic pop
#endif

#undef T
#undef ITEM
#undef ITEM_DROP
#undef ITEM_CLONE
#undef ONLY_TYPES
#undef ONLY_FUNCTIONS
#undef T_
#undef ITEM_LAYOUT
#undef DROP_ITEM
#undef ITEM_MUST_USE
#undef ITEMS_ARE_CLONABLE
#undef ITEMS_ARE_PLAIN
#undef TRY_CLONE_ITEM

/* SPDX-License-Identifier: MIT */
/* Undefines what hash_map, hash_set and <cairn/template_hash.h> share. No guard. */
#undef IF_MAP
#undef CURRENT
#undef ENTRIES_ARE_CLONABLE
#undef ENTRIES_ARE_PLAIN
#undef T_PARTS
#undef T_ITERATOR
#undef SLOT_LAYOUT
#undef T_SHAPE
#undef TABLE
#undef SHARED_TEMPLATE
#undef FOR_SPEED
#undef ERROR
#undef IF_CHECKED
#undef NOTE_CHANGE

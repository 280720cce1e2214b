/* SPDX-License-Identifier: MIT */
/* Undefines what hash_map, hash_set and <cairn/template_hash.h> share. No guard. */
#undef IF_MAP
#undef CURRENT
#undef ENTRIES_ARE_CLONABLE
#undef ENTRIES_ARE_PLAIN
#undef T_PARTS
#undef T_ITERATOR
#undef SLOT_LAYOUT
#undef TABLE
#undef ERROR
#undef IF_CHECKED
#undef NOTE_CHANGE

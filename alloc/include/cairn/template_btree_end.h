/* SPDX-License-Identifier: MIT */
/* Undefines what btree_map, btree_set and <cairn/template_btree.h> share. No guard. */
#undef IF_MAP
#undef CURRENT
#undef VALUE_SIZE
#undef VALUES_OFFSET
#undef ENTRIES_ARE_CLONABLE
#undef T_PARTS
#undef T_NODE
#undef T_INTERNAL
#undef T_ITERATOR
#undef T_SHAPE
#undef IF_CHECKED
#undef NOTE_CHANGE
#undef IS_NUMBER
#undef SHARED_TEMPLATE
#undef FOR_SPEED

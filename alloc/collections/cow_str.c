/* SPDX-License-Identifier: MIT */
#include <cairn/cow_str.h>

void cairn_cow_str_drop(cairn_cow_str *self)
{
    if (cairn_cow_str_is_owned(self))
        cairn_string_drop(&self->string);
    *self = CAIRN_ZERO(cairn_cow_str);
}

enum cairn_collection_error cairn_cow_str_to_mut_(cairn_cow_str *self,
                                                  enum cairn_fallibility fallibility)
{
    cairn_string copy;
    if (cairn_cow_str_is_owned(self))
        return CAIRN_COLLECTION_OK;
    enum cairn_collection_error error = cairn_string_from_in_(
        &copy, self->string.allocator, cairn_cow_str_as_str(self), fallibility);
    if (!error)
        self->string = copy;
    return error;
}

enum cairn_collection_error cairn_cow_str_clone_(cairn_cow_str *self, const cairn_cow_str *from,
                                                 enum cairn_fallibility fallibility)
{
    *self = *from;
    if (!cairn_cow_str_is_owned(from))
        return CAIRN_COLLECTION_OK;
    return cairn_string_from_in_(&self->string, from->string.allocator, cairn_cow_str_as_str(from),
                                 fallibility);
}

enum cairn_collection_error cairn_cow_str_from_utf8_lossy_in_(cairn_cow_str *self,
                                                              struct cairn_allocator *allocator,
                                                              const char *bytes, size_t length,
                                                              enum cairn_fallibility fallibility)
{
    cairn_str text;
    if (cairn_str_from_bytes(&text, bytes, length, NULL)) {
        *self = cairn_cow_str_borrowed_in(allocator, text);
        return CAIRN_COLLECTION_OK;
    }
    self->string = cairn_string_new_in(allocator);
    enum cairn_collection_error error =
        cairn_string_push_utf8_lossy_(&self->string, bytes, length, fallibility);
    if (error)
        cairn_string_drop(&self->string);
    return error;
}

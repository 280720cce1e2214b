/* SPDX-License-Identifier: MIT */
/* What a try_ form of a collection must have returned. */
#ifndef EXPECT_ERROR_H
#define EXPECT_ERROR_H

#include "test.h"

#include <cairn/collection.h>

#define expect_ok(result)        assert_int_equal(result, CAIRN_COLLECTION_OK)
#define expect_no_memory(result) assert_int_equal(result, CAIRN_COLLECTION_NO_MEMORY)
#define expect_too_large(result) assert_int_equal(result, CAIRN_COLLECTION_TOO_LARGE)

#endif

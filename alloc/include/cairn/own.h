/* SPDX-License-Identifier: MIT */
/*
 * Ownership that shows at the call.
 *
 *     owned(vec_job) jobs = {0};          dropped at the end of the scope, however it is left
 *     vec_job_push(&jobs, take(job));     moved out: `job` is now the empty value
 *
 * They rest on two rules that every owning type here keeps: zero is the empty value, and dropping
 * the empty value does nothing.
 *
 * In C++ they are not there, for their names are taken (std::views::take): there a destructor drops,
 * and std::exchange(job, {}) moves out.
 */
#ifndef CAIRN_OWN_H
#define CAIRN_OWN_H

#ifndef __cplusplus

/*
 * Declares a variable of `type` whose end of scope calls type_drop(&variable). It may be held for
 * that alone, so it counts as used.
 *
 * Needs: it is initialised at once, or written before any way out of the scope.
 */
#define owned(type) __attribute__((cleanup(type##_drop), unused)) type

/* Gives the value of `variable` and leaves the empty value in it. */
#define take(variable)                                   \
    (__extension__({                                     \
        __typeof__(variable) *taken_from_ = &(variable); \
        __typeof__(variable) taken_ = *taken_from_;      \
        *taken_from_ = (__typeof__(variable)){0};        \
        taken_;                                          \
    }))

/*
 * vec_of(vec_int, 1, 2, 3): a collection of these items, which are moved in. It serves each that has
 * T_from_items(); try_vec_of(vec_int, &self, 1, 2, 3) gives an error instead.
 */
#define vec_of(type, ...)           type##_from_items(CAIRN_ITEMS_OF(type, __VA_ARGS__))
#define try_vec_of(type, self, ...) type##_try_from_items((self), CAIRN_ITEMS_OF(type, __VA_ARGS__))

/* Items as two arguments: an array of them, and how many there are. */
#define CAIRN_ITEM_OF(type) __typeof__(*((type *)0)->items)
#define CAIRN_ITEMS_OF(type, ...)         \
    (CAIRN_ITEM_OF(type)[]){__VA_ARGS__}, \
        sizeof((CAIRN_ITEM_OF(type)[]){__VA_ARGS__}) / sizeof(CAIRN_ITEM_OF(type))

#endif
#endif

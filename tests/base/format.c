/* SPDX-License-Identifier: MIT */
/*
 * The formatter's hard cases, by hand. Each text is also what the host's vsnprintf gives, where
 * the host defines it; format_fuzz.c looks for the cases that nobody thought of.
 */
#include "test.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <cairn/base/format.h>

/* No format attribute on these: many of the cases are ones that compilers rightly warn of. */
static void expect_cairn(const char *expected, const char *format, va_list arguments)
{
    char text[1024];
    size_t length = cairn_format_buffer_list(text, sizeof(text), format, arguments);
    assert_string_equal(text, expected);
    assert_int_equal(length, strlen(expected));
}

static void expect_host(const char *expected, const char *format, va_list arguments)
{
    char text[1024];
    int length = vsnprintf(text, sizeof(text), format, arguments);
    assert_string_equal(text, expected);
    assert_int_equal(length, strlen(expected));
}

static void expect(const char *expected, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    expect_cairn(expected, format, arguments);
    va_end(arguments);
    va_start(arguments, format);
    expect_host(expected, format, arguments);
    va_end(arguments);
}

static void expect_only_cairn(const char *expected, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    expect_cairn(expected, format, arguments);
    va_end(arguments);
}

static void plain_text(void **state)
{
    (void)state;
    expect("", "");
    expect("Hello World!", "Hello World!");
    expect("100%", "100%%");
    expect("%%", "%%%%");
    expect("\xff\x80", "\xff\x80");
    expect("1a2b3", "%da%db%d", 1, 2, 3);
}

static void signed_integers(void **state)
{
    (void)state;
    expect("0", "%d", 0);
    expect("-1", "%i", -1);
    expect("2147483647", "%d", INT_MAX);
    expect("-2147483648", "%d", INT_MIN);
    expect("-9223372036854775808", "%ld", LONG_MIN);
    expect("9223372036854775807", "%lld", LLONG_MAX);
    expect("-9223372036854775808", "%jd", INTMAX_MIN);
    expect("-1", "%zd", (size_t)-1);
    expect("-9223372036854775808", "%td", PTRDIFF_MIN);
}

static void narrow_lengths_cut(void **state)
{
    (void)state;
    expect("-128", "%hhd", 128);
    expect("127", "%hhd", 0x17f);
    expect("-32768", "%hd", 0x8000);
    expect("0", "%hhu", 256);
    expect("255", "%hhu", -1);
    expect("ffff", "%hx", -1);
    expect("377", "%hho", -1);
}

static void unsigned_integers(void **state)
{
    (void)state;
    expect("4294967295", "%u", UINT_MAX);
    expect("18446744073709551615", "%lu", ULONG_MAX);
    expect("ffffffffffffffff", "%llx", ULLONG_MAX);
    expect("FFFFFFFFFFFFFFFF", "%zX", SIZE_MAX);
    expect("1777777777777777777777", "%jo", UINTMAX_MAX);
    expect("ffffffffffffffff", "%tx", (ptrdiff_t)-1);
    expect("deadbeef", "%x", 0xdeadbeef);
    expect("1", "%+u", 1U);
    expect("1", "% x", 1U);
}

static void signs(void **state)
{
    (void)state;
    expect("+5", "%+d", 5);
    expect("-5", "%+d", -5);
    expect("+0", "%+d", 0);
    expect(" 5", "% d", 5);
    expect("-5", "% d", -5);
    expect("+5", "% +d", 5);
    expect("+", "%+.0d", 0);
}

static void alternate_form(void **state)
{
    (void)state;
    expect("0xff", "%#x", 255);
    expect("0XFF", "%#X", 255);
    expect("0", "%#x", 0);
    expect("017", "%#o", 15);
    expect("0", "%#o", 0);
    expect("0", "%#.0o", 0);
    expect("", "%#.0x", 0);
    expect("017", "%#.3o", 15);
    expect("0017", "%#.4o", 15);
    expect("0x0000ff", "%#08x", 255);
    expect("    0xff", "%#8x", 255);
    expect("  0x00ff", "%#8.4x", 255);
    expect("00000017", "%#08o", 15);
}

static void widths(void **state)
{
    (void)state;
    expect("    1", "%5d", 1);
    expect("1    ", "%-5d", 1);
    expect("12345", "%3d", 12345);
    expect("00001", "%05d", 1);
    expect("-0001", "%05d", -1);
    expect("+0001", "%+05d", 1);
    expect("1    ", "%-05d", 1);
    expect("1    ", "%0-5d", 1);
    expect("0", "%01d", 0);
    expect("0", "%0x", 0);
    expect("000", "%03x", 0);
    expect("|    a|a    |", "|%5s|%-5s|", "a", "a");
    expect("|  a|a  |", "|%3c|%-3c|", 'a', 'a');
}

static void wider_than_a_run_of_padding(void **state)
{
    (void)state;
    expect("                                                                1", "%65d", 1);
    expect("1                                                                ", "%-65d", 1);
    expect("00000000000000000000000000000000000000000000000000000000000000001", "%065d", 1);
    expect("0000000000000000000000000000000000000000000000000000000000000001", "%.64d", 1);
    expect("00000000000000000000000000000000", "%032d", 0);
    expect("000000000000000000000000000000000", "%033d", 0);
}

static void precisions(void **state)
{
    (void)state;
    expect("00042", "%.5d", 42);
    expect("-00042", "%.5d", -42);
    expect("42", "%.1d", 42);
    expect("", "%.0d", 0);
    expect("", "%.d", 0);
    expect("     ", "%5.0d", 0);
    expect("1", "%.0d", 1);
    expect("  00042", "%7.5d", 42);
    expect("00042  ", "%-7.5d", 42);
    expect("  00042", "%07.5d", 42);
    expect("     ", "%05.0d", 0);
}

static void widths_and_precisions_from_arguments(void **state)
{
    (void)state;
    expect("    1", "%*d", 5, 1);
    expect("1    ", "%*d", -5, 1);
    expect("1    ", "%0*d", -5, 1);
    expect("00001", "%.*d", 5, 1);
    expect("1", "%.*d", -5, 1);
    expect("00001", "%0*.*d", 5, -1, 1);
    expect("  001", "%*.*d", 5, 3, 1);
    expect("", "%.*d", 0, 0);
    expect("ab   |", "%-*.*s|", 5, 2, "abcdef");
}

static void strings(void **state)
{
    (void)state;
    expect("abc", "%s", "abc");
    expect("", "%s", "");
    expect("ab", "%.2s", "abc");
    expect("abc", "%.9s", "abc");
    expect("", "%.0s", "abc");
    expect("", "%.s", "abc");
    expect("abc", "%.*s", -1, "abc");
}

static void a_string_is_read_no_further_than_its_precision(void **state)
{
    (void)state;
    const char unterminated[] = {'a', 'b', 'c'};
    expect("abc", "%.3s", unterminated);
    expect_only_cairn("", "%.0s", unterminated + 3); /* AddressSanitizer's vsnprintf reads it */
}

static void null_strings(void **state)
{
    (void)state;
    expect("(null)", "%s", (char *)NULL);
    expect("  (null)", "%8s", (char *)NULL);
    expect("(null)  ", "%-8s", (char *)NULL);
    expect("(null)", "%.6s", (char *)NULL);
    expect("", "%.5s", (char *)NULL);
    expect("    ", "%4.0s", (char *)NULL);
}

static void characters(void **state)
{
    (void)state;
    expect("x", "%c", 'x');
    expect("x", "%c", 'x' + 256);
    char text[4];
    assert_int_equal(cairn_format_buffer(text, sizeof(text), "%c%c%c", 'a', 0, 'b'), 3);
    assert_memory_equal(text, "a\0b", 4);
}

static void pointers(void **state)
{
    (void)state;
    expect("0x444444440000", "%p", (void *)0x444444440000);
    expect("0xffffffffffffffff", "%p", (void *)UINTPTR_MAX);
    expect("      0x10", "%10p", (void *)16);
    expect("0x10      ", "%-10p", (void *)16);
    expect("0x00000010", "%010p", (void *)16);
    expect("0x0010", "%.4p", (void *)16);
    expect("+0x10", "%+p", (void *)16);
    expect("(nil)", "%p", NULL);
    expect("   (nil)", "%8p", NULL);
    expect("(nil)", "%.2p", NULL);
}

/* Each unsupported conversion stands before a %d, which shows that it took no argument. */
static void unsupported_conversions_stand(void **state)
{
    (void)state;
    expect_only_cairn("%f 7", "%f %d", 7);
    expect_only_cairn("%-+8.3Lf 7", "%-+8.3Lf %d", 7);
    expect_only_cairn("%*.*e 7", "%*.*e %d", 7);
    expect_only_cairn("%n 7", "%n %d", 7);
    expect_only_cairn("%hhn 7", "%hhn %d", 7);
    expect_only_cairn("%ls %lc 7", "%ls %lc %d", 7);
    expect_only_cairn("%lp 7", "%lp %d", 7);
    expect_only_cairn("%'d 7", "%'d %d", 7);
    expect_only_cairn("%1$d 7", "%1$d %d", 7);
    expect_only_cairn("%lld 7", "%%lld %d", 7);
    expect_only_cairn("%llld 7", "%llld %d", 7);
    expect_only_cairn("%hz 7", "%hz %d", 7);
    expect_only_cairn("%y\n7", "%y\n%d", 7);
}

static void formats_that_end_too_early_stand(void **state)
{
    (void)state;
    expect_only_cairn("%", "%");
    expect_only_cairn("7%", "%d%", 7);
    expect_only_cairn("%-+ #0", "%-+ #0");
    expect_only_cairn("%12", "%12");
    expect_only_cairn("%12.", "%12.");
    expect_only_cairn("%*.*", "%*.*");
    expect_only_cairn("%ll", "%ll");
    expect_only_cairn("%h", "%h");
}

static void a_percent_sign_has_no_width(void **state)
{
    (void)state;
    expect_only_cairn("%7", "%5%%d", 7);
    expect_only_cairn("%7", "%*.*%%d", 9, 9, 7);
}

static void extents_above_an_int_stand(void **state)
{
    (void)state;
    expect_only_cairn("%2147483648d 7", "%2147483648d %d", 7);
    expect_only_cairn("%.2147483648d 7", "%.2147483648d %d", 7);
    expect_only_cairn("%99999999999999999999999999d 7", "%99999999999999999999999999d %d", 7);
    expect_only_cairn("abc", "%.2147483647s", "abc");
}

/* It may read on to the end of a word, but not of the page: the next one cannot be read. */
static void a_text_may_end_where_memory_does(void **state)
{
    (void)state;
    enum { PAGE = 4096, LONGEST = 40 };
    char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(pages, MAP_FAILED);
    memset(pages, 'x', PAGE);
    assert_int_equal(mprotect(pages + PAGE, PAGE, PROT_NONE), 0);
    char shown[LONGEST + 1];
    for (int length = 0; length <= LONGEST; length++)
        assert_int_equal(
            cairn_format_buffer(shown, sizeof(shown), "%.*s", length, pages + PAGE - length),
            length);
    pages[PAGE - 1] = '\0';
    for (int length = 0; length < LONGEST; length++)
        assert_int_equal(cairn_format_buffer(shown, sizeof(shown), "%s", pages + PAGE - 1 - length),
                         length);
    assert_int_equal(munmap(pages, 2 * PAGE), 0);
}

/* What a sink saw. */
struct recording {
    struct cairn_sink sink;
    unsigned calls;
    size_t length;
    bool empty_call;
    size_t longest;
};

static void record(struct cairn_sink *self, const char *text, size_t length)
{
    struct recording *recording = (struct recording *)self;
    assert_non_null(text);
    recording->calls++;
    recording->length += length;
    recording->empty_call |= length == 0;
    recording->longest = length > recording->longest ? length : recording->longest;
}

#define expect_calls(expected, ...)                                  \
    do {                                                             \
        struct recording recording = {.sink.write = record};         \
        size_t written = cairn_format(&recording.sink, __VA_ARGS__); \
        assert_int_equal(recording.calls, expected);                 \
        assert_int_equal(recording.length, written);                 \
        assert_false(recording.empty_call);                          \
    } while (0)

static void the_sink_is_called_once_for_each_run(void **state)
{
    (void)state;
    const char *empty = "";
    expect_calls(0, "%s", empty);
    expect_calls(1, "text");
    expect_calls(1, "%s", "text");
    expect_calls(1, "%d", 12345);
    expect_calls(2, "%d", -12345);
    expect_calls(3, "a%db", 1);
    expect_calls(4, "%+8.4d", 12);  /* spaces, sign, zeros, digits */
    expect_calls(3, "%-#8x", 0x12); /* prefix, digits, spaces */
    expect_calls(4, "%100s", "");   /* 32 + 32 + 32 + 4 spaces */
    expect_calls(3, "%96s", "");
}

/* Two billion spaces take a sink that only counts them no memory. */
static void the_widest_width_counts(void **state)
{
    (void)state;
    struct recording recording = {.sink.write = record};
    assert_int_equal(cairn_format(&recording.sink, "%*c", 1 << 20, 'x'), 1 << 20);
    assert_int_equal(recording.length, 1 << 20);
    expect_between(recording.longest, 1, 32);
}

static void a_buffer_is_cut_and_terminated(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 12; size++) {
        char text[16];
        memset(text, '#', sizeof(text));
        assert_int_equal(cairn_format_buffer(text, size, "abc%05dxyz", 42), 11);
        assert_memory_equal(text, "abc00042xyz", size - 1);
        assert_int_equal(text[size - 1], '\0');
        assert_int_equal(text[size], '#');
    }
}

static void a_buffer_of_no_bytes_is_not_touched(void **state)
{
    (void)state;
    char byte = '#';
    assert_int_equal(cairn_format_buffer(&byte, 0, "%s", "abc"), 3);
    assert_int_equal(byte, '#');
    assert_int_equal(cairn_format_buffer(NULL, 0, "%s", "abc"), 3);
}

static size_t format_twice(char *text, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t first = cairn_format_buffer_list(text, size, format, arguments);
    size_t second = cairn_format_buffer_list(text + first, size - first, format, arguments);
    va_end(arguments);
    return first + second;
}

/* The list is the caller's: it may be used again. C's vsnprintf leaves it in an unknown state. */
static void an_argument_list_is_left_as_it_was(void **state)
{
    (void)state;
    char text[16];
    assert_int_equal(format_twice(text, sizeof(text), "%d%s", 12, "ab"), 8);
    assert_string_equal(text, "12ab12ab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text),
        cmocka_unit_test(signed_integers),
        cmocka_unit_test(narrow_lengths_cut),
        cmocka_unit_test(unsigned_integers),
        cmocka_unit_test(signs),
        cmocka_unit_test(alternate_form),
        cmocka_unit_test(widths),
        cmocka_unit_test(wider_than_a_run_of_padding),
        cmocka_unit_test(precisions),
        cmocka_unit_test(widths_and_precisions_from_arguments),
        cmocka_unit_test(strings),
        cmocka_unit_test(a_string_is_read_no_further_than_its_precision),
        cmocka_unit_test(null_strings),
        cmocka_unit_test(characters),
        cmocka_unit_test(pointers),
        cmocka_unit_test(unsupported_conversions_stand),
        cmocka_unit_test(formats_that_end_too_early_stand),
        cmocka_unit_test(a_percent_sign_has_no_width),
        cmocka_unit_test(extents_above_an_int_stand),
        cmocka_unit_test(a_text_may_end_where_memory_does),
        cmocka_unit_test(the_sink_is_called_once_for_each_run),
        cmocka_unit_test(the_widest_width_counts),
        cmocka_unit_test(a_buffer_is_cut_and_terminated),
        cmocka_unit_test(a_buffer_of_no_bytes_is_not_touched),
        cmocka_unit_test(an_argument_list_is_left_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

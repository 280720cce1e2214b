/* SPDX-License-Identifier: MIT */
/* String beside std::string, which holds the same bytes. */
#include "beside.hpp"

#include <algorithm>
#include <cstring>

#include <cairn/string.h>

using beside::choices;
using beside::expect;

namespace
{

/* One of each length, and one of two bytes twice, so that texts repeat. */
struct letter {
    cairn_char character;
    const char *bytes;
};
const letter letters[] = {
    {'a', "a"},
    {'b', "b"},
    {0xe9, "\xc3\xa9"},
    {0x20ac, "\xe2\x82\xac"},
    {0x1f600, "\xf0\x9f\x98\x80"},
};
const letter &choose_letter(choices &choose)
{
    return letters[choose.below(5)];
}

const char *const words[] = {"", "a", "ab", "aab", "\xc3\xa9\x61", "b\xe2\x82\xac\xf0\x9f\x98\x80"};
const char *choose_word(choices &choose)
{
    return words[choose.below(6)];
}

cairn_str str_of(const char *text)
{
    return {text, std::strlen(text)};
}

bool is_start(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

std::vector<int> bytes_of(const char *bytes, size_t length)
{
    return {(const unsigned char *)bytes, (const unsigned char *)bytes + length};
}

struct pair {
    cairn_string ours = {};
    std::string theirs;

    pair() = default;
    pair(const pair &) = delete;
    pair &operator=(const pair &) = delete;
    ~pair()
    {
        cairn_string_drop(&ours);
    }

    std::vector<int> our_values() const
    {
        return bytes_of(ours.bytes, ours.length);
    }
    std::vector<int> their_values() const
    {
        return bytes_of(theirs.data(), theirs.size());
    }

    cairn_str view() const
    {
        return cairn_string_as_str(&ours);
    }
    /* The byte at which one of the characters begins, or the text ends. */
    size_t choose_boundary(choices &choose) const
    {
        size_t index = choose.below(theirs.size() + 1);
        while (index < theirs.size() && !is_start(theirs[index]))
            index--;
        return index;
    }
    std::pair<size_t, size_t> choose_range(choices &choose) const
    {
        size_t one = choose_boundary(choose), other = choose_boundary(choose);
        return {std::min(one, other), std::max(one, other)};
    }
    /* Where the character ends that begins there. */
    size_t end_of(size_t index) const
    {
        do
            index++;
        while (index < theirs.size() && !is_start(theirs[index]));
        return index;
    }
    void keep_short()
    {
        if (theirs.size() <= 200)
            return;
        cairn_string_clear(&ours);
        theirs.clear();
    }
};

bool is_not_a(cairn_char character, void *)
{
    return character != 'a';
}

const beside::operation<pair> operations[] = {
    {"push", 30,
     [](pair &both, choices &choose) {
         const letter &chosen = choose_letter(choose);
         cairn_string_push(&both.ours, chosen.character);
         both.theirs += chosen.bytes;
     }},
    {"push_str", 10,
     [](pair &both, choices &choose) {
         const char *word = choose_word(choose);
         cairn_string_push_str(&both.ours, str_of(word));
         both.theirs += word;
     }},
    {"push_itself", 1,
     [](pair &both, choices &) {
         cairn_string_push_str(&both.ours, both.view());
         both.theirs += std::string(both.theirs);
         both.keep_short();
     }},
    {"pop", 5,
     [](pair &both, choices &) {
         cairn_char character;
         bool popped = cairn_string_pop(&both.ours, &character);
         expect(popped == !both.theirs.empty(), "pop gave the wrong answer");
         while (!both.theirs.empty() && !is_start(both.theirs.back()))
             both.theirs.pop_back();
         if (popped)
             both.theirs.pop_back();
     }},
    {"insert", 5,
     [](pair &both, choices &choose) {
         size_t index = both.choose_boundary(choose);
         const letter &chosen = choose_letter(choose);
         cairn_string_insert(&both.ours, index, chosen.character);
         both.theirs.insert(index, chosen.bytes);
     }},
    {"replace_range", 10,
     [](pair &both, choices &choose) {
         auto [from, to] = both.choose_range(choose);
         const char *word = choose_word(choose);
         cairn_string_replace_range(&both.ours, from, to, str_of(word));
         both.theirs.replace(from, to - from, word);
     }},
    {"remove", 5,
     [](pair &both, choices &choose) {
         size_t index = both.choose_boundary(choose);
         if (index == both.theirs.size())
             return;
         char bytes[4];
         size_t length = cairn_char_encode_utf8(cairn_string_remove(&both.ours, index), bytes);
         size_t end = both.end_of(index);
         expect(both.theirs.substr(index, end - index) == std::string(bytes, length),
                "another character was removed");
         both.theirs.erase(index, end - index);
     }},
    {"drain", 3,
     [](pair &both, choices &choose) {
         auto [from, to] = both.choose_range(choose);
         cairn_string_drain(&both.ours, from, to);
         both.theirs.erase(from, to - from);
     }},
    {"truncate", 2,
     [](pair &both, choices &choose) {
         size_t length = both.choose_boundary(choose);
         cairn_string_truncate(&both.ours, length);
         both.theirs.resize(length);
     }},
    {"split_off", 2,
     [](pair &both, choices &choose) {
         size_t index = both.choose_boundary(choose);
         cairn_string tail = cairn_string_split_off(&both.ours, index);
         bool is_same =
             both.theirs.substr(index) == std::string(tail.bytes ? tail.bytes : "", tail.length);
         cairn_string_drop(&tail);
         expect(is_same, "the tail differs");
         both.theirs.erase(index);
     }},
    {"retain_not_a", 2,
     [](pair &both, choices &) {
         cairn_string_retain(&both.ours, is_not_a, nullptr);
         std::erase(both.theirs, 'a');
     }},
    {"find", 10,
     [](pair &both, choices &choose) {
         const char *word = choose_word(choose);
         size_t first = std::string::npos, last = std::string::npos;
         (void)!cairn_str_find(both.view(), str_of(word), &first);
         (void)!cairn_str_rfind(both.view(), str_of(word), &last);
         expect(first == both.theirs.find(word) && last == both.theirs.rfind(word),
                "it was found elsewhere");
     }},
    {"replace", 3,
     [](pair &both, choices &choose) {
         const char *part = words[1 + choose.below(5)], *by = choose_word(choose);
         cairn_string replaced = {};
         cairn_string_push_replaced(&replaced, both.view(), str_of(part), str_of(by), SIZE_MAX);
         cairn_string_drop(&both.ours);
         both.ours = replaced;
         for (size_t at = 0; (at = both.theirs.find(part, at)) != std::string::npos;
              at += std::strlen(by))
             both.theirs.replace(at, std::strlen(part), by);
         both.keep_short();
     }},
    {"compare", 5,
     [](pair &both, choices &choose) {
         auto [from, to] = both.choose_range(choose);
         int ours = cairn_str_compare(both.view(), cairn_str_slice(both.view(), from, to));
         int theirs = both.theirs.compare(both.theirs.substr(from, to - from));
         expect((ours > 0) == (theirs > 0) && (ours < 0) == (theirs < 0), "the order differs");
     }},
    {"format", 5,
     [](pair &both, choices &choose) {
         int value = choose.value();
         cairn_string_format(&both.ours, "%d/%s", value, "\xc3\xa9");
         both.theirs += std::to_string(value) + "/\xc3\xa9";
     }},
    {"uppercase", 1,
     [](pair &both, choices &) {
         cairn_string_make_ascii_uppercase(&both.ours);
         for (char &byte : both.theirs)
             byte = byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte;
     }},
    {"shrink_to_fit", 2,
     [](pair &both, choices &) {
         cairn_string_shrink_to_fit(&both.ours);
         both.theirs.shrink_to_fit();
     }},
    {"clear", 1,
     [](pair &both, choices &) {
         cairn_string_clear(&both.ours);
         both.theirs.clear();
     }},
};

} // namespace

int main()
{
    return beside::run(operations);
}

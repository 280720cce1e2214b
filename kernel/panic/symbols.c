/* SPDX-License-Identifier: MIT */
#include "symbols.h"

#include "symbol_table.h"

/* Where the linker put the table: kernel/boot/kernel.ld. Both are the same in the first link. */
extern const uint8_t symbols_begin[], symbols_end[];

/* The table's parts, one after the other. */
struct table {
    struct symbol_table_header header;
    const struct symbol_table_function *functions;
    const struct symbol_table_line *lines;
    const struct symbol_table_inlined *inlined;
    const symbol_table_file *files;
    const char *text;
};

static uint64_t size_of_parts(const struct symbol_table_header *header)
{
    return sizeof(*header) +
           (uint64_t)header->function_count * sizeof(struct symbol_table_function) +
           (uint64_t)header->line_count * sizeof(struct symbol_table_line) +
           (uint64_t)header->inlined_count * sizeof(struct symbol_table_inlined) +
           (uint64_t)header->file_count * sizeof(symbol_table_file) + header->text_size;
}

static struct table parts_behind(const struct symbol_table_header *header)
{
    struct table table = {.header = *header};
    table.functions = (const struct symbol_table_function *)(header + 1);
    table.lines = (const struct symbol_table_line *)(table.functions + header->function_count);
    table.inlined = (const struct symbol_table_inlined *)(table.lines + header->line_count);
    table.files = (const symbol_table_file *)(table.inlined + header->inlined_count);
    table.text = (const char *)(table.files + header->file_count);
    return table;
}

static struct table open_table(const void *bytes, uint64_t size)
{
    const struct symbol_table_header *header = bytes;
    if (size < sizeof(*header) || header->magic != SYMBOL_TABLE_MAGIC ||
        size_of_parts(header) > size)
        return (struct table){0};
    struct table table = parts_behind(header);
    if (header->text_size > 0 && table.text[header->text_size - 1] != '\0')
        return (struct table){0};
    return table;
}

/* How many of `count` entries, `stride` bytes apart and sorted, start at or before the address. */
static uint32_t count_up_to(const void *entries, uint32_t count, size_t stride, uint32_t address)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        /* The start is the first member of every kind of entry. */
        uint32_t start = *(const uint32_t *)((const uint8_t *)entries + middle * stride);
        if (start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const char *text_at(const struct table *table, uint32_t position)
{
    return position < table->header.text_size ? &table->text[position] : NULL;
}

static const char *file_name(const struct table *table, uint32_t file)
{
    return file < table->header.file_count ? text_at(table, table->files[file]) : NULL;
}

static void find_function(const struct table *table, uint32_t address, struct code_place *place)
{
    uint32_t count = count_up_to(table->functions, table->header.function_count,
                                 sizeof(struct symbol_table_function), address);
    if (count == 0)
        return;
    const struct symbol_table_function *function = &table->functions[count - 1];
    if (address - function->start >= function->size)
        return;
    place->function = text_at(table, function->name);
    place->offset = address - function->start;
}

static void find_line(const struct table *table, uint32_t address, struct code_place *place)
{
    uint32_t count = count_up_to(table->lines, table->header.line_count,
                                 sizeof(struct symbol_table_line), address);
    if (count == 0)
        return;
    const struct symbol_table_line *line = &table->lines[count - 1];
    place->file = file_name(table, line->file);
    place->line = line->line;
}

/*
 * Steps from places[0], where the function and the line are known, into an inlined call that it
 * makes: the innermost line moves with it, and what stays is where the call stands.
 */
static void step_into(const struct table *table, const struct symbol_table_inlined *call,
                      struct code_place places[], size_t count)
{
    for (size_t i = count; i > 0; i--)
        places[i] = places[i - 1];
    places[0].function = text_at(table, call->name);
    places[0].is_inlined = true;
    places[0].offset = 0;
    places[1].file = file_name(table, call->call_file);
    places[1].line = call->call_line;
}

size_t code_places_in(const void *bytes, size_t size, uint64_t address,
                      struct code_place places[CODE_PLACES_MAX])
{
    struct table table = open_table(bytes, size);
    places[0] = (struct code_place){0};
    if (address < SYMBOL_TABLE_BASE)
        return 1;
    uint32_t distance = (uint32_t)(address - SYMBOL_TABLE_BASE); /* the base is the last 2 GiB */
    find_function(&table, distance, &places[0]);
    find_line(&table, distance, &places[0]);
    size_t count = 1;
    for (uint32_t i = 0; i < table.header.inlined_count && count < CODE_PLACES_MAX; i++)
        if (table.inlined[i].start <= distance && distance < table.inlined[i].end)
            step_into(&table, &table.inlined[i], places, count++);
    return count;
}

size_t code_places_of(uint64_t address, struct code_place places[CODE_PLACES_MAX])
{
    size_t size = (size_t)((uint64_t)symbols_end - (uint64_t)symbols_begin);
    return code_places_in(symbols_begin, size, address, places);
}

/* SPDX-License-Identifier: MIT */
/*
 * symbols KERNEL.elf TABLE: writes the table of functions and lines that the kernel's backtraces
 * are made from. The table is described in kernel/panic/symbol_table.h.
 *
 * The idea: functions come from the ELF symbol table, lines and inlined calls from DWARF
 * through elfutils' libdw, which reads every version of it. They are collected, sorted and thinned
 * out (aliases of a function; rows that say the same as the row before), then written in one go.
 * The same ELF file gives the same bytes.
 *
 * What it is bad at: it reads the whole program into memory and looks strings up in linear time,
 * which is nothing for a kernel of this size.
 */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kernel/panic/symbol_table.h"

static const char *program_path;

__attribute__((format(printf, 1, 2))) _Noreturn static void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "symbols: %s: ", program_path);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

/* Makes room for one more item of `size` bytes when `count` fill the array, or fails. */
static void *grow(void *items, size_t count, size_t size)
{
    bool is_full = (count & (count - 1)) == 0; /* capacities are powers of two */
    if (!is_full)
        return items;
    void *larger = realloc(items, (count ? 2 * count : 1) * size);
    if (!larger)
        fail("out of memory");
    return larger;
}

/* ---- What is collected ---------------------------------------------------------------------- */

struct function {
    uint64_t start, size;
    const char *name; /* libelf's */
    bool is_global;
};

struct row {
    uint64_t start;
    uint32_t file; /* SYMBOL_TABLE_NO_FILE for the end of what is known */
    uint32_t line;
    uint32_t order; /* as DWARF has it: of two rows at an address the later one holds */
};

/* A stretch of an inlined function's code. A function may have several. */
struct inlined {
    uint64_t start, end;
    const char *name; /* libdw's */
    uint32_t call_file, call_line;
    uint32_t order; /* as DWARF has it: the outer one first */
};

static struct function *functions;
static size_t function_count;
static struct row *rows;
static size_t row_count;
static struct inlined *inlined_calls;
static size_t inlined_count;
static const char **files; /* libdw's */
static size_t file_count;

static bool is_in_the_kernel(uint64_t address)
{
    return address >= SYMBOL_TABLE_BASE;
}

static uint32_t distance(uint64_t address)
{
    return (uint32_t)(address - SYMBOL_TABLE_BASE);
}

/* ---- Functions ------------------------------------------------------------------------------ */

static void add_function(const GElf_Sym *symbol, const char *name)
{
    functions = grow(functions, function_count, sizeof(*functions));
    functions[function_count++] = (struct function){
        .start = symbol->st_value,
        .size = symbol->st_size,
        .name = name,
        .is_global = GELF_ST_BIND(symbol->st_info) != STB_LOCAL,
    };
}

static void collect_functions_of(Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    if (!data)
        fail("the symbol table cannot be read: %s", elf_errmsg(-1));
    for (size_t i = 0; i < header->sh_size / header->sh_entsize; i++) {
        GElf_Sym symbol;
        if (!gelf_getsym(data, (int)i, &symbol))
            fail("symbol %zu cannot be read: %s", i, elf_errmsg(-1));
        if (GELF_ST_TYPE(symbol.st_info) == STT_FUNC && symbol.st_shndx != SHN_UNDEF &&
            is_in_the_kernel(symbol.st_value))
            add_function(&symbol, elf_strptr(elf, header->sh_link, symbol.st_name));
    }
}

static void collect_functions(Elf *elf)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    while ((section = elf_nextscn(elf, section))) {
        if (!gelf_getshdr(section, &header))
            fail("a section header cannot be read: %s", elf_errmsg(-1));
        if (header.sh_type == SHT_SYMTAB)
            collect_functions_of(elf, section, &header);
    }
    if (function_count == 0)
        fail("no functions at or above 0x%llx: was it linked with kernel/boot/kernel.ld?",
             (unsigned long long)SYMBOL_TABLE_BASE);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* By address; of aliases the global one first, then by name: the first one stays. */
static int compare_functions(const void *left, const void *right)
{
    const struct function *a = left, *b = right;
    if (a->start != b->start)
        return compare_numbers(a->start, b->start);
    if (a->is_global != b->is_global)
        return a->is_global ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* A function from assembly without a .size reaches up to the next; none reaches into the next. */
static void settle_size(struct function *function, const struct function *next)
{
    uint64_t room = next ? next->start - function->start : function->size;
    if (function->size == 0 || function->size > room)
        function->size = room;
}

static void sort_functions(void)
{
    qsort(functions, function_count, sizeof(*functions), compare_functions);
    size_t kept = 1;
    for (size_t i = 1; i < function_count; i++)
        if (functions[i].start != functions[kept - 1].start)
            functions[kept++] = functions[i];
    function_count = kept;
    for (size_t i = 0; i < function_count; i++)
        settle_size(&functions[i], i + 1 < function_count ? &functions[i + 1] : NULL);
}

/* ---- Lines ---------------------------------------------------------------------------------- */

/* The path as seen from the folder that the compiler ran in, which is the project's. */
static const char *relative_to(const char *path, const char *folder)
{
    size_t length = folder ? strlen(folder) : 0;
    bool lies_inside = length && strncmp(path, folder, length) == 0 && path[length] == '/';
    return lies_inside ? path + length + 1 : path;
}

static uint32_t number_of_file(const char *path, const char *folder)
{
    if (!path)
        fail("DWARF names a file that it does not describe");
    const char *name = relative_to(path, folder);
    for (size_t i = 0; i < file_count; i++)
        if (strcmp(files[i], name) == 0)
            return (uint32_t)i;
    files = grow(files, file_count, sizeof(*files));
    files[file_count] = name;
    return (uint32_t)file_count++;
}

static void check_line(uint32_t file, uint64_t line)
{
    if (line > UINT16_MAX)
        fail("%s has more than %d lines, which the table cannot tell", files[file], UINT16_MAX);
}

static void add_row(uint64_t start, uint32_t file, int line)
{
    if (file == SYMBOL_TABLE_NO_FILE)
        line = 0;
    else
        check_line(file, (uint64_t)line);
    rows = grow(rows, row_count, sizeof(*rows));
    rows[row_count] = (struct row){start, file, (uint32_t)line, (uint32_t)row_count};
    row_count++;
}

static void collect_line(Dwarf_Line *line, const char *folder)
{
    Dwarf_Addr address;
    int number;
    bool is_end;
    const char *path = dwarf_linesrc(line, NULL, NULL);
    if (dwarf_lineaddr(line, &address) != 0 || dwarf_lineno(line, &number) != 0 ||
        dwarf_lineendsequence(line, &is_end) != 0)
        fail("a DWARF line cannot be read: %s", dwarf_errmsg(-1));
    if (is_in_the_kernel(address))
        add_row(address, is_end ? SYMBOL_TABLE_NO_FILE : number_of_file(path, folder), number);
}

static void collect_lines(Dwarf_Die *unit, const char *folder)
{
    Dwarf_Lines *lines;
    size_t count;
    if (dwarf_getsrclines(unit, &lines, &count) != 0)
        fail("the lines of %s cannot be read: %s", dwarf_diename(unit), dwarf_errmsg(-1));
    for (size_t i = 0; i < count; i++)
        collect_line(dwarf_onesrcline(lines, i), folder);
}

/* By address; an end first, since the next sequence may begin where one ends. */
static int compare_rows(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    if (a->start != b->start)
        return compare_numbers(a->start, b->start);
    if ((a->file == SYMBOL_TABLE_NO_FILE) != (b->file == SYMBOL_TABLE_NO_FILE))
        return a->file == SYMBOL_TABLE_NO_FILE ? -1 : 1;
    return compare_numbers(a->order, b->order);
}

static bool says_the_same(const struct row *a, const struct row *b)
{
    return a->line == b->line && a->file == b->file;
}

static void sort_rows(void)
{
    qsort(rows, row_count, sizeof(*rows), compare_rows);
    size_t kept = 0;
    for (size_t i = 0; i < row_count; i++) {
        bool is_overruled = i + 1 < row_count && rows[i + 1].start == rows[i].start;
        if (!is_overruled && (kept == 0 || !says_the_same(&rows[i], &rows[kept - 1])))
            rows[kept++] = rows[i];
    }
    row_count = kept;
}

/* ---- Inlined calls -------------------------------------------------------------------------- */

/* The folder and the files that the numbers in a unit's attributes mean. */
struct unit {
    const char *folder;
    Dwarf_Files *files;
};

static uint64_t number_attribute(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attribute;
    Dwarf_Word value;
    if (dwarf_formudata(dwarf_attr(die, name, &attribute), &value) != 0)
        fail("an inlined call of %s does not tell where it stands", dwarf_diename(die));
    return value;
}

static void add_inlined(Dwarf_Die *die, const struct unit *unit, uint64_t start, uint64_t end)
{
    const char *path =
        dwarf_filesrc(unit->files, number_attribute(die, DW_AT_call_file), NULL, NULL);
    uint32_t file = number_of_file(path, unit->folder);
    uint64_t line = number_attribute(die, DW_AT_call_line);
    check_line(file, line);
    inlined_calls = grow(inlined_calls, inlined_count, sizeof(*inlined_calls));
    inlined_calls[inlined_count] = (struct inlined){
        start, end, dwarf_diename(die), file, (uint32_t)line, (uint32_t)inlined_count};
    inlined_count++;
}

static void collect_ranges(Dwarf_Die *die, const struct unit *unit)
{
    Dwarf_Addr base, start, end;
    for (ptrdiff_t at = 0; (at = dwarf_ranges(die, at, &base, &start, &end)) > 0;)
        if (is_in_the_kernel(start) && start < end)
            add_inlined(die, unit, start, end);
}

/* Visits a unit's tree, parents before children. */
static void collect_inlined(Dwarf_Die *parent, const struct unit *unit)
{
    Dwarf_Die die;
    if (dwarf_child(parent, &die) != 0)
        return;
    do {
        if (dwarf_tag(&die) == DW_TAG_inlined_subroutine)
            collect_ranges(&die, unit);
        collect_inlined(&die, unit);
    } while (dwarf_siblingof(&die, &die) == 0);
}

static int compare_inlined(const void *left, const void *right)
{
    const struct inlined *a = left, *b = right;
    if (a->start != b->start)
        return compare_numbers(a->start, b->start);
    if (a->end != b->end)
        return compare_numbers(b->end, a->end);
    return compare_numbers(a->order, b->order);
}

static void sort_inlined(void)
{
    qsort(inlined_calls, inlined_count, sizeof(*inlined_calls), compare_inlined);
}

/* ---- What DWARF tells ----------------------------------------------------------------------- */

static void collect_unit(Dwarf_Die *die)
{
    Dwarf_Attribute attribute;
    struct unit unit = {.folder = dwarf_formstring(dwarf_attr(die, DW_AT_comp_dir, &attribute))};
    if (!dwarf_hasattr(die, DW_AT_stmt_list))
        return;
    if (dwarf_getsrcfiles(die, &unit.files, NULL) != 0)
        fail("the files of %s cannot be read: %s", dwarf_diename(die), dwarf_errmsg(-1));
    collect_lines(die, unit.folder);
    collect_inlined(die, &unit);
}

static void collect_units(Dwarf *dwarf)
{
    Dwarf_CU *unit = NULL;
    Dwarf_Die die;
    while (dwarf_get_units(dwarf, unit, &unit, NULL, NULL, &die, NULL) == 0)
        collect_unit(&die);
    if (row_count == 0)
        fail("no DWARF lines: was it compiled with -g?");
}

/* ---- The table ------------------------------------------------------------------------------ */

static char *text;
static size_t text_size;

/* Gives the string's position in the text; a string is there once. */
static uint32_t add_text(const char *string)
{
    if (!string)
        fail("a function without a name was inlined");
    size_t length = strlen(string) + 1, position = 0;
    for (; position < text_size; position += strlen(&text[position]) + 1)
        if (strcmp(&text[position], string) == 0)
            return (uint32_t)position;
    for (size_t i = 0; i < length; i++) {
        text = grow(text, text_size, 1);
        text[text_size++] = string[i];
    }
    return (uint32_t)position;
}

static void put(FILE *out, const void *bytes, size_t size)
{
    if (fwrite(bytes, 1, size, out) != size)
        fail("the table cannot be written: %s", strerror(errno));
}

static void put_functions(FILE *out)
{
    for (size_t i = 0; i < function_count; i++) {
        const struct function *function = &functions[i];
        struct symbol_table_function entry = {distance(function->start), (uint32_t)function->size,
                                              add_text(function->name)};
        put(out, &entry, sizeof(entry));
    }
}

static void put_lines(FILE *out)
{
    for (size_t i = 0; i < row_count; i++) {
        struct symbol_table_line entry = {distance(rows[i].start), (uint16_t)rows[i].file,
                                          (uint16_t)rows[i].line};
        put(out, &entry, sizeof(entry));
    }
}

static void put_inlined(FILE *out)
{
    for (size_t i = 0; i < inlined_count; i++) {
        const struct inlined *call = &inlined_calls[i];
        struct symbol_table_inlined entry = {distance(call->start), distance(call->end),
                                             add_text(call->name), (uint16_t)call->call_file,
                                             (uint16_t)call->call_line};
        put(out, &entry, sizeof(entry));
    }
}

static void put_files(FILE *out)
{
    for (size_t i = 0; i < file_count; i++) {
        symbol_table_file entry = add_text(files[i]);
        put(out, &entry, sizeof(entry));
    }
}

/* The header comes last: only then is the size of the text known. */
static void put_table(FILE *out)
{
    struct symbol_table_header header = {
        .magic = SYMBOL_TABLE_MAGIC,
        .function_count = (uint32_t)function_count,
        .line_count = (uint32_t)row_count,
        .inlined_count = (uint32_t)inlined_count,
        .file_count = (uint32_t)file_count,
    };
    put(out, &header, sizeof(header));
    put_functions(out);
    put_lines(out);
    put_inlined(out);
    put_files(out);
    put(out, text, text_size);
    header.text_size = (uint32_t)text_size;
    rewind(out);
    put(out, &header, sizeof(header));
}

static void write_table(const char *path)
{
    FILE *out = fopen(path, "wb");
    if (!out)
        fail("%s cannot be written: %s", path, strerror(errno));
    put_table(out);
    if (fclose(out) != 0)
        fail("%s cannot be written: %s", path, strerror(errno));
}

static void read_program(int descriptor)
{
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(descriptor, ELF_C_READ, NULL);
    if (!elf || elf_kind(elf) != ELF_K_ELF)
        fail("not an ELF file");
    collect_functions(elf);
    Dwarf *dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
    if (!dwarf)
        fail("no DWARF: %s (was it compiled with -g?)", dwarf_errmsg(-1));
    collect_units(dwarf);
    if (file_count > SYMBOL_TABLE_NO_FILE)
        fail("more than %d files, which the table cannot tell", SYMBOL_TABLE_NO_FILE);
}

int main(int count, char **arguments)
{
    if (count != 3) {
        fprintf(stderr, "usage: symbols KERNEL.elf TABLE\n");
        return 2;
    }
    program_path = arguments[1];
    int descriptor = open(program_path, O_RDONLY);
    if (descriptor < 0)
        fail("cannot be read: %s", strerror(errno));
    read_program(descriptor);
    sort_functions();
    sort_rows();
    sort_inlined();
    write_table(arguments[2]);
    return 0;
}

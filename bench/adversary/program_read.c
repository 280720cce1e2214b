/* SPDX-License-Identifier: MIT */
#include "program.h"

#include <string.h>

#include <cairn/base/bits.h>

/* A piece of the text, without its end. */
struct line {
    const char *text, *end;
};

static struct line take_line(const char **text)
{
    struct line line = {*text, *text};
    while (*line.end && *line.end != '\n' && *line.end != '\r')
        line.end++;
    const char *next = line.end;
    next += *next == '\r';
    next += *next == '\n';
    *text = next;
    return line;
}

static void skip_spaces(struct line *line)
{
    while (line->text < line->end && *line->text == ' ')
        line->text++;
}

static bool take_word(struct line *line, const char *word)
{
    size_t length = strlen(word);
    skip_spaces(line);
    if ((size_t)(line->end - line->text) < length || memcmp(line->text, word, length) != 0)
        return false;
    line->text += length;
    return line->text == line->end || *line->text == ' ';
}

/* A number from least to most. */
static bool take_number(struct line *line, size_t least, size_t most, size_t *number)
{
    skip_spaces(line);
    const char *begin = line->text;
    size_t value = 0;
    for (; line->text < line->end && *line->text >= '0' && *line->text <= '9'; line->text++) {
        value = value * 10 + (size_t)(*line->text - '0');
        if (value > most)
            return false;
    }
    *number = value;
    return line->text > begin && value >= least;
}

static bool take_sizes(struct line *line, struct step *step)
{
    return take_number(line, 1, UINT32_MAX, &step->low) &&
           take_number(line, step->low, UINT32_MAX, &step->high);
}

static bool take_requests(struct line *line, struct step *step)
{
    return take_number(line, 1, PROGRAM_OPERATIONS_MAX, &step->count) && take_sizes(line, step) &&
           take_number(line, 1, PROGRAM_ALIGN_MAX, &step->align) &&
           cairn_is_power_of_two(step->align);
}

static bool take_choice(struct line *line, struct step *step)
{
    size_t order;
    bool whole = take_number(line, 0, PROGRAM_STEPS_MAX, &step->group) &&
                 take_number(line, 1, PROGRAM_OPERATIONS_MAX, &step->every) &&
                 take_number(line, 0, PROGRAM_OPERATIONS_MAX, &step->first) &&
                 take_number(line, ORDER_UP, ORDER_ANY, &order);
    if (whole)
        step->order = (enum step_order)order;
    return whole;
}

static bool take_step(struct line *line, struct step *step)
{
    *step = (struct step){0};
    if (take_word(line, "alloc") || take_word(line, "churn")) {
        step->kind = line->text[-1] == 'c' ? STEP_ALLOC : STEP_CHURN;
        return take_requests(line, step);
    }
    if (take_word(line, "free")) {
        step->kind = STEP_FREE;
        return take_choice(line, step);
    }
    step->kind = STEP_REALLOC;
    return take_word(line, "realloc") && take_choice(line, step) && take_sizes(line, step);
}

static bool take_name(struct line *line, struct program *program)
{
    if (!take_word(line, "program"))
        return false;
    skip_spaces(line);
    size_t length = (size_t)(line->end - line->text);
    if (length == 0 || length >= PROGRAM_NAME_MAX)
        return false;
    memcpy(program->name, line->text, length);
    line->text = line->end;
    return true;
}

static const char *read_line(struct line *line, struct program *program)
{
    if (!program->name[0]) {
        if (!take_name(line, program))
            return "a program begins with a line program NAME";
    } else if (program->heap == 0) {
        if (!take_word(line, "heap") || !take_number(line, 4096, PROGRAM_HEAP_MAX, &program->heap))
            return "a program's second line is heap BYTES, from 4096 to 8388608";
    } else if (program->step_count == PROGRAM_STEPS_MAX) {
        return "a program has at most 16 steps";
    } else if (!take_step(line, &program->steps[program->step_count++])) {
        return "a step is alloc, churn, free or realloc, with its numbers";
    }
    skip_spaces(line);
    return line->text == line->end ? NULL : "there is something after the line's last number";
}

const char *program_read(const char **text, struct program *program)
{
    *program = (struct program){0};
    for (const char *next = *text; *next; *text = next) {
        struct line line = take_line(&next);
        bool is_empty = line.text == line.end;
        if (is_empty && program->name[0])
            break;
        const char *wrong = is_empty || *line.text == '#' ? NULL : read_line(&line, program);
        if (wrong)
            return wrong;
    }
    return program->name[0] && program->step_count == 0 ? "the program before has no steps" : NULL;
}

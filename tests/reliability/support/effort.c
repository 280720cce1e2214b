/* SPDX-License-Identifier: MIT */
#include "effort.h"

#include <stdlib.h>

#include "test.h"

size_t effort(const char *variable, size_t usual)
{
    const char *text = getenv(variable);
    if (!text)
        return usual;
    char *end;
    size_t number = strtoull(text, &end, 0);
    if (end == text || *end != '\0')
        fail_msg("%s=%s is not a number", variable, text);
    return number;
}

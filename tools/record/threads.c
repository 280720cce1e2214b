/* SPDX-License-Identifier: MIT */
#include "threads.h"

#include <stdlib.h>

#include "messages.h"

#define THREAD_NONE UINT32_MAX

static size_t count_threads(const struct log_event *events, size_t count)
{
    size_t threads = 0;
    for (size_t i = 0; i < count; i++)
        if (events[i].thread >= threads)
            threads = (size_t)events[i].thread + 1;
    return threads;
}

struct threads threads_find(const struct log_event *events, size_t count)
{
    size_t in_log = count_threads(events, count);
    struct threads threads = {
        .of_log = need_memory(calloc(in_log + 1, sizeof(struct thread))),
        .ended = need_memory(calloc(TRACE_THREADS_MAX, sizeof(uint16_t))),
    };
    for (size_t i = 0; i < count; i++)
        threads.of_log[events[i].thread] = (struct thread){i, THREAD_NONE};
    return threads;
}

static uint32_t take_number(struct threads *threads)
{
    if (threads->used < TRACE_THREADS_MAX)
        return threads->used++;
    if (threads->ended_count == 0)
        give_up("more than %u threads of the program worked at the same time, which is all that a "
                "trace can hold",
                TRACE_THREADS_MAX);
    uint16_t number = threads->ended[threads->ended_first];
    threads->ended_first = (threads->ended_first + 1) % TRACE_THREADS_MAX;
    threads->ended_count--;
    return number;
}

static void give_back(struct threads *threads, uint16_t number)
{
    size_t place = (threads->ended_first + threads->ended_count) % TRACE_THREADS_MAX;
    threads->ended[place] = number;
    threads->ended_count++;
}

uint16_t threads_number(struct threads *threads, const struct log_event *event, size_t index)
{
    struct thread *thread = &threads->of_log[event->thread];
    if (thread->number == THREAD_NONE)
        thread->number = take_number(threads);
    if (thread->last_event == index)
        give_back(threads, (uint16_t)thread->number);
    return (uint16_t)thread->number;
}

void threads_forget(struct threads *threads)
{
    free(threads->of_log);
    free(threads->ended);
    *threads = (struct threads){0};
}

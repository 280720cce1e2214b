/* SPDX-License-Identifier: MIT */
/* What happens, in order, from the first line of C to kernel_main(). */
#include "address_space.h"
#include "descriptors.h"
#include "exceptions.h"
#include "heap.h"
#include "input.h"
#include "interrupt_controller.h"
#include "kernel.h"
#include "machine.h"
#include "panic.h"
#include "println.h"
#include "processor.h"
#include "protocols.h"
#include "registers.h"
#include "timer.h"

struct kernel kernel;

/* A framebuffer beyond the first page tables' reach has to wait for the kernel's own. */
static bool screen_must_wait(void)
{
    return boot_screen_end(&kernel.boot.screen) > FIRST_TABLES_REACH;
}

/* The first physical address that this processor, or the kernel's mapping, does not have. */
static uint64_t physical_address_limit(void)
{
    uint64_t limit = (uint64_t)1 << processor_features().physical_address_bits;
    return limit < PHYSICAL_MEMORY_REACH ? limit : PHYSICAL_MEMORY_REACH;
}

static void read_boot_info(enum boot_protocol protocol, uint32_t loader_pointer,
                           uint64_t entry_time_stamp)
{
    enum boot_error error =
        boot_info_read(protocol, physical(loader_pointer), physical_address_limit(), &kernel.boot);
    kernel.boot.entry_time_stamp = entry_time_stamp;
    if (!screen_must_wait())
        console_add_screen(&kernel.boot.screen);
    if (error)
        stop("%s", boot_error_message(error));
}

static void read_options(void)
{
    struct options_error error;
    if (!options_parse(kernel.boot.command_line, &kernel.options, &error))
        stop("%s", error.message);
    if (!memory_map_cut_off(&kernel.boot.memory_map, kernel.options.memory_limit, MEMORY_CUT_OFF))
        stop("%s", boot_error_message(BOOT_MEMORY_MAP_TOO_LONG));
}

static void start_processor(void)
{
    struct processor_features features = processor_features();
    processor_protect(&features);
    processor_connect_interrupts(&features);
    descriptors_init();
    exceptions_init();
}

static void start_memory(void)
{
    enum memory_error error = address_space_init(&kernel.boot, &kernel.frames, &kernel.mapper);
    if (error)
        stop("%s", memory_error_message(error));
    if (screen_must_wait())
        console_add_screen(&kernel.boot.screen);
}

/* The largest heap that the free frames can hold with the page tables that show it: one frame for
   each 512, and a few for the levels above. */
static uint64_t largest_heap(void)
{
    uint64_t free = kernel.frames.free_count, tables = free / 512 + 4;
    tables += tables / 512;
    return free > tables ? (free - tables) * FRAME_SIZE : 0;
}

static void start_heap(void)
{
    uint64_t largest = largest_heap();
    if (kernel.options.heap_size > largest)
        stop("heap initialization failed: out of frames: heap=%llu is more than this machine's "
             "memory can hold; use heap=%lluK or less, or give the machine more memory",
             (unsigned long long)kernel.options.heap_size, (unsigned long long)largest / 1024);
    enum map_error error = init_heap(&kernel.mapper, HEAP_START, kernel.options.heap_size);
    kernel.heap_ready_time_stamp = time_stamp_counter();
    if (error)
        stop("heap initialization failed: %s: heap=%llu; use a smaller heap=, or give the machine "
             "more memory",
             map_error_name(error), (unsigned long long)kernel.options.heap_size);
}

static void start_interrupts(void)
{
    interrupt_controller_init();
    timer_init();
    input_init();
    interrupts_enable();
}

static void tell_of_screen(void)
{
    const struct boot_screen *screen = &kernel.boot.screen;
    if (screen->kind == SCREEN_VGA_TEXT)
        println("screen: VGA text, %u by %u characters", screen->columns, screen->rows);
    else if (screen->kind == SCREEN_FRAMEBUFFER)
        println("screen: framebuffer at %#llx, %u by %u pixels of %u bits",
                (unsigned long long)screen->address.value, screen->columns, screen->rows,
                screen->bits_per_pixel);
}

static void tell_of_memory(void)
{
    const struct memory_map *map = &kernel.boot.memory_map;
    for (size_t i = 0; i < map->count; i++)
        println("memory 0x%012llx-0x%012llx %s", (unsigned long long)map->regions[i].begin,
                (unsigned long long)map->regions[i].end, memory_kind_name(map->regions[i].kind));
    println("frames: %llu usable, %llu free", (unsigned long long)kernel.frames.total_count,
            (unsigned long long)kernel.frames.free_count);
}

static void tell_of_no_screen(void)
{
    const struct boot_screen *screen = &kernel.boot.screen;
    if (!screen->fault)
        println("no screen: the boot gave no framebuffer, and there is no VGA text; output goes to "
                "the serial port alone");
    else
        println("no screen: the boot loader's, at %#llx, %u by %u, %s; output goes to the serial "
                "port alone",
                (unsigned long long)screen->address.value, screen->columns, screen->rows,
                screen->fault);
}

static void tell_what_is_there(void)
{
    if (kernel.boot.screen.kind == SCREEN_NONE)
        tell_of_no_screen();
    if (!kernel.options.verbose)
        return;
    tell_of_screen();
    tell_of_memory();
}

/* Sleeps, and shows what is typed, until the machine is switched off. */
static _Noreturn void idle(void)
{
    for (;;)
        print("%c", input_wait());
}

void kernel_start(enum boot_protocol protocol, uint32_t loader_pointer, uint64_t entry_time_stamp)
{
    console_init();
    start_processor();
    read_boot_info(protocol, loader_pointer, entry_time_stamp);
    read_options();
    start_memory();
    start_heap();
    start_interrupts();
    tell_what_is_there();

    kernel_main();

    if (kernel.options.after == AFTER_POWEROFF)
        machine_exit(MACHINE_EXIT_SUCCESS);
    println("idle; to leave QEMU press Ctrl-A, then X");
    idle();
}

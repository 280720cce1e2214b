# SPDX-License-Identifier: MIT
# Linking kernels: Cairn's own, and one for each test in tests/kernel.
#
# A kernel is linked twice. The first link fixes every address; from it tools/symbols makes the
# table of functions and lines that a panic's backtrace needs; the second link adds that table
# after everything else, where it moves nothing.

# option ALLOCATOR=NAME: the kernel's global allocator; NAME is one of kernel/heap/*.c, or none

ALLOCATORS := $(sort $(patsubst kernel/heap/%.c,%,$(filter-out %/heap.c,$(wildcard kernel/heap/*.c))))
ifeq ($(filter $(ALLOCATOR),$(ALLOCATORS)),)
$(error ALLOCATOR=$(ALLOCATOR) is not known; known are: $(ALLOCATORS))
endif

# An archive, so that a kernel gets what it uses of base and alloc, and no other allocator.
KERNEL_LIBRARY := $(BUILD)/kernel/libcairn.a
$(KERNEL_LIBRARY): $(call objects,kernel,$(SHARED_SOURCES) $(wildcard base/freestanding/*.c))
	$(archive)

KERNEL_SOURCES := $(filter-out kernel/main.c $(ALLOCATORS:%=kernel/heap/%.c), \
    $(foreach layer,$(KERNEL_LAYERS),$(wildcard $(layer)/*.c $(layer)/*.S)))
KERNEL_OBJECTS := $(call objects,kernel,$(KERNEL_SOURCES)) $(BUILD)/kernel/font.o $(KERNEL_LIBRARY)
LINKER_SCRIPT  := kernel/boot/kernel.ld
LD             := ld
KERNEL_LINK_FLAGS := -nostdlib -static -z max-page-size=0x1000 -z noexecstack --build-id=none -T $(LINKER_SCRIPT)

KERNEL := $(BUILD)/cairn-$(ALLOCATOR).elf

.PHONY: kernel
kernel: $(KERNEL) ## build the kernel

# The console's font, from Debian's psf-unifont.
FONT := /usr/share/consolefonts/Unifont-APL8x16.psf.gz
$(BUILD)/kernel/font.psf: $(FONT)
	@mkdir -p $(@D)
	gzip -dc $< > $@
$(FONT):
	$(error $(FONT) is missing: install Debian's psf-unifont, or run ./cairn setup)
$(BUILD)/kernel/font.o: $(BUILD)/kernel/font.psf
	cd $(@D) && $(OBJCOPY) -I binary -O elf64-x86-64 -B i386:x86-64 --rename-section .data=.rodata.font,alloc,load,readonly,data,contents font.psf font.o

SYMBOLS_TOOL := $(BUILD)/tools/symbols
$(SYMBOLS_TOOL): tools/symbols.c kernel/panic/symbol_table.h
	@mkdir -p $(@D)
	$(CC) $(COMMON_FLAGS) $(LDFLAGS) $< -o $@ -ldw -lelf

# $(1): the program's own objects
define link_kernel
@mkdir -p $(@D)
@echo "  ld $@"
$(quiet)$(LD) $(KERNEL_LINK_FLAGS) -o $@.first $(1) $(KERNEL_OBJECTS)
$(quiet)$(SYMBOLS_TOOL) $@.first $@.symbols
$(quiet)cd $(@D) && $(OBJCOPY) -I binary -O elf64-x86-64 -B i386:x86-64 --rename-section .data=.symbols,alloc,load,readonly,data,contents $(@F).symbols $(@F).symbols.o
$(quiet)$(LD) $(KERNEL_LINK_FLAGS) -o $@.linked $(1) $(KERNEL_OBJECTS) $@.symbols.o
$(quiet)$(SYMBOLS_TOOL) $@.linked $@.symbols.check
$(quiet)cmp $@.symbols $@.symbols.check
$(quiet)tools/check-kernel $@.linked
$(quiet)mv $@.linked $@
$(quiet)rm -f $@.first $@.symbols.check
endef

$(BUILD)/cairn-%.elf: $(BUILD)/kernel/kernel/main.o $(BUILD)/kernel/kernel/heap/%.o $(KERNEL_OBJECTS) $(LINKER_SCRIPT) $(SYMBOLS_TOOL) tools/check-kernel
	$(call link_kernel,$(BUILD)/kernel/kernel/main.o $(BUILD)/kernel/kernel/heap/$*.o)

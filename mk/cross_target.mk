# SPDX-License-Identifier: MIT
# One target of mk/cross.mk, CROSS_TARGET, with one compiler, CC: what is built for it.

CROSS_LAYERS_posix := hosts/posix
CROSS_LAYERS_arm   := hosts/one_processor hosts/semihosting hosts/semihosting/arm
CROSS_LAYERS_riscv := hosts/one_processor hosts/semihosting hosts/semihosting/riscv
CROSS_LAYERS_wasm  := hosts/one_processor hosts/wasm32
CROSS_HOST         := $(or $(if $(filter $(CROSS_LINUX),$(CROSS_TARGET)),posix),\
                          $(if $(filter cortex%,$(CROSS_TARGET)),arm),\
                          $(if $(filter riscv%,$(CROSS_TARGET)),riscv),wasm)
CROSS_LAYERS       := $(SHARED_LAYERS) $(CROSS_LAYERS_$(CROSS_HOST))

# The boards whose linker scripts there are. The small one has its parts of the program compiled
# for little memory.
CROSS_BOARDS_cortex-m0  := microbit mps2
CROSS_BOARDS_cortex-m4  := mps2
CROSS_BOARDS_riscv32    := virt
CROSS_BOARDS_riscv32imc := virt
CROSS_SMALL_BOARDS      := microbit

# Under Linux the library is the hosted one.
CROSS_VARIANT := $(if $(filter posix,$(CROSS_HOST)),hosted,cross)
FLAGS_cross   := -ffreestanding -Wframe-larger-than=1024 # bytes of stack: boards have little
FLAGS_small   := $(FLAGS_cross) -DCROSS_MEMORY=3072

CROSS_PARTS       := $(filter-out %/large.c %/small.c,$(wildcard tests/cross/*.c))
LARGE_PARTS       := $(CROSS_PARTS) tests/conformance/support/random_actions.c tests/fuzz/heap_case.c \
                     tests/fuzz/heap_model.c tests/cross/large.c
SMALL_PARTS       := $(CROSS_PARTS) tests/conformance/support/random_actions.c tests/cross/small.c

CROSS_SOURCES := $(SHARED_SOURCES) $(foreach layer,$(CROSS_LAYERS_$(CROSS_HOST)),$(wildcard $(layer)/*.c))
ifneq ($(CROSS_HOST),posix)
CROSS_SOURCES += base/freestanding/memory.c
endif
ifneq ($(filter cortex-m0 riscv32imc,$(CROSS_TARGET)),)
CROSS_SOURCES += base/freestanding/atomics.c
endif

ifneq ($(CROSS_VARIANT),hosted)
$(call variant_rules,cross,$(CROSS_LAYERS))
endif
$(foreach variant,$(CROSS_VARIANT) small,$(foreach layer,support tests/conformance/support tests/fuzz tests/cross,$(eval \
    $(call layer_rules,$(variant),$(layer),$(CROSS_LAYERS) support tests/conformance/support tests/fuzz tests/cross))))

LIBRARY_OBJECTS := $(call objects,$(CROSS_VARIANT),$(CROSS_SOURCES))
LARGE_OBJECTS   := $(LIBRARY_OBJECTS) $(call objects,$(CROSS_VARIANT),$(LARGE_PARTS))
SMALL_OBJECTS   := $(LIBRARY_OBJECTS) $(call objects,small,$(SMALL_PARTS))
$(SMALL_OBJECTS) $(LARGE_OBJECTS): mk/cross_target.mk

$(BUILD)/program: $(LARGE_OBJECTS)
	@echo "  ld $@"
	$(quiet)$(CC) $(CFLAGS) $(LDFLAGS) $^ -o $@ -pthread

$(BUILD)/program.wasm: $(LARGE_OBJECTS)
	@echo "  ld $@"
	$(quiet)wasm-ld --no-entry --stack-first -z stack-size=65536 $^ -o $@

# gcc's own functions, as for 64-bit division, are all that is linked beside.
# $(1): the board, $(2): the objects
define cross_board
$(BUILD)/program-$(1).elf: $(2) hosts/semihosting/$(CROSS_HOST)/$(1).ld
	@echo "  ld $$@"
	$$(quiet)$(PREFIX_$(CROSS_TARGET))-gcc $(MACHINE_$(CROSS_TARGET)) -nostdlib -z noexecstack -Wl,--no-warn-rwx-segments \
	    -Lhosts/semihosting/$(CROSS_HOST) -T $(1).ld $$(filter %.o,$$^) -lgcc -o $$@
endef
$(foreach board,$(CROSS_BOARDS_$(CROSS_TARGET)),$(eval \
    $(call cross_board,$(board),$(if $(filter $(CROSS_SMALL_BOARDS),$(board)),$(SMALL_OBJECTS),$(LARGE_OBJECTS)))))

# Under Linux there are threads and a malloc besides.
CROSS_BUILT_posix := $(BUILD)/program $(PRELOAD) $(addprefix $(BUILD)/tests/hosted/malloc_,semantics threads mistakes)
CROSS_BUILT_wasm  := $(BUILD)/program.wasm

# clang 14 for 32-bit PowerPC loses the return address where position-independent code reaches a
# thread-local in a function that calls none: so no shared library there.
ifeq ($(CROSS_TARGET) $(CC),ppc32 clang)
FLAGS_hosted      += -fno-pic
CROSS_BUILT_posix := $(BUILD)/program
$(BUILD)/program: LDFLAGS += -no-pie
endif

CROSS_BUILT := $(or $(CROSS_BUILT_$(CROSS_HOST)),$(CROSS_BOARDS_$(CROSS_TARGET):%=$(BUILD)/program-%.elf))

cross-built: $(CROSS_BUILT)

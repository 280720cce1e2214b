# SPDX-License-Identifier: MIT
# Testing: builds everything that is tested, with both compilers, and hands over to pytest.
#
# Each tests/kernel/NAME.c becomes a kernel of its own. What its boot must show stands at the top
# of the file, in lines that tests/system/test_kernel.py reads; of these, one matters here:
#     // allocator: NAME      the kernel's global allocator, instead of linked_list

# option TEST=heap_allocation: make test runs this kernel test alone, or all with that in their name
# option SEED=NUMBER: repeats a random test

UNIT_SOURCES_kernel_frames     := kernel/memory/frames.c kernel/boot/memory_map.c
UNIT_SOURCES_kernel_memory_map := kernel/boot/memory_map.c
UNIT_SOURCES_kernel_options    := kernel/boot/options.c
UNIT_SOURCES_kernel_symbols    := kernel/panic/symbols.c

include mk/hosted_tests.mk

KERNEL_TEST_NAMES   := $(basename $(notdir $(wildcard tests/kernel/*.c)))
KERNEL_TESTS        := $(KERNEL_TEST_NAMES:%=$(BUILD)/tests/kernel/%.elf)
KERNEL_TEST_SUPPORT := $(wildcard tests/kernel/support/*.c)
$(eval $(call layer_rules,kernel,tests/kernel,$(SHARED_LAYERS) $(KERNEL_LAYERS) tests/kernel/support))

allocator_of_test = $(or $(shell sed -n 's|^// allocator: *||p' tests/kernel/$(1).c),linked_list)

# $(1): the test's name, $(2): its own objects
define kernel_test
$(BUILD)/tests/kernel/$(1).elf: $(2) $(KERNEL_OBJECTS) $(LINKER_SCRIPT) $(SYMBOLS_TOOL) tools/check-kernel
	$$(call link_kernel,$(2))
endef
$(foreach name,$(KERNEL_TEST_NAMES),$(eval $(call kernel_test,$(name),$(call objects,kernel,\
    tests/kernel/$(name).c $(KERNEL_TEST_SUPPORT) kernel/heap/$(call allocator_of_test,$(name)).c))))

# What one compiler builds for the tests; the kernels are those that tests/system boots.
.PHONY: test built-tests
built-tests: unit-tests $(CONFORMANCE_TESTS) $(RELIABILITY_TESTS) $(KERNEL_TESTS) $(BUILD)/cairn-linked_list.elf \
        $(BUILD)/cairn-dummy.elf
	$(write_compile_commands)

# Both compilers, unless one was asked for.
TEST_COMPILERS := $(if $(filter file,$(origin CC)),gcc clang,$(CC))
ONE_TEST       := $(if $(TEST),$(wildcard tests/kernel/$(TEST).c))

PYTEST := $(or $(shell command -v pytest-3),pytest) --dist=loadgroup

test: ## run every test; the last line is "N passed, N failed"
ifneq ($(ONE_TEST),)
	@$(MAKE) $(if $(V),,--silent) --no-print-directory CC=$(CC) $(BUILD)/tests/kernel/$(TEST).elf
	@$(PYTEST) --capture=no --compiler=$(CC) -k 'test_kernel[$(CC)-$(TEST)]' tests/system/test_kernel.py
else
	@for compiler in $(TEST_COMPILERS); do \
	    $(MAKE) $(if $(V),,--silent) --no-print-directory CC=$$compiler built-tests || exit 1; done
	@$(PYTEST) -n auto $(TEST_COMPILERS:%=--compiler=%) $(if $(TEST),-k '$(TEST)',-m 'not slow') tests
endif

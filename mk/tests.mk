# SPDX-License-Identifier: MIT
# Testing: builds everything that is tested, with both compilers, and hands over to pytest.
#
# Each tests/kernel/NAME.c becomes a kernel of its own. What its boot must show stands at the top
# of the file, in lines that tests/system/test_kernel.py reads; of these, one matters here:
#     // allocator: NAME      the kernel's global allocator, instead of linked_list

# option TEST=heap_allocation: make test runs this kernel test alone, or all with that in their name, slow ones too
# option SEED=NUMBER: repeats a random test

TEST_SOURCES_kernel_units/frames     := kernel/memory/frames.c kernel/boot/memory_map.c
TEST_SOURCES_kernel_units/memory_map := kernel/boot/memory_map.c
TEST_SOURCES_kernel_units/options    := kernel/boot/options.c
TEST_SOURCES_kernel_units/symbols    := kernel/panic/symbols.c

include mk/hosted_tests.mk

KERNEL_TEST_NAMES   := $(basename $(notdir $(wildcard tests/kernel/*.c)))
KERNEL_TESTS        := $(KERNEL_TEST_NAMES:%=$(BUILD)/tests/kernel/%.elf)
KERNEL_TEST_SUPPORT := $(wildcard tests/kernel/support/*.c)
$(eval $(call layer_rules,kernel,tests/kernel,$(SHARED_LAYERS) $(KERNEL_LAYERS) support tests/kernel/support))

allocator_of_test = $(or $(shell sed -n 's|^// allocator: *||p' tests/kernel/$(1).c),linked_list)

# $(1): the test's name, $(2): its own objects
define kernel_test
$(BUILD)/tests/kernel/$(1).elf: $(2) $(KERNEL_OBJECTS) $(LINKER_SCRIPT) $(SYMBOLS_TOOL) tools/check-kernel
	$$(call link_kernel,$(2))
endef
$(foreach name,$(KERNEL_TEST_NAMES),$(eval $(call kernel_test,$(name),$(call objects,kernel,\
    tests/kernel/$(name).c $(KERNEL_TEST_SUPPORT) kernel/heap/$(call allocator_of_test,$(name)).c))))

# The same test of promises, but with 10^8 operations.
FLAGS_full_length := $(FLAGS_kernel) -DOPERATIONS=100000000
PROMISE_TEST      := promise_at_every_instruction
PROMISE_KERNEL    := $(BUILD)/reliability/$(PROMISE_TEST).elf
PROMISE_OBJECTS   := $(call objects,full_length,tests/kernel/$(PROMISE_TEST).c) \
    $(call objects,kernel,$(KERNEL_TEST_SUPPORT) kernel/heap/linked_list.c)
$(eval $(call layer_rules,full_length,tests/kernel,$(SHARED_LAYERS) $(KERNEL_LAYERS) support tests/kernel/support))
$(PROMISE_KERNEL): $(PROMISE_OBJECTS) $(KERNEL_OBJECTS) $(LINKER_SCRIPT) $(SYMBOLS_TOOL) tools/check-kernel
	$(call link_kernel,$(PROMISE_OBJECTS))

.PHONY: reliability-kernel
reliability-kernel: $(PROMISE_KERNEL) ## promises with an interrupt after every instruction, 10^8 operations; make reliability does it, too
	@tools/qemu --memory 32M --timeout 3600 $<
reliability: reliability-kernel

# What is tested with every compiler, and what with the first only, unless it is make test-all.
.PHONY: test test-all built-tests built-for-both
built-for-both: $(KERNEL_TESTS) $(BUILD)/cairn-linked_list.elf $(BUILD)/cairn-dummy.elf library
built-tests: built-for-both hosted-tests
	$(write_compile_commands)

# Both compilers, unless one was asked for.
TEST_COMPILERS := $(if $(filter file,$(origin CC)),gcc clang,$(CC))
ONE_TEST       := $(if $(TEST),$(wildcard tests/kernel/$(TEST).c))

# $(1): compilers, $(2): what each builds
build_with = $(foreach compiler,$(1),$(MAKE) $(if $(V),,--silent) --no-print-directory CC=$(compiler) $(2) &&) :
PYTEST = $(or $(shell command -v pytest-3),pytest) $(TEST_COMPILERS:%=--compiler=%)
PYTEST_IN_PARALLEL = $(PYTEST) -n auto --dist=loadgroup

test: ## run the tests, but not the slow ones; the last line is "N passed, N failed"
ifneq ($(ONE_TEST),)
	+@$(call build_with,$(CC),$(BUILD)/tests/kernel/$(TEST).elf)
	@$(PYTEST) --capture=no -k 'test_kernel[$(CC)-$(TEST)]' tests/system/test_kernel.py
else ifneq ($(TEST),)
	+@$(call build_with,$(TEST_COMPILERS),built-tests)
	@$(PYTEST_IN_PARALLEL) -k '$(TEST)' tests
else
	+@$(call build_with,$(firstword $(TEST_COMPILERS)),built-tests)
	+@$(call build_with,$(wordlist 2,9,$(TEST_COMPILERS)),built-for-both)
	@$(PYTEST_IN_PARALLEL) -m 'not slow' tests
endif

test-all: ## run every test, with every compiler
	+@$(call build_with,$(TEST_COMPILERS),built-tests)
	@$(PYTEST_IN_PARALLEL) tests

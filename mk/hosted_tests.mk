# SPDX-License-Identifier: MIT
# Hosted tests: programs for this machine, under AddressSanitizer and UndefinedBehaviorSanitizer.
#
# Each tests/unit/NAME.c becomes the program $(BUILD)/tests/unit/NAME. It is linked with what it
# needs of base and alloc, with hosts/posix and with tests/unit/support, and further with
#     UNIT_SOURCES_NAME   sources of the kernel that need no machine, compiled like all others
#     UNIT_OBJECTS_NAME   objects that have rules of their own
#     UNIT_PANIC_NAME     the source of its cairn_host_panic, instead of support's
#     UNIT_LINK_NAME      options for the linker
# Each tests/conformance/NAME.c likewise, with tests/conformance/support besides.

comma := ,
UNIT_SOURCES_base_format_fuzz         := tests/fuzz/format_case.c
UNIT_OBJECTS_base_freestanding_memory := $(patsubst %,$(BUILD)/unit/%_memory.o,sanitized kernel hosted)
UNIT_PANIC_base_host_posix            := hosts/posix/panic.c
UNIT_LINK_base_spinlock               := $(patsubst %,-Wl$(comma)--wrap=cairn_host_interrupts_%,disable restore)
UNIT_LINK_alloc_locked                := $(UNIT_LINK_base_spinlock)

UNIT_NAMES   := $(basename $(notdir $(wildcard tests/unit/*.c)))
UNIT_TESTS   := $(UNIT_NAMES:%=$(BUILD)/tests/unit/%)
UNIT_PANIC   := tests/unit/support/panic.c
UNIT_SUPPORT := $(filter-out $(UNIT_PANIC),$(wildcard tests/unit/support/*.c)) hosts/posix/host.c

CONFORMANCE_NAMES   := $(basename $(notdir $(wildcard tests/conformance/*.c)))
CONFORMANCE_TESTS   := $(CONFORMANCE_NAMES:%=$(BUILD)/tests/conformance/%)
SUPPORT_conformance := $(wildcard tests/conformance/support/*.c)

.PHONY: unit-tests check-unit
unit-tests: $(UNIT_TESTS) ## build the unit tests
	@rm -f $(filter-out $(UNIT_TESTS),$(wildcard $(BUILD)/tests/unit/*))

check-unit: unit-tests ## run the unit tests by themselves
	@failed=; for test in $(UNIT_TESTS); do $$test || failed="$$failed $$test"; done; \
	if [ -n "$$failed" ]; then echo "failed:$$failed"; exit 1; fi

# A test sees every layer. A kernel source sees what it sees in the kernel.
TEST_LAYERS := $(SHARED_LAYERS) $(HOSTED_LAYERS) $(KERNEL_LAYERS) tests/fuzz \
               tests/conformance/support tests/unit/support
$(foreach layer,tests/fuzz tests/conformance tests/unit,$(eval \
    $(call layer_rules,sanitized,$(layer),$(TEST_LAYERS))))
$(foreach layer,$(KERNEL_LAYERS),$(eval \
    $(call layer_rules,sanitized,$(layer),$(call upto,$(SHARED_LAYERS) $(KERNEL_LAYERS),$(layer)))))

# gcc warns of every local that lives across expect_panic(), and notes where items of 64-byte
# alignment are passed by value; -Wno-unknown... is for clang.
$(BUILD)/sanitized/tests/unit/%.o $(BUILD)/sanitized/tests/conformance/%.o: \
    FLAGS_sanitized += -Wno-unknown-warning-option -Wno-clobbered -Wno-psabi

# An archive, so that a program gets what it uses: most register no global allocator.
$(BUILD)/sanitized/libcairn.a: $(call objects,sanitized,$(SHARED_SOURCES))
	$(quiet)rm -f $@
	$(quiet)ar rcs $@ $^

# $(1): the suite, $(2): the test's name
define hosted_test
$(BUILD)/tests/$(1)/$(2): $(call objects,sanitized,tests/$(1)/$(2).c $(UNIT_SUPPORT) $(SUPPORT_$(1)) \
        $(or $(UNIT_PANIC_$(2)),$(UNIT_PANIC)) $(UNIT_SOURCES_$(2))) \
        $(UNIT_OBJECTS_$(2)) $(BUILD)/sanitized/libcairn.a
	@mkdir -p $$(@D)
	$$(quiet)$$(CC) $$(FLAGS_sanitized) $(UNIT_LINK_$(2)) $$^ -o $$@ -lcmocka -pthread
endef
$(foreach name,$(UNIT_NAMES),$(eval $(call hosted_test,unit,$(name))))
$(foreach name,$(CONFORMANCE_NAMES),$(eval $(call hosted_test,conformance,$(name))))

# base/freestanding/memory.c beside the libc whose functions it stands in for: as the sanitizers
# see it; the very object that the kernel links; and one from an optimiser that may call libc.
$(BUILD)/unit/sanitized_memory.o: base/freestanding/memory.c $(MAKEFILE_LIST)
	@mkdir -p $(@D)
	$(quiet)$(CC) $(COMMON_FLAGS) $(FLAGS_sanitized) \
	    $(foreach name,memcpy memmove memset memcmp strlen,-D$(name)=sanitized_$(name)) -c $< -o $@
$(BUILD)/unit/%_memory.o: $(BUILD)/%/base/freestanding/memory.o
	@mkdir -p $(@D)
	$(quiet)objcopy --prefix-symbols=$*_ $< $@

# Fuzzing with libFuzzer, which only clang has: each tests/fuzz/NAME.c that is in FUZZ_NAMES.

# option FUZZ=NAME SECONDS=N: what make fuzz runs, and for how long: FUZZ=format SECONDS=60

FUZZ_NAMES          := format
FUZZ_SOURCES_format := tests/fuzz/format_case.c

FUZZ    ?= format
SECONDS ?= 60

.PHONY: fuzz
fuzz: $(BUILD)/tests/fuzz/$(FUZZ) ## fuzz one part for a while (needs CC=clang)
	@mkdir -p $(BUILD)/fuzz/$(FUZZ)
	cd $(BUILD)/fuzz && $(CURDIR)/$< -max_total_time=$(SECONDS) -max_len=512 $(FUZZ)

FLAGS_fuzzed = $(if $(findstring clang,$(CC)),,$(error libFuzzer is part of clang: make fuzz CC=clang)) \
    $(FLAGS_sanitized) -fsanitize=fuzzer-no-link
$(call variant_rules,fuzzed,$(SHARED_LAYERS) $(HOSTED_LAYERS))
$(eval $(call layer_rules,fuzzed,tests/fuzz,$(TEST_LAYERS)))

$(BUILD)/fuzzed/libcairn.a: $(call objects,fuzzed,$(SHARED_SOURCES) $(wildcard hosts/posix/*.c))
	$(quiet)rm -f $@
	$(quiet)ar rcs $@ $^

# $(1): the target's name
define fuzz_target
$(BUILD)/tests/fuzz/$(1): $(call objects,fuzzed,tests/fuzz/$(1).c $(FUZZ_SOURCES_$(1))) \
        $(BUILD)/fuzzed/libcairn.a
	@mkdir -p $$(@D)
	$$(quiet)$$(CC) $$(FLAGS_fuzzed) -fsanitize=fuzzer $$^ -o $$@
endef
$(foreach name,$(FUZZ_NAMES),$(eval $(call fuzz_target,$(name))))

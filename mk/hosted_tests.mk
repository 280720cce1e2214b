# SPDX-License-Identifier: MIT
# Hosted tests: programs for this machine, under AddressSanitizer and UndefinedBehaviorSanitizer.
#
# Each tests/SUITE/NAME.c becomes the program $(BUILD)/tests/SUITE/NAME. It is linked with what it
# needs of base and alloc, with hosts/posix and with tests/support, and further with
#     TEST_SOURCES_SUITE/NAME   sources of the kernel that need no machine, compiled like all others
#     TEST_OBJECTS_SUITE/NAME   objects that have rules of their own
#     TEST_PANIC_SUITE/NAME     the source of its cairn_host_panic, instead of support's
#     TEST_LINK_SUITE/NAME      options for the linker
#     SUITE_SOURCES_SUITE       sources that all tests of the suite need
#     SUITE_LINK_SUITE          options for the linker that they all need

SUITES := base interface heap classic wrappers collections kernel_units posix bench record self \
          conformance reliability

comma := ,
BOOT_READERS := $(patsubst %,kernel/boot/%.c,boot_info boot_screen memory_map multiboot2 pvh)

TEST_SOURCES_base/format_fuzz         := tests/fuzz/format_case.c
TEST_SOURCES_collections/btree_fuzz   := tests/fuzz/btree_case.c
TEST_SOURCES_collections/sequence_fuzz := tests/fuzz/sequence_case.c
TEST_SOURCES_collections/string_fuzz  := tests/fuzz/string_case.c
TEST_SOURCES_collections/vec_fuzz      := tests/fuzz/vec_case.c
TEST_SOURCES_collections/hash_map_fuzz := tests/fuzz/hash_map_case.c
TEST_SOURCES_kernel_units/boot_info   := tests/fuzz/boot_case.c $(BOOT_READERS)
TEST_OBJECTS_base/freestanding_memory := $(patsubst %,$(BUILD)/memory/%_memory.o,sanitized kernel hosted)
TEST_PANIC_posix/host                 := hosts/posix/panic.c
TEST_PANIC_reliability/faults         := hosts/posix/panic.c
TEST_LINK_base/spinlock               := $(patsubst %,-Wl$(comma)--wrap=cairn_host_interrupts_%,disable restore)
TEST_LINK_wrappers/locked             := $(TEST_LINK_base/spinlock)

SUITE_SOURCES_classic     := support/system_memory.c
SUITE_SOURCES_conformance := $(wildcard tests/conformance/support/*.c)
SUITE_SOURCES_reliability := $(wildcard tests/reliability/support/*.c) \
                             tests/fuzz/heap_case.c tests/fuzz/heap_model.c

TEST_PANIC   := tests/support/panic.c
TEST_SUPPORT := $(filter-out $(TEST_PANIC),$(wildcard tests/support/*.c)) \
                hosts/posix/host.c hosts/posix/waiting.c

# SUITE/NAME of all hosted tests.
HOSTED_TEST_NAMES := $(foreach suite,$(SUITES),$(patsubst tests/%.c,%,$(wildcard tests/$(suite)/*.c)))
HOSTED_TESTS      := $(HOSTED_TEST_NAMES:%=$(BUILD)/tests/%)
RELIABILITY_NAMES := $(patsubst reliability/%,%,$(filter reliability/%,$(HOSTED_TEST_NAMES)))

.PHONY: hosted-tests check-hosted
hosted-tests: $(HOSTED_TESTS) ## build the hosted tests
	@rm -f $(filter-out $(HOSTED_TESTS),$(wildcard $(SUITES:%=$(BUILD)/tests/%/*)))

check-hosted: hosted-tests ## run the hosted tests by themselves
	@failed=; for test in $(HOSTED_TESTS); do $$test || failed="$$failed $$test"; done; \
	if [ -n "$$failed" ]; then echo "failed:$$failed"; exit 1; fi

# A test sees every layer. A kernel source sees what it sees in the kernel.
TEST_LAYERS := $(SHARED_LAYERS) $(HOSTED_LAYERS) $(KERNEL_LAYERS) support tests/fuzz \
               tests/conformance/support tests/support tests/reliability/support
$(foreach layer,tests/fuzz tests/support $(SUITES:%=tests/%),$(eval \
    $(call layer_rules,sanitized,$(layer),$(TEST_LAYERS))))
$(foreach variant,sanitized fuzzed afl,$(foreach layer,$(KERNEL_LAYERS),$(eval \
    $(call layer_rules,$(variant),$(layer),$(call upto,$(SHARED_LAYERS) $(KERNEL_LAYERS),$(layer))))))

# gcc warns of every local that lives across expect_panic(), and notes where items of 64-byte
# alignment are passed by value; -Wno-unknown... is for clang.
$(BUILD)/sanitized/tests/%.o: FLAGS_sanitized += -Wno-unknown-warning-option -Wno-clobbered -Wno-psabi

# An archive, so that a program gets what it uses: most register no global allocator.
$(BUILD)/sanitized/libcairn.a: $(call objects,sanitized,$(SHARED_SOURCES))
	$(archive)

# $(1): the test, SUITE/NAME, $(2): its suite
define hosted_test
$(BUILD)/tests/$(1): $(call objects,sanitized,tests/$(1).c $(TEST_SUPPORT) \
        $(or $(TEST_PANIC_$(1)),$(TEST_PANIC)) $(SUITE_SOURCES_$(2)) $(TEST_SOURCES_$(1))) \
        $(TEST_OBJECTS_$(1)) $(BUILD)/sanitized/libcairn.a
	@mkdir -p $$(@D)
	$$(quiet)$$(CC) $$(FLAGS_sanitized) $(TEST_LINK_$(1)) $$^ -o $$@ -lcmocka $(SUITE_LINK_$(2)) -pthread
endef
$(foreach name,$(HOSTED_TEST_NAMES),$(eval $(call hosted_test,$(name),$(patsubst %/,%,$(dir $(name))))))

# Each tests/collections_beside/NAME.cpp runs a collection beside one of the C++ standard library. The
# compiler of C compiles and links it: gcc told so by options, clang in its other mode.
BESIDE_NAMES := $(basename $(notdir $(wildcard tests/collections_beside/*.cpp)))
BESIDE_TESTS := $(BESIDE_NAMES:%=$(BUILD)/tests/collections_beside/%)
BESIDE_FLAGS  = $(if $(findstring clang,$(CC)),--driver-mode=g++) -x c++ -std=gnu++20 $(filter-out -std=% %-prototypes,$(COMMON_FLAGS)) \
    $(FLAGS_sanitized) $(patsubst %,-I%/include,$(SHARED_LAYERS)) -Isupport

$(BUILD)/tests/collections_beside/%: tests/collections_beside/%.cpp $(BUILD)/flags \
        $(call objects,sanitized,$(addprefix hosts/posix/,host.c panic.c waiting.c)) $(BUILD)/sanitized/libcairn.a
	@mkdir -p $(@D)
	@echo "  $(notdir $(CC)) $<"
	$(quiet)$(CC) $(BESIDE_FLAGS) -MMD -MP -MF $@.d -MT $@ $< -x none $(filter %.o %.a,$^) -lstdc++ -o $@

.PHONY: beside-tests
beside-tests: $(BESIDE_TESTS) ## build what runs our collections beside those of C++
built-tests: beside-tests

# The reliability tests again, optimised and without sanitizers, to do much more of the same.

# option ACTIONS=N DEPTH=N TRIALS=N CASES=N FAULTS=N GRANULES=N SLAB_GRANULES=N PROCESSOR_GRANULES=N CHECKED_ACTIONS=N PROMISE_ACTIONS=N: how much make reliability does

reliability: export CHECKED_ACTIONS ?= 10000000
reliability: export ACTIONS ?= 1000000000
reliability: export DEPTH   ?= 7
reliability: export TRIALS  ?= 100000
reliability: export CASES   ?= 100000
reliability: export FAULTS  ?= 100000
reliability: export GRANULES ?= 11
reliability: export SLAB_GRANULES ?= 8
reliability: export PROCESSOR_GRANULES ?= 6
reliability: export PROMISE_ACTIONS ?= 100000000

.PHONY: reliability check-the-checks
reliability: $(RELIABILITY_NAMES:%=$(BUILD)/reliability/%) ## the reliability tests at full length: 10^9 actions, billions in every state of small heaps; an hour and more
	@for test in $^; do $$test || exit 1; done

FLAGS_optimised := -D_GNU_SOURCE -Wno-unknown-warning-option -Wno-clobbered
$(call variant_rules,optimised,$(SHARED_LAYERS) $(HOSTED_LAYERS))
$(foreach layer,tests/fuzz tests/support tests/reliability,$(eval \
    $(call layer_rules,optimised,$(layer),$(TEST_LAYERS))))

$(BUILD)/optimised/libcairn.a: $(call objects,optimised,$(SHARED_SOURCES))
	$(archive)

# $(1): the test's name
define reliability_test
$(BUILD)/reliability/$(1): $(call objects,optimised,tests/reliability/$(1).c $(TEST_SUPPORT) \
        $(or $(TEST_PANIC_reliability/$(1)),$(TEST_PANIC)) $(SUITE_SOURCES_reliability)) \
        $(BUILD)/optimised/libcairn.a
	@mkdir -p $$(@D)
	$$(quiet)$$(CC) $$^ -o $$@ -lcmocka -pthread
endef
$(foreach name,$(RELIABILITY_NAMES),$(eval $(call reliability_test,$(name))))

check-the-checks: ## switch off each check of the heap and its caches in turn: some test must fail (long)
	@CC=$(CC) tests/reliability/mutants.py checks

# option FILE=alloc/...: which file make mutants changes

.PHONY: mutants
mutants: ## make one mistake after the other in FILE=alloc/...: some test must fail each time (long)
	@CC=$(CC) nice -n 15 tests/reliability/mutants.py $(or $(FILE),$(error make mutants FILE=alloc/... says which file))

# Each tests/threads/NAME.c becomes two programs: tests/threads/NAME under ThreadSanitizer, and
# tests/threads-plain/NAME, as fast as threads really are. A panic ends either.
# threads.c works to a thread's very end, where ThreadSanitizer has left it already.

FLAGS_raced := -O1 -fsanitize=thread -D_GNU_SOURCE
$(BUILD)/raced/hosts/posix/threads.o: FLAGS_raced += -fno-sanitize=thread
$(call variant_rules,raced,$(SHARED_LAYERS) $(HOSTED_LAYERS))
$(foreach variant,raced hosted,$(foreach layer,tests/threads tests/support,$(eval \
    $(call layer_rules,$(variant),$(layer),$(TEST_LAYERS)))))

$(BUILD)/raced/libcairn.a: $(call objects,raced,$(SHARED_SOURCES) $(wildcard hosts/posix/*.c))
	$(archive)

THREAD_NAMES := $(basename $(notdir $(wildcard tests/threads/*.c)))
THREAD_TESTS := $(foreach suite,threads threads-plain,$(THREAD_NAMES:%=$(BUILD)/tests/$(suite)/%))

# $(1): the suite, $(2): the variant, $(3): the library
define thread_test
$(BUILD)/tests/$(1)/%: $(BUILD)/$(2)/tests/threads/%.o $(BUILD)/$(2)/tests/support/random.o $(3)
	@mkdir -p $$(@D)
	$$(quiet)$$(CC) $$(FLAGS_$(2)) $$^ -o $$@ -lcmocka -pthread
endef
$(eval $(call thread_test,threads,raced,$(BUILD)/raced/libcairn.a))
$(eval $(call thread_test,threads-plain,hosted,$(BUILD)/libcairn.a))

.PHONY: thread-tests
thread-tests: $(THREAD_TESTS) ## build the tests with many threads, with ThreadSanitizer and without
built-tests: thread-tests

# base/freestanding/memory.c beside the libc whose functions it stands in for: as the sanitizers
# see it; the very object that the kernel links; and one from an optimiser that may call libc.
$(BUILD)/memory/sanitized_memory.o: base/freestanding/memory.c $(MAKEFILE_LIST)
	@mkdir -p $(@D)
	$(quiet)$(CC) $(COMMON_FLAGS) $(FLAGS_sanitized) -Ibase/include \
	    $(foreach name,memcpy memmove memset memcmp strlen,-D$(name)=sanitized_$(name)) -c $< -o $@
$(BUILD)/memory/%_memory.o: $(BUILD)/%/base/freestanding/memory.o
	@mkdir -p $(@D)
	$(quiet)$(OBJCOPY) --prefix-symbols=$*_ $< $@

# option PROOFS="utf8_valid characters": make prove proves these alone
.PHONY: prove
prove: ## prove for all inputs of a bounded size, by CBMC (Debian has it from trixie on)
	@tests/proofs/prove.py $(PROOFS)

# Fuzzing with libFuzzer, which only clang has: each tests/fuzz/NAME.c that is in FUZZ_NAMES.

# option FUZZ=NAME SECONDS=N: what make fuzz runs, and for how long: FUZZ=format SECONDS=60

FUZZ_NAMES          := format heap boot btree hash_map string sequence vec
FUZZ_SOURCES_format := tests/fuzz/format_case.c
FUZZ_SOURCES_heap   := tests/fuzz/heap_case.c tests/fuzz/heap_model.c
FUZZ_SOURCES_boot   := tests/fuzz/boot_case.c $(BOOT_READERS)
FUZZ_SOURCES_btree  := tests/fuzz/btree_case.c
FUZZ_SOURCES_string := tests/fuzz/string_case.c
FUZZ_SOURCES_sequence := tests/fuzz/sequence_case.c
FUZZ_SOURCES_hash_map := tests/fuzz/hash_map_case.c
FUZZ_SOURCES_vec    := tests/fuzz/vec_case.c

FUZZ    ?= format
SECONDS ?= 60

.PHONY: fuzz
fuzz: $(BUILD)/tests/fuzz/$(FUZZ) ## fuzz one part for a while (needs CC=clang)
	@mkdir -p $(BUILD)/fuzz/$(FUZZ)
	cd $(BUILD)/fuzz && $(CURDIR)/$< -max_total_time=$(SECONDS) -max_len=512 $(FUZZ) \
	    $(wildcard $(CURDIR)/tests/fuzz/corpus/$(FUZZ))

FLAGS_fuzzed = $(if $(findstring clang,$(CC)),,$(error libFuzzer is part of clang: make fuzz CC=clang)) \
    $(FLAGS_sanitized) -fsanitize=fuzzer-no-link
$(call variant_rules,fuzzed,$(SHARED_LAYERS) $(HOSTED_LAYERS))
$(eval $(call layer_rules,fuzzed,tests/fuzz,$(TEST_LAYERS)))

$(BUILD)/fuzzed/libcairn.a: $(call objects,fuzzed,$(SHARED_SOURCES) $(wildcard hosts/posix/*.c))
	$(archive)

# $(1): the target's name
define fuzz_target
$(BUILD)/tests/fuzz/$(1): $(call objects,fuzzed,tests/fuzz/$(1).c $(FUZZ_SOURCES_$(1))) \
        $(BUILD)/fuzzed/libcairn.a
	@mkdir -p $$(@D)
	$$(quiet)$$(CC) $$(FLAGS_fuzzed) -fsanitize=fuzzer $$^ -o $$@
endef
$(foreach name,$(FUZZ_NAMES),$(eval $(call fuzz_target,$(name))))

# Fuzzing with AFL++: the same targets, with a main() that reads standard input. What AFL++ begins
# with is the corpus in the repository; what it finds is kept in $(BUILD)/fuzz/NAME-afl.

.PHONY: fuzz-afl
fuzz-afl: $(BUILD)/tests/fuzz/$(FUZZ)-afl ## fuzz the same with AFL++ (package afl++): FUZZ=heap
	@mkdir -p $(BUILD)/fuzz
	AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 afl-fuzz -m none \
	    -V $(SECONDS) -i tests/fuzz/corpus/$(FUZZ) -o $(BUILD)/fuzz/$(FUZZ)-afl -- $(CURDIR)/$<

FLAGS_afl := -O2 -D_GNU_SOURCE
$(BUILD)/afl/%.o $(BUILD)/tests/fuzz/%-afl: CC = afl-clang-fast
$(call variant_rules,afl,$(SHARED_LAYERS) $(HOSTED_LAYERS))
$(eval $(call layer_rules,afl,tests/fuzz,$(TEST_LAYERS)))

$(BUILD)/afl/libcairn.a: $(call objects,afl,$(SHARED_SOURCES) $(wildcard hosts/posix/*.c))
	$(archive)

# $(1): the target's name
define afl_target
$(BUILD)/tests/fuzz/$(1)-afl: $(call objects,afl,tests/fuzz/$(1).c tests/fuzz/standard_input.c \
        $(FUZZ_SOURCES_$(1))) $(BUILD)/afl/libcairn.a
	@mkdir -p $$(@D)
	$$(quiet)$$(CC) $$^ -o $$@ -pthread
endef
$(foreach name,$(FUZZ_NAMES),$(eval $(call afl_target,$(name))))

# SPDX-License-Identifier: MIT
# Measuring. No figure here is part of `make test`: a test must not depend on the machine's mood.

# Results are kept beside the sources; with BUILD=DIR they are left there.
RESULTS := $(if $(filter build,$(CAIRN_BUILD)),bench/results,$(BUILD)/bench/results)

# option BOOTS=41: how many boots of each kernel make figures compares

KERNEL_BENCH_LAYERS := support bench/adversary bench/kernel
$(foreach layer,$(KERNEL_BENCH_LAYERS),$(eval $(call layer_rules,kernel,$(layer),\
    $(SHARED_LAYERS) $(KERNEL_LAYERS) $(call upto,$(KERNEL_BENCH_LAYERS),$(layer)))))

$(BUILD)/bench/kernel/%.elf: $(BUILD)/kernel/bench/kernel/%.o $(BUILD)/kernel/kernel/heap/$(ALLOCATOR).o $(KERNEL_OBJECTS) $(LINKER_SCRIPT) $(SYMBOLS_TOOL) tools/check-kernel
	$(call link_kernel,$< $(BUILD)/kernel/kernel/heap/$(ALLOCATOR).o)

.PHONY: figures
figures: $(KERNEL) $(BUILD)/bench/kernel/figures.elf ## measure the kernel: its boot, instructions, size
	@bench/kernel_figures.py $(BUILD) $(BOOTS)

# Instructions of every operation, one kernel for each allocator.
COUNTED_ALLOCATORS  := $(filter-out dummy none,$(ALLOCATORS))
INSTRUCTION_KERNELS := $(COUNTED_ALLOCATORS:%=$(BUILD)/bench/kernel/instructions-%.elf)

INSTRUCTION_OBJECTS := $(call objects,kernel,$(addprefix bench/kernel/,instructions.c collections.c counting.c))
$(BUILD)/bench/kernel/instructions-%.elf: $(INSTRUCTION_OBJECTS) $(BUILD)/kernel/kernel/heap/%.o $(KERNEL_OBJECTS) $(LINKER_SCRIPT) $(SYMBOLS_TOOL) tools/check-kernel
	$(call link_kernel,$(INSTRUCTION_OBJECTS) $(BUILD)/kernel/kernel/heap/$*.o)

# Adversaries: one kernel for each allocator, which takes programs by the serial port.
ADVERSARY_KERNELS := $(COUNTED_ALLOCATORS:%=$(BUILD)/bench/kernel/adversary-%.elf)
ADVERSARY_OBJECTS := $(call objects,kernel,bench/kernel/adversary.c bench/kernel/counting.c \
    $(wildcard bench/adversary/*.c))
$(BUILD)/bench/kernel/adversary-%.elf: KERNEL_LINK_FLAGS += --wrap=memcpy --wrap=memmove
$(BUILD)/bench/kernel/adversary-%.elf: $(ADVERSARY_OBJECTS) $(BUILD)/kernel/kernel/heap/%.o $(KERNEL_OBJECTS) $(LINKER_SCRIPT) $(SYMBOLS_TOOL) tools/check-kernel
	$(call link_kernel,$(ADVERSARY_OBJECTS) $(BUILD)/kernel/kernel/heap/$*.o)

.PHONY: bench-kernel
built-tests: $(INSTRUCTION_KERNELS) $(ADVERSARY_KERNELS)
bench-kernel: $(INSTRUCTION_KERNELS) $(ADVERSARY_KERNELS) ## count the instructions of every allocator's operations in QEMU; results in bench/results
	@bench/kernel_instructions.py $(CC) $(RESULTS)

# option SEED=2 PROGRAMS=20000 SUBJECTS="cairn tlsf": how make bench-adversary searches, and for whom
.PHONY: bench-adversary
bench-adversary: $(ADVERSARY_KERNELS) ## search for each allocator's worst case; what is found goes to bench/worst.txt in the build
	@bench/search_adversary.py --build $(BUILD) --allocators '$(or $(SUBJECTS),$(COUNTED_ALLOCATORS))' \
	    $(if $(SEED),--seed '$(SEED)') $(if $(PROGRAMS),--programs $(PROGRAMS))

# Hosted benchmarks: bench/measure.c is one run of one workload on one subject; bench/run and
# tools/replay start it, and compare.

# option ONLY=random: make bench runs the groups whose names begin so, alone; a wrong one lists them
# option SUBJECTS="linked_list glibc": make bench and make replay measure these subjects alone
# option QUICK=1: make bench takes under a minute; its results are not kept
# option ROUNDS=7: how often make bench and bench-collections measure each figure, and make replay each time
# option FILE=trace.ctr.xz: the trace that make replay replays; ARGS=--csv prints values alone

BENCH_LAYERS    := support bench/subjects bench/replay bench/adversary bench/workloads
MEASURE         := $(BUILD)/bench/measure
FLAGS_measured  = -fomit-frame-pointer -D_GNU_SOURCE -D'OPTIONS="$(strip -O2 $(filter -O% -m%,$(CFLAGS)))"'
$(BUILD)/measured/base/%.o $(BUILD)/measured/alloc/%.o: FLAGS_measured += $(NO_PAIRS)

$(call variant_rules,measured,$(SHARED_LAYERS) $(HOSTED_LAYERS) $(BENCH_LAYERS) bench)

# The harness's own tests, tests/bench/*.c, with sanitizers.
BENCH_SOURCES := $(foreach layer,$(BENCH_LAYERS),$(wildcard $(layer)/*.c))
BENCH_TESTED  := $(BENCH_SOURCES) hosts/posix/threads.c
$(foreach layer,$(BENCH_LAYERS),$(eval $(call layer_rules,sanitized,$(layer),\
    $(call upto,$(SHARED_LAYERS) $(HOSTED_LAYERS) $(BENCH_LAYERS),$(layer)))))
$(BUILD)/sanitized/tests/bench/%.o: FLAGS_sanitized += $(BENCH_LAYERS:%=-I%)
SUITE_SOURCES_bench := $(BENCH_TESTED)
SUITE_LINK_bench    := -llzma -lm

MEASURED_LIBRARY := $(call objects,measured,$(SHARED_SOURCES) $(wildcard hosts/posix/*.c))
MEASURED_PROGRAM := $(call objects,measured,bench/measure.c $(BENCH_SOURCES))

# An archive, so that a program gets what it uses.
$(BUILD)/measured/libcairn.a: $(MEASURED_LIBRARY)
	$(archive)

$(MEASURE): $(MEASURED_PROGRAM) $(BUILD)/measured/libcairn.a
	@mkdir -p $(@D)
	@echo "  ld $@"
	$(quiet)$(CC) $(CFLAGS) $(LDFLAGS) $^ -o $@ -llzma -pthread

BENCH_OPTIONS = --build $(BUILD) $(if $(SUBJECTS),--subjects '$(SUBJECTS)') $(if $(ROUNDS),--rounds $(ROUNDS))

# What is said while building goes to standard error: of make replay ARGS=--csv the output is data.
.PHONY: bench replay measure pictures
measure: $(MEASURE)
built-tests: $(MEASURE)
bench: ## compare the allocators with each other and with peers; results in bench/results
	@$(MAKE) --no-print-directory measure >&2
	@bench/run $(BENCH_OPTIONS) $(if $(ONLY),--only '$(ONLY)') $(if $(filter-out 0,$(QUICK)),--quick,--results $(RESULTS))
pictures: ## draw the results that are kept: in build/gcc/bench/pictures, and README's picture anew
	@bench/run --redraw --build $(BUILD) --results $(RESULTS)
	@bench/run_collections --redraw --build $(BUILD) --results $(RESULTS)
	$(if $(filter build,$(CAIRN_BUILD)),@cp $(BUILD)/bench/pictures/random.svg docs/random-actions.svg)
replay: ## replay the trace FILE on every allocator: who is fastest, and who needs the smallest heap
	@$(MAKE) --no-print-directory measure >&2
	@tools/replay $(BENCH_OPTIONS) --picture $(BUILD)/bench $(ARGS) $(if $(FILE),'$(FILE)')

# Collections beside those of other libraries. bench/collections/SUBJECT/COLLECTION.c, .cpp or .rs
# becomes a program for each size of items, $(BUILD)/bench/collections/SUBJECT-COLLECTION-SIZE. A
# subject whose file of COLLECTION_SIGN is missing is left out.

# option COLLECTIONS="vec list": make bench-collections measures these alone
# option COUNTS="100 1000000" SIZES=64: make bench-collections measures with this number of items, of this size
# option WORST=1000000: with this number of items make bench-collections counts the worst operation

COLLECTION_SIGN_glib   := /usr/include/glib-2.0/glib.h
COLLECTION_SIGN_abseil := /usr/include/absl/container/btree_map.h
COLLECTION_SIGN_boost  := /usr/include/boost/unordered/unordered_flat_map.hpp
COLLECTION_SIGN_uthash := /usr/include/uthash.h
COLLECTION_SIGN_rust   := $(or $(shell command -v rustc),/no/rustc)

COLLECTION_FLAGS_glib  = $(shell pkg-config --cflags glib-2.0)
COLLECTION_LINK_glib   = $(shell pkg-config --libs glib-2.0)
COLLECTION_LINK_abseil = $(shell pkg-config --libs absl_btree absl_flat_hash_map absl_node_hash_map)
COLLECTION_LINK_cairn  = $(call objects,measured,bench/subjects/malloc.c) $(BUILD)/measured/libcairn.a

COLLECTION_SUBJECTS := cairn libstdcxx abseil boost glib uthash rust
COLLECTIONS_MISSING := $(foreach subject,abseil boost glib uthash rust,\
    $(if $(wildcard $(COLLECTION_SIGN_$(subject))),,$(subject)))
COLLECTION_SOURCES  := $(foreach subject,$(filter-out $(COLLECTIONS_MISSING),$(COLLECTION_SUBJECTS)),\
    $(foreach name,$(or $(COLLECTIONS),*),$(wildcard bench/collections/$(subject)/$(name).*)))
COLLECTION_SIZES    := 4 8 64

COLLECTION_HARNESS := $(call objects,measured,bench/collections/harness/harness.c)
$(eval $(call layer_rules,measured,bench/collections/harness,support bench/collections/harness))

# $(1) the language's standard, and what else only it takes
collection_flags = $(filter-out -std=% $(if $(findstring ++,$(1)),%-prototypes),$(COMMON_FLAGS)) $(1) \
    $(FLAGS_measured) -Ibench/collections/harness -Ibench/subjects \
    $(patsubst %,-I%/include,$(SHARED_LAYERS)) -Wno-psabi

define compile_collection.c
$(CC) $(call collection_flags,-std=gnu17) -x c
endef
define compile_collection.cpp
$(CC) $(if $(findstring clang,$(CC)),--driver-mode=g++) $(call collection_flags,-std=gnu++20) -x c++
endef

# $(1) the source, $(2) its subject, $(3) its name for the program, $(4) the size of its items. Without
# what debuggers read, for an older valgrind than the compiler gives up on that.
define collection_program
COLLECTION_PROGRAMS += $(BUILD)/bench/collections/$(3)-$(4)
$(BUILD)/bench/collections/$(3)-$(4): $(1) $(COLLECTION_HARNESS) $(if $(filter cairn,$(2)),$(COLLECTION_LINK_cairn)) $(BUILD)/flags
	@mkdir -p $$(@D)
	@echo "  $(if $(filter %.rs,$(1)),rustc,$(notdir $(CC))) $(1), items of $(4) bytes"
	$(quiet)$(if $(filter %.rs,$(1)),env -u MAKEFLAGS -u MFLAGS rustc --edition 2021 -O -C panic=abort --crate-type staticlib \
	    --cfg 'item_size="$(4)"' $(1) -o $$@.part,\
	    $(compile_collection$(suffix $(1))) -DITEM_SIZE=$(4) $(COLLECTION_FLAGS_$(2)) -MMD -MP \
	    -MF $$@.d -MT $$@ -c $(1) -o $$@.part)
	$(quiet)$(CC) $(LDFLAGS) -Wl,--strip-debug $(COLLECTION_HARNESS) $$@.part $(COLLECTION_LINK_$(2)) -o $$@ -lstdc++ -pthread -ldl -lm
endef
$(foreach source,$(COLLECTION_SOURCES),$(foreach size,$(COLLECTION_SIZES),$(eval $(call \
    collection_program,$(source),$(patsubst bench/collections/%/,%,$(dir $(source))),$(subst /,-,$(basename $(source:bench/collections/%=%))),$(size)))))

.PHONY: bench-collections measured-collections
measured-collections: $(COLLECTION_PROGRAMS)
bench-collections: ## compare the collections with those of C++, Rust and C libraries; results in bench/results
	@$(MAKE) --no-print-directory measured-collections >&2
	@bench/run_collections --build $(BUILD) --results $(RESULTS) --missing '$(COLLECTIONS_MISSING)' \
	    $(if $(COLLECTIONS),--collections '$(COLLECTIONS)') $(if $(COUNTS),--counts '$(COUNTS)') \
	    $(if $(SIZES),--sizes '$(SIZES)') $(if $(WORST),--worst '$(WORST)') $(if $(ROUNDS),--rounds $(ROUNDS))

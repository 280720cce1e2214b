# SPDX-License-Identifier: MIT
# Measuring. No figure here is part of `make test`: a test must not depend on the machine's mood.

# Results are kept beside the sources; with BUILD=DIR they are left there.
RESULTS := $(if $(filter build,$(CAIRN_BUILD)),bench/results,$(BUILD)/bench/results)

# option BOOTS=41: how many boots of each kernel make figures compares

KERNEL_BENCH_LAYERS := bench/harness bench/adversary bench/kernel
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

INSTRUCTION_OBJECTS := $(call objects,kernel,bench/kernel/instructions.c bench/kernel/counting.c)
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
bench-adversary: $(ADVERSARY_KERNELS) ## search for each allocator's worst case; what is found goes to bench/adversary/worst.txt
	@bench/search_adversary.py --build $(BUILD) --allocators '$(or $(SUBJECTS),$(COUNTED_ALLOCATORS))' \
	    $(if $(SEED),--seed '$(SEED)') $(if $(PROGRAMS),--programs $(PROGRAMS))

# Hosted benchmarks: bench/measure.c is one run of one workload on one subject; bench/run and
# tools/replay start it, and compare.

# option ONLY=random: make bench runs the groups whose names begin so, alone; a wrong one lists them
# option SUBJECTS="linked_list glibc": make bench and make replay measure these subjects alone
# option QUICK=1: make bench takes under a minute; its results are not kept
# option ROUNDS=7: how often make bench measures each figure, and make replay each time
# option FILE=trace.ctr.xz: the trace that make replay replays; ARGS=--csv prints values alone

BENCH_LAYERS    := bench/harness bench/subjects bench/replay bench/adversary bench/workloads
MEASURE         := $(BUILD)/bench/measure
FLAGS_measured  = -fomit-frame-pointer -D_GNU_SOURCE -D'OPTIONS="$(strip -O2 $(filter -O% -m%,$(CFLAGS)))"'

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
pictures: ## draw the pictures of bench/results anew, from the CSV files there
	@bench/run --redraw --build $(BUILD) --results $(RESULTS)
replay: ## replay the trace FILE on every allocator: who is fastest, and who needs the smallest heap
	@$(MAKE) --no-print-directory measure >&2
	@tools/replay $(BENCH_OPTIONS) --picture $(BUILD)/bench $(ARGS) $(if $(FILE),'$(FILE)')

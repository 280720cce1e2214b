# SPDX-License-Identifier: MIT
# The hosted side: the library for programs, the one that takes the place of malloc, the recorder.

VERSION := $(shell sed -n 's/^.define CAIRN_VERSION_[MP][A-Z]* *\([0-9][0-9]*\)$$/\1/p' \
                   base/include/cairn/version.h | paste -sd.)
MAJOR   := $(firstword $(subst ., ,$(VERSION)))

# Thread-locals that the dynamic linker places when the program starts: reaching them is one
# instruction, and never asks malloc for memory, which __tls_get_addr() may.
FLAGS_hosted += -D_GNU_SOURCE -ftls-model=initial-exec

TEST_SOURCES_posix/memory  := hosts/posix/memory.c
TEST_SOURCES_posix/threads := hosts/posix/threads.c
SUITE_SOURCES_record       := $(addprefix tools/record/,trace.c threads.c blocks.c output.c)
SUITE_LINK_record          := -llzma

# $(1): the version script; what a shared object shows. Its own functions it calls directly, and
# that nothing is left for the program to define is an error.
link_shared = $(CC) $(CFLAGS) $(FLAGS_hosted) -shared $(LDFLAGS) -Wl,--version-script=$(1) -Wl,-Bsymbolic-functions \
    -Wl,-z,defs -Wl,-z,now -Wl,-z,relro

# ---- libcairn -------------------------------------------------------------------------------------

POSIX_SOURCES := $(wildcard hosts/posix/*.c)

SONAME := libcairn.so.$(MAJOR)

.PHONY: library
library: $(BUILD)/libcairn.a $(BUILD)/libcairn.so ## build the library for programs, static and shared

$(BUILD)/libcairn.a: $(call objects,hosted,$(SHARED_SOURCES) $(POSIX_SOURCES))
	$(archive)

$(BUILD)/$(SONAME): $(call objects,hosted,$(SHARED_SOURCES) $(POSIX_SOURCES) $(wildcard hosts/posix/shared/*.c)) hosts/posix/shared/library.map
	@echo "  ld $@"
	$(quiet)$(call link_shared,hosts/posix/shared/library.map) -Wl,-soname=$(SONAME) $(filter %.o,$^) -o $@ -pthread

$(BUILD)/libcairn.so: $(BUILD)/$(SONAME)
	$(quiet)ln -sf $(SONAME) $@

# ---- libcairn-malloc.so ---------------------------------------------------------------------------

# The compiler must not make a call of calloc out of calloc's own body.
$(BUILD)/hosted/hosts/preload/%.o: FLAGS_hosted += -fno-builtin
$(eval $(call layer_rules,hosted,hosts/preload,$(SHARED_LAYERS) $(HOSTED_LAYERS)))

PRELOAD        := $(BUILD)/libcairn-malloc.so
PRELOAD_SONAME := libcairn-malloc.so.$(MAJOR)

.PHONY: preload
preload: $(PRELOAD) ## build what takes the place of malloc (LD_PRELOAD), and print its path
	@case "$$(realpath -s $(PRELOAD))" in *[\ :]*) \
	    echo "LD_PRELOAD takes a space or a colon for the end of a name: give it a link to this file" >&2 ;; esac
	@realpath -s $(PRELOAD)

# -z initfirst: see hosts/preload/malloc.c, "fork".
$(BUILD)/$(PRELOAD_SONAME): $(call objects,hosted,$(wildcard hosts/preload/*.c) hosts/posix/shared/global.c) $(BUILD)/libcairn.a hosts/preload/malloc.map
	@echo "  ld $@"
	$(quiet)$(call link_shared,hosts/preload/malloc.map) -Wl,-z,initfirst \
	    -Wl,-soname=$(@F) $(filter %.o %.a,$^) -o $@ -pthread

$(PRELOAD): $(BUILD)/$(PRELOAD_SONAME)
	$(quiet)ln -sf $(<F) $@

# ---- cairn-record ---------------------------------------------------------------------------------

$(foreach variant,hosted sanitized,$(eval $(call layer_rules,$(variant),tools/record,base support tools/record)))
$(BUILD)/sanitized/tests/record/%.o: FLAGS_sanitized += -Itools/record

RECORD         := $(BUILD)/cairn-record
RECORD_LIBRARY := $(BUILD)/libcairn-record.so

.PHONY: record
record: $(RECORD) $(RECORD_LIBRARY) ## build the recorder of a program's allocations

$(RECORD): $(call objects,hosted,$(addprefix tools/record/,record.c trace.c threads.c blocks.c output.c messages.c))
	@echo "  ld $@"
	$(quiet)$(CC) $(CFLAGS) $(FLAGS_hosted) $(LDFLAGS) $^ -o $@ -llzma

$(BUILD)/hosted/tools/record/interpose.o $(BUILD)/hosted/tools/record/exec.o: FLAGS_hosted += -fno-builtin
$(RECORD_LIBRARY): $(call objects,hosted,$(addprefix tools/record/,interpose.c exec.c log.c)) tools/record/interpose.map
	@echo "  ld $@"
	$(quiet)$(call link_shared,tools/record/interpose.map) -Wl,-soname=$(@F) $(filter %.o,$^) -o $@ -pthread

# ---- programs of the tests ------------------------------------------------------------------------

# Plain programs, without sanitizers: something else takes the place of their malloc.
HOSTED_TEST_PROGRAMS := $(patsubst tests/hosted/%.c,$(BUILD)/tests/hosted/%,$(wildcard tests/hosted/*.c))

$(BUILD)/tests/hosted/%: tests/hosted/%.c Makefile mk/hosted.mk
	@mkdir -p $(@D)
	@echo "  $(notdir $(CC)) $<"
	$(quiet)$(CC) $(COMMON_FLAGS) -Isupport $(FLAGS_hosted) $(LDFLAGS) -O0 -fno-builtin $< -o $@ -pthread -ldl

# One that injects faults, as tests/reliability/faults.c does: it shares what that has.
$(foreach layer,tests/hosted tests/reliability,$(eval \
    $(call layer_rules,hosted,$(layer),$(SHARED_LAYERS) support tests/support tests/reliability/support)))
$(BUILD)/tests/hosted/malloc_faults: $(call objects,hosted,tests/hosted/malloc_faults.c \
        $(addprefix tests/reliability/support/,faults.c effort.c) tests/support/random.c)
	@mkdir -p $(@D)
	$(quiet)$(CC) $(CFLAGS) $(LDFLAGS) $^ -o $@ -lcmocka

.PHONY: malloc-faults
malloc-faults: $(BUILD)/tests/hosted/malloc_faults $(PRELOAD) ## inject faults into the heap as malloc; make reliability does it, too
	@LD_PRELOAD=$(PRELOAD) $<
reliability: malloc-faults

# All of the hosted side; with the tools that are installed, for the tests install them.
.PHONY: hosted
hosted: library $(PRELOAD) record $(MEASURE) $(HOSTED_TEST_PROGRAMS)
built-tests: hosted

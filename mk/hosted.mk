# SPDX-License-Identifier: MIT
# The hosted side: the library for programs, the one that takes the place of malloc, the recorder,
# and installing them all.

# option PREFIX=/usr/local: where make install puts things
# option DESTDIR=DIR: a folder that stands for / while installing, for packages

VERSION := 0.1.0
SONAME  := libcairn.so.0

# Thread-locals that the dynamic linker places when the program starts: reaching them is one
# instruction, and never asks malloc for memory, which __tls_get_addr() may.
FLAGS_hosted += -D_GNU_SOURCE -ftls-model=initial-exec

UNIT_SOURCES_base_host_memory  := hosts/posix/memory.c
UNIT_SOURCES_base_host_threads := hosts/posix/threads.c
UNIT_SOURCES_record_trace      := $(addprefix tools/record/,trace.c blocks.c output.c)
UNIT_LINK_record_trace         := -llzma

# $(1): the version script; what a shared object shows. Its own functions it calls directly, and
# that nothing is left for the program to define is an error.
link_shared = $(CC) $(CFLAGS) $(FLAGS_hosted) -shared $(LDFLAGS) -Wl,--version-script=$(1) -Wl,-Bsymbolic-functions \
    -Wl,-z,defs -Wl,-z,now -Wl,-z,relro

# ---- libcairn -------------------------------------------------------------------------------------

POSIX_SOURCES := $(wildcard hosts/posix/*.c)

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

PRELOAD := $(BUILD)/libcairn-malloc.so

.PHONY: preload
preload: $(PRELOAD) ## build what takes the place of malloc (LD_PRELOAD), and print its path
	@realpath -s $(PRELOAD)

# -z initfirst: see hosts/preload/malloc.c, "fork".
$(PRELOAD): $(call objects,hosted,$(wildcard hosts/preload/*.c) hosts/posix/shared/global.c) $(BUILD)/libcairn.a hosts/preload/malloc.map
	@echo "  ld $@"
	$(quiet)$(call link_shared,hosts/preload/malloc.map) -Wl,-z,initfirst \
	    -Wl,-soname=$(@F) $(filter %.o %.a,$^) -o $@ -pthread

# ---- cairn-record ---------------------------------------------------------------------------------

$(foreach variant,hosted sanitized,$(eval $(call layer_rules,$(variant),tools/record,tools/record)))
$(BUILD)/sanitized/tests/unit/record_trace.o: FLAGS_sanitized += -Itools/record

RECORD         := $(BUILD)/cairn-record
RECORD_LIBRARY := $(BUILD)/libcairn-record.so

.PHONY: record
record: $(RECORD) $(RECORD_LIBRARY) ## build the recorder of a program's allocations

$(RECORD): $(call objects,hosted,$(addprefix tools/record/,record.c trace.c blocks.c output.c messages.c))
	@echo "  ld $@"
	$(quiet)$(CC) $(CFLAGS) $(FLAGS_hosted) $(LDFLAGS) $^ -o $@ -llzma

$(BUILD)/hosted/tools/record/interpose.o: FLAGS_hosted += -fno-builtin
$(RECORD_LIBRARY): $(call objects,hosted,$(addprefix tools/record/,interpose.c log.c)) tools/record/interpose.map
	@echo "  ld $@"
	$(quiet)$(call link_shared,tools/record/interpose.map) -Wl,-soname=$(@F) $(filter %.o,$^) -o $@ -pthread

# ---- programs of the tests ------------------------------------------------------------------------

# Plain programs, without sanitizers: something else takes the place of their malloc.
HOSTED_TEST_PROGRAMS := $(patsubst tests/hosted/%.c,$(BUILD)/tests/hosted/%,$(wildcard tests/hosted/*.c))

$(BUILD)/tests/hosted/%: tests/hosted/%.c Makefile mk/hosted.mk
	@mkdir -p $(@D)
	@echo "  $(notdir $(CC)) $<"
	$(quiet)$(CC) $(COMMON_FLAGS) $(FLAGS_hosted) -O0 -fno-builtin $< -o $@ -pthread -ldl

# All of the hosted side; with the tools that are installed, for the tests install them.
.PHONY: hosted
hosted: library $(PRELOAD) record $(BUILD)/bench/measure $(HOSTED_TEST_PROGRAMS)
built-tests: hosted

# ---- installing -----------------------------------------------------------------------------------

PREFIX       ?= /usr/local
INSTALL_ROOT := $(DESTDIR)$(PREFIX)

# What goes where, below PREFIX: SOURCE:TARGET. Another tool is one more line. cairn-replay finds
# its parts as they lie here, and is reached by a link.
INSTALLED := \
    $(BUILD)/libcairn.a:lib/libcairn.a \
    $(BUILD)/$(SONAME):lib/$(SONAME) \
    $(PRELOAD):lib/libcairn-malloc.so \
    $(RECORD_LIBRARY):lib/cairn/libcairn-record.so \
    $(RECORD):bin/cairn-record \
    $(BUILD)/bench/measure:lib/cairn/replay/build/gcc/bench/measure \
    $(foreach file,tools/replay $(wildcard bench/comparison/*.py),$(file):lib/cairn/replay/$(file)) \
    $(foreach folder,$(call headers_of,base) $(call headers_of,alloc),\
        $(foreach header,$(shell cd $(folder) && find cairn -name '*.h'),$(folder)/$(header):include/$(header)))

INSTALLED_LINKS := $(SONAME):lib/libcairn.so ../lib/cairn/replay/tools/replay:bin/cairn-replay
PC_FILE          = $(INSTALL_ROOT)/lib/pkgconfig/cairn.pc

source_of = $(firstword $(subst :, ,$(1)))
target_of = $(INSTALL_ROOT)/$(lastword $(subst :, ,$(1)))

.PHONY: install uninstall
install: $(foreach file,$(INSTALLED),$(call source_of,$(file))) ## install the library and the tools (PREFIX=, DESTDIR=)
	$(quiet)set -e; for file in $(INSTALLED); do \
	    [ -x $${file%:*} ] && mode=755 || mode=644; \
	    install -D -m $$mode $${file%:*} $(INSTALL_ROOT)/$${file#*:}; done
	$(quiet)set -e; for link in $(INSTALLED_LINKS); do ln -sf $${link%:*} $(INSTALL_ROOT)/$${link#*:}; done
	$(quiet)install -d $(dir $(PC_FILE))
	$(quiet)sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' hosts/posix/cairn.pc.in > $(PC_FILE)
	@echo "installed in $(INSTALL_ROOT); a program is built with: pkg-config --cflags --libs cairn"

uninstall: ## remove what make install put there (same PREFIX=, DESTDIR=)
	$(quiet)rm -f $(foreach file,$(INSTALLED) $(INSTALLED_LINKS),$(call target_of,$(file))) $(PC_FILE)
	$(quiet)rm -rf $(INSTALL_ROOT)/lib/cairn/replay/bench/comparison/__pycache__
	$(quiet)for folder in $(INSTALL_ROOT)/include/cairn $(INSTALL_ROOT)/lib/cairn; do \
	    [ ! -d $$folder ] || find $$folder -depth -type d -empty -delete; done
	@echo "removed from $(INSTALL_ROOT)"

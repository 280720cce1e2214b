# SPDX-License-Identifier: MIT
# Installing the library and the tools, and what other builds ask for them.

# option PREFIX=/usr/local: where make install puts things
# option LIBDIR=DIR: libraries elsewhere than in PREFIX/lib; INCLUDEDIR= and MANDIR= likewise
# option DESTDIR=DIR: a folder that stands for / while installing, for packages

PREFIX     ?= /usr/local
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR     ?= $(PREFIX)/share/man

# Manuals are of the day of the newest version, whenever they are built.
MANUALS := $(patsubst docs/man/%.scd,$(BUILD)/man/%,$(wildcard docs/man/*.scd))
RELEASED = $(shell date -ud '$(shell sed -n '/^## /{s/.*(\(.*\))/\1/p;q}' CHANGELOG.md)' +%s)

.PHONY: manuals
manuals: $(MANUALS) ## build the manuals (needs scdoc)
$(BUILD)/man/%: docs/man/%.scd CHANGELOG.md base/include/cairn/version.h
	@mkdir -p $(@D)
	@command -v scdoc >/dev/null || { echo "scdoc is missing: ./cairn manuals installs it" >&2; exit 1; }
	$(quiet)sed 's/@MAJOR@/$(MAJOR)/' $< | SOURCE_DATE_EPOCH=$(RELEASED) scdoc > $@

# What goes where: SOURCE:TARGET. Another tool is one more line. The tools find their parts from where
# they lie themselves, whatever LIBDIR is: cairn-replay lies among its own as it does in the sources,
# and is reached by a link.
PARTS        := $(PREFIX)/lib/cairn
REPLAY_PARTS := tools/replay base/include/cairn/version.h $(wildcard bench/comparison/*.py)
PRINTERS     := tools/gdb/cairn.py $(wildcard tools/gdb/printers/*.py)
HEADERS      := $(foreach folder,$(call headers_of,base) $(call headers_of,alloc),\
                  $(shell find $(folder)/cairn -name '*.h' -o -name '*.hpp'))
INSTALLED    := \
    $(BUILD)/libcairn.a:$(LIBDIR)/libcairn.a \
    $(BUILD)/$(SONAME):$(LIBDIR)/$(SONAME) \
    $(BUILD)/$(PRELOAD_SONAME):$(LIBDIR)/$(PRELOAD_SONAME) \
    $(RECORD_LIBRARY):$(PARTS)/$(notdir $(RECORD_LIBRARY)) \
    $(RECORD):$(PREFIX)/bin/$(notdir $(RECORD)) \
    $(MEASURE):$(PARTS)/replay/build/gcc/bench/measure \
    $(foreach part,$(REPLAY_PARTS),$(part):$(PARTS)/replay/$(part)) \
    $(foreach part,$(PRINTERS),$(part):$(PREFIX)/share/cairn/$(part:tools/%=%)) \
    $(foreach header,$(HEADERS),$(header):$(INCLUDEDIR)/cairn/$(lastword $(subst /include/cairn/, ,$(header)))) \
    $(foreach manual,$(MANUALS),$(manual):$(MANDIR)/man$(subst .,,$(suffix $(manual)))/$(notdir $(manual)))

# Likewise, but made where they are installed, for they tell where that is.
DESCRIPTIONS := \
    cairn.pc:$(LIBDIR)/pkgconfig/cairn.pc \
    $(foreach name,cairnConfig.cmake cairnConfigVersion.cmake,$(name):$(LIBDIR)/cmake/cairn/$(name))

# TEXT:LINK
INSTALLED_LINKS := \
    $(SONAME):$(LIBDIR)/libcairn.so \
    $(PRELOAD_SONAME):$(LIBDIR)/libcairn-malloc.so \
    ../lib/cairn/replay/tools/replay:$(PREFIX)/bin/cairn-replay

# A description holds folders as pkg-config wants them, below ${prefix}, or as CMake does, from its own.
below_prefix = $(1:$(PREFIX)/%=$${prefix}/%)
describe = sed -e 's|@VERSION@|$(VERSION)|; s|@MAJOR@|$(MAJOR)|; s|@PREFIX@|$(PREFIX)|' \
    -e 's|@LIBDIR@|$(call below_prefix,$(LIBDIR))|; s|@INCLUDEDIR@|$(call below_prefix,$(INCLUDEDIR))|' \
    -e 's|@HEADERS_FROM_HERE@|$(shell realpath -m --relative-to=$(LIBDIR)/cmake/cairn $(INCLUDEDIR))|'

.PHONY: install uninstall
install: $(foreach file,$(INSTALLED),$(firstword $(subst :, ,$(file)))) ## install the library and the tools (PREFIX=, DESTDIR=, ...)
	$(quiet)set -e; for file in $(INSTALLED); do \
	    [ -x $${file%:*} ] && mode=755 || mode=644; \
	    install -D -m $$mode $${file%:*} "$(DESTDIR)$${file#*:}"; done
	$(quiet)set -e; for file in $(DESCRIPTIONS); do \
	    install -D -m 644 /dev/null "$(DESTDIR)$${file#*:}"; \
	    $(describe) hosts/posix/installed/$${file%:*}.in > "$(DESTDIR)$${file#*:}"; done
	$(quiet)set -e; for link in $(INSTALLED_LINKS); do \
	    install -d "$(DESTDIR)$$(dirname $${link#*:})"; ln -sf $${link%:*} "$(DESTDIR)$${link#*:}"; done
	@echo "installed in $(DESTDIR)$(PREFIX); a program is built with: pkg-config --cflags --libs cairn"

uninstall: ## remove what make install put there (same PREFIX=, DESTDIR=, ...)
	$(quiet)for file in $(INSTALLED) $(DESCRIPTIONS) $(INSTALLED_LINKS); do rm -f "$(DESTDIR)$${file#*:}"; done
	$(quiet)for folder in $(INCLUDEDIR)/cairn $(LIBDIR)/cmake/cairn $(PARTS); do \
	    [ ! -d "$(DESTDIR)$$folder" ] || find "$(DESTDIR)$$folder" -depth -type d -empty -delete; done
	@echo "removed from $(DESTDIR)$(PREFIX)"

# SPDX-License-Identifier: MIT
# Cairn in other builds than this one: in two files.

SINGLE_FILE := $(BUILD)/single-file

.PHONY: single-file
single-file: $(SINGLE_FILE)/cairn.c ## the library as two files, cairn.h and cairn.c, to compile anywhere
	@echo "cairn.h and cairn.c are in $(SINGLE_FILE)"

$(SINGLE_FILE)/cairn.c: tools/single_file.py LICENSE $(wildcard hosts/single_file/*) $(SHARED_SOURCES) \
        $(wildcard base/freestanding/*.c) $(shell find base alloc -name '*.h')
	@echo "  single_file $@"
	$(quiet)tools/single_file.py $(@D) $(SHARED_SOURCES)

built-for-both: $(SINGLE_FILE)/cairn.c

.PHONY: release
release: $(SINGLE_FILE)/cairn.c ## what a release publishes: the sources as committed, cairn.h and cairn.c
	$(quiet)mkdir -p $(BUILD)/release
	$(quiet)git archive --prefix=cairn-$(VERSION)/ -o $(BUILD)/release/cairn-$(VERSION).tar.gz HEAD
	$(quiet)cp $(SINGLE_FILE)/cairn.h $(SINGLE_FILE)/cairn.c $(BUILD)/release
	@echo "cairn-$(VERSION).tar.gz, cairn.h and cairn.c are in $(BUILD)/release"

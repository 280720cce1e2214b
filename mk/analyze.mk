# SPDX-License-Identifier: MIT
# What tools say of the sources without running them: the compilers' analyzers, and the format.

ANALYZED_SOURCES := $(SHARED_SOURCES) $(wildcard hosts/posix/*.c base/freestanding/*.c) \
    $(foreach layer,$(KERNEL_LAYERS),$(wildcard $(layer)/*.c))

# gcc looks for leaks, double frees and uses after free; clang for these and for what may be null.
ANALYZER_gcc   := -fanalyzer -c -o /dev/null
ANALYZER_clang := --analyze --analyzer-output text -Xclang -analyzer-werror
ANALYZER       := $(if $(findstring clang,$(CC)),$(ANALYZER_clang),$(ANALYZER_gcc))
ANALYZER_FLAGS = $(COMMON_FLAGS) -D_GNU_SOURCE $(FREESTANDING) \
    $(foreach layer,$(SHARED_LAYERS) $(HOSTED_LAYERS) $(KERNEL_LAYERS),-I$(call headers_of,$(layer)))

FREESTANDING := -ffreestanding -mcmodel=kernel -fno-pic -mgeneral-regs-only
$(BUILD)/analyzed/hosts/%: FREESTANDING :=

.PHONY: analyze format check-format
analyze: $(ANALYZED_SOURCES:%=$(BUILD)/analyzed/%) ## let the compiler's analyzer read every source

$(BUILD)/analyzed/%.c: %.c $(MAKEFILE_LIST)
	@mkdir -p $(@D)
	@echo "  analyze $<"
	$(quiet)$(CC) $(ANALYZER) $(ANALYZER_FLAGS) -MMD -MF $@.d -MT $@ $<
	@touch $@

FORMATTED = $(shell git ls-files --cached --others --exclude-standard '*.[ch]' '*.[ch]pp')

format: ## format every source, as .clang-format says
	clang-format -i $(FORMATTED)

check-format: ## complain of every source that make format would change
	@clang-format --dry-run -Werror $(FORMATTED)

# SPDX-License-Identifier: MIT
# What tools say of the sources without running them: the compilers' analyzers, and the format.

ANALYZED_SOURCES := $(SHARED_SOURCES) $(wildcard hosts/posix/*.c base/freestanding/*.c) \
    $(foreach layer,$(KERNEL_LAYERS),$(wildcard $(layer)/*.c))

# gcc looks for leaks, double frees and uses after free; clang for these and for what may be null.
ANALYZER_gcc   := -fanalyzer -c -o /dev/null
ANALYZER_clang := --analyze --analyzer-output text $(if $(filter-out 0,$(WERROR)),-Xclang -analyzer-werror)
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

# Each version of clang-format formats in its own way. Bookworm's is the one that counts, here also
# under the name that it has elsewhere. With another, nothing is judged and nothing is changed.
FORMAT_VERSION  := 14
CLANG_FORMAT     = $(shell command -v clang-format-$(FORMAT_VERSION) || echo clang-format)
HAS_THAT_FORMAT  = $(findstring version $(FORMAT_VERSION).,$(shell $(CLANG_FORMAT) --version))
FORMATTED        = $(shell find $(wildcard alloc base bench bindings docs hosts kernel support tests tools) \
                       -name '*.[ch]' -o -name '*.[ch]pp')
OTHER_FORMAT     = the format is that of clang-format $(FORMAT_VERSION), which is not here

format: ## format every source, as .clang-format says (by clang-format 14)
	$(if $(HAS_THAT_FORMAT),$(CLANG_FORMAT) -i $(FORMATTED),$(error $(OTHER_FORMAT)))

check-format: ## complain of every source that make format would change
	@$(if $(HAS_THAT_FORMAT),$(CLANG_FORMAT) --dry-run -Werror $(FORMATTED),echo 'not checked: $(OTHER_FORMAT)')

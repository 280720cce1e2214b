# SPDX-License-Identifier: MIT
# The layers, lowest first, and how a file of each is compiled.
#
# A layer sees its own folder and those before it in the list, and no other: each gets only their
# -I options, so that an upward #include fails with "No such file or directory".
#
# A source is compiled in variants: `kernel` (freestanding), `sanitized` (hosted, with
# AddressSanitizer and UndefinedBehaviorSanitizer) and `hosted`. The same source, other flags.

# option CC=clang: the compiler: gcc, clang, a path to one, or a cross compiler for make library
# option WERROR=1: warnings are errors, as in continuous integration
# option CFLAGS=-O3: further options for the compiler; CPPFLAGS and LDFLAGS likewise

SHARED_LAYERS := base alloc
KERNEL_LAYERS := kernel/arch/x86_64 kernel/boot kernel/console kernel/panic kernel/memory \
                 kernel/interrupts kernel/heap kernel
HOSTED_LAYERS := hosts/posix

# Where a layer's headers lie: base and alloc have public ones, <cairn/...>, in a folder of their own.
headers_of = $(if $(wildcard $(1)/include),$(1)/include,$(1))

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wundef -Wstrict-prototypes -Wmissing-prototypes \
            -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wimplicit-fallthrough \
            $(if $(filter-out 0,$(WERROR)),-Werror)

# First what a user may choose otherwise, then the user's own, then what we cannot do without. No
# object holds a path of this machine, so that the same sources become the same bytes everywhere.
COMMON_FLAGS = -O2 -g $(WARNINGS) $(CPPFLAGS) $(CFLAGS) \
               -std=gnu17 -fno-omit-frame-pointer -fno-common '-ffile-prefix-map=$(CURDIR)=.'

# A layout is passed in two registers. gcc 12 would store both and load them as one vector, which waits
# until the stores are through: 8 ns of an allocation's 14.
NO_PAIRS := -fno-tree-slp-vectorize

FLAGS_kernel := -ffreestanding -fno-pic -fno-pie -mcmodel=kernel -mno-red-zone \
                -mgeneral-regs-only -fno-asynchronous-unwind-tables -fno-stack-protector \
                -fno-optimize-sibling-calls -fcf-protection=none -fno-lto \
                -U_FORTIFY_SOURCE
FLAGS_hosted := -fPIC $(NO_PAIRS)
FLAGS_sanitized := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -D_GNU_SOURCE

# A cross compiler's tools have its prefix: aarch64-linux-gnu-gcc, aarch64-linux-gnu-ar.
CROSS   := $(filter-out $(CC),$(patsubst %gcc,%,$(CC)))
OBJCOPY ?= $(CROSS)objcopy
ifeq ($(origin AR),default)
AR := $(CROSS)ar
endif

# option V=1: show whole commands
quiet := $(if $(V),,@)

# Other flags than last time compile all anew.
.PHONY: always
$(BUILD)/flags: always
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(CC) $(COMMON_FLAGS))' | cmp -s - $@ || \
	    printf '%s\n' '$(subst ','\'',$(CC) $(COMMON_FLAGS))' > $@

# Compiles, and writes beside each object a line for compile_commands.json (run.mk).
define compile
@mkdir -p $(@D)
@echo "  $(notdir $(CC)) $<"
@printf '{"directory":"%s","file":"%s","command":"%s"},\n' '$(CURDIR)' '$<' '$(subst ','\'',$(subst ",\",$(1)))' > $@.json
$(quiet)$(1)
endef

# An archive of all prerequisites; D: without the times at which they were built.
define archive
@echo "  ar $@"
$(quiet)rm -f $@
$(quiet)$(AR) rcsD $@ $^
endef

# $(1) variant, $(2) layer, $(3) every layer that it may see, itself included. Assembly is described in
# DWARF 4, for into DWARF 5 clang 14 writes this machine's path.
define layer_rules
$(BUILD)/$(1)/$(2)/%.o: $(2)/%.c Makefile mk/layers.mk $(BUILD)/flags
	$$(call compile,$$(CC) $$(COMMON_FLAGS) $$(FLAGS_$(1)) $(foreach l,$(3),-I$(call headers_of,$(l))) -MMD -MP -c $$< -o $$@)
$(BUILD)/$(1)/$(2)/%.o: $(2)/%.S Makefile mk/layers.mk $(BUILD)/flags
	$$(call compile,$$(CC) $$(COMMON_FLAGS) $$(FLAGS_$(1)) -D__ASSEMBLER__ -gdwarf-4 $(foreach l,$(3),-I$(call headers_of,$(l))) -MMD -MP -c $$< -o $$@)
endef

# The first argument's words up to and including the second argument.
upto = $(wordlist 1,$(call index,$(2),$(1)),$(1))
index = $(words $(call before,$(1),$(2)) x)
before = $(if $(filter-out $(1),$(firstword $(2))),$(firstword $(2)) $(call before,$(1),$(wordlist 2,$(words $(2)),$(2))))

define variant_rules
$(foreach layer,$(2),$(eval $(call layer_rules,$(1),$(layer),$(call upto,$(2),$(layer)))))
endef

$(call variant_rules,kernel,$(SHARED_LAYERS) $(KERNEL_LAYERS))
$(call variant_rules,sanitized,$(SHARED_LAYERS) $(HOSTED_LAYERS))
$(call variant_rules,hosted,$(SHARED_LAYERS) $(HOSTED_LAYERS))
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# What every build links of base and alloc. Without a libc, base/freestanding stands in for it.
SHARED_SOURCES := $(wildcard base/*.c alloc/*/*.c)

objects = $(patsubst %,$(BUILD)/$(1)/%.o,$(basename $(2)))

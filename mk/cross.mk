# SPDX-License-Identifier: MIT
# Every word size and byte order: the library and a test program, built for other processors and run
# in QEMU or Node. docs/targets.md says what each target is.
#
# Each target is built by a make of its own, see mk/cross_target.mk:
#     make CROSS_TARGET=armhf BUILD=build/cross/armhf CC=clang ... cross-built
# tests/system/test_cross.py runs what lies there then.

# option TARGETS="armhf ppc64": make test-cross builds and runs these alone

CROSS_LINUX := i686 armhf aarch64 riscv64 ppc32 ppc64 s390x
CROSS_BARE  := cortex-m0 cortex-m4 riscv32 riscv32imc
CROSS_ALL   := $(CROSS_LINUX) $(CROSS_BARE) wasm32
CROSS_QUICK := cross-armhf-gcc cross-riscv32-clang cross-ppc64-gcc cross-wasm32-clang # in make test

# The prefix of the GNU tools. clang links by them, too: this machine's own `ld` knows fewer targets.
PREFIX_i686       := i686-linux-gnu
PREFIX_armhf      := arm-linux-gnueabihf
PREFIX_aarch64    := aarch64-linux-gnu
PREFIX_riscv64    := riscv64-linux-gnu
PREFIX_ppc32      := powerpc-linux-gnu
PREFIX_ppc64      := powerpc64-linux-gnu
PREFIX_s390x      := s390x-linux-gnu
PREFIX_cortex-m0  := arm-none-eabi
PREFIX_cortex-m4  := arm-none-eabi
PREFIX_riscv32    := riscv64-unknown-elf
PREFIX_riscv32imc := riscv64-unknown-elf

# Options for the processor, for both compilers.
MACHINE_cortex-m0  := -mcpu=cortex-m0 -mthumb -mfloat-abi=soft
MACHINE_cortex-m4  := -mcpu=cortex-m4 -mthumb -mfloat-abi=soft
MACHINE_riscv32    := -march=rv32imac -mabi=ilp32
MACHINE_riscv32imc := -march=rv32imc -mabi=ilp32

# Options for one of them. gcc: the instructions for mstatus are part of RISC-V's base. clang: call
# memcpy by that name, and do not warn that base/freestanding/atomics.c is called.
GCC_FLAGS_riscv32      := -misa-spec=2.2
GCC_FLAGS_riscv32imc   := -misa-spec=2.2
CLANG_FLAGS_cortex-m0  := --target=thumbv6m-none-eabi -meabi gnu -fshort-enums -Wno-atomic-alignment
CLANG_FLAGS_cortex-m4  := --target=thumbv7em-none-eabi -meabi gnu -fshort-enums
CLANG_FLAGS_riscv32    := --target=riscv32-unknown-elf
CLANG_FLAGS_riscv32imc := --target=riscv32-unknown-elf -Wno-atomic-alignment
CLANG_FLAGS_wasm32     := --target=wasm32
$(foreach target,$(CROSS_LINUX),$(eval CLANG_FLAGS_$(target) := \
    --target=$(PREFIX_$(target)) -isystem /usr/$(PREFIX_$(target))/include))

# ---- which are built ------------------------------------------------------------------------------

# $(1): the GNU tools' prefix. Where clang finds what a program for Linux is linked with: left alone,
# it takes the bare RISC-V's for Linux.
gnu_folders = /usr/$(1)/lib $(dir $(shell $(1)-gcc -print-libgcc-file-name))
gnu_linker  = --ld-path=$(shell command -v $(1)-ld) $(foreach folder,$(gnu_folders),-B$(folder) -L$(folder))

# $(1): the target. The make for it, with either compiler.
cross_make = $(MAKE) $(if $(V),,--silent) --no-print-directory cross-built CROSS_TARGET=$(1) BUILD=$(CAIRN_BUILD)/cross/$(1)
with_gcc   = CC=$(PREFIX_$(1))-gcc CFLAGS='-g0 $(MACHINE_$(1)) $(GCC_FLAGS_$(1))'
with_clang = CC=clang CFLAGS='-g0 $(MACHINE_$(1)) $(CLANG_FLAGS_$(1))' AR=$(or $(PREFIX_$(1):%=%-ar),ar) \
             LDFLAGS='$(if $(PREFIX_$(1)),$(call gnu_linker,$(PREFIX_$(1))))'

.PHONY: $(foreach target,$(CROSS_ALL),cross-$(target)-gcc cross-$(target)-clang)
$(CROSS_ALL:%=cross-%-gcc): cross-%-gcc:
	+@$(call cross_make,$*) $(call with_gcc,$*)
$(CROSS_ALL:%=cross-%-clang): cross-%-clang:
	+@$(call cross_make,$*) $(call with_clang,$*)

# $(1): targets. All builds of them; gcc has no WebAssembly.
cross_builds = $(foreach target,$(1),$(if $(PREFIX_$(target)),cross-$(target)-gcc) cross-$(target)-clang)

TARGETS ?= $(CROSS_ALL)

.PHONY: test-cross cross-quick cross-built
cross-quick: $(CROSS_QUICK)
built-tests: cross-quick
test-all: $(call cross_builds,$(CROSS_ALL))
test-cross: $(call cross_builds,$(TARGETS)) ## the library on every word size and byte order (TARGETS=)
	@$(PYTEST_IN_PARALLEL) -k '$(TARGETS:%=[%- or) no-other' tests/system/test_cross.py

# ---- one of them ----------------------------------------------------------------------------------

ifneq ($(CROSS_TARGET),)
include mk/cross_target.mk
endif

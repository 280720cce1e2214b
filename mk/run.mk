# SPDX-License-Identifier: MIT
# Running a kernel: in QEMU, under gdb, from a CD.

# option ARGS="heap=1M log=verbose": the kernel's command line
# option BOOT=uefi: how the kernel is booted: by GRUB on uefi or bios, or by QEMU itself (pvh)
# option MEMORY=128M: the machine's memory
# option CPU=max: the processor; CPU=qemu64 has little
# option MACHINE=pc: QEMU's machine; default pc, and q35 for BOOT=uefi
# option ACCEL=tcg: who executes; ACCEL=kvm is fast, where /dev/kvm is
# option SCREEN=800x600x24: what GRUB sets: pixels and bits per pixel, or text
# option WINDOW=1: show the screen in a window
# option STAY=1: keep the machine on after a panic, to look at its screen
# option TIMEOUT=60: seconds until a run without a terminal counts as hung
# option PORT=1234: where make debug waits for gdb

BOOT    ?= pvh
MEMORY  ?= 128M
CPU     ?= max
ACCEL   ?= tcg
PORT    ?= 1234

# As it was written: make expands nothing in it, and for the shell it is one word.
APPEND = --append='$(subst ','\'',$(value ARGS))'

QEMU_OPTIONS = --boot $(BOOT) --memory $(MEMORY) --cpu $(CPU) --accel $(ACCEL) $(APPEND) \
    $(if $(MACHINE),--machine $(MACHINE)) $(if $(SCREEN),--screen $(SCREEN)) \
    $(if $(TIMEOUT),--timeout $(TIMEOUT)) \
    $(if $(filter-out 0,$(WINDOW)),--window) $(if $(filter-out 0,$(STAY)),--stay)

.PHONY: run debug iso

run: $(KERNEL) ## build the kernel and boot it in QEMU
	$(write_compile_commands)
	@tools/qemu $(QEMU_OPTIONS) $(KERNEL)

debug: $(KERNEL) ## boot the kernel and let gdb stop it at kernel_main
	@tools/qemu $(QEMU_OPTIONS) --debug $(PORT) $(KERNEL)

ISO := $(BUILD)/cairn.iso
iso: $(ISO) ## make a CD image that boots the kernel by GRUB, on BIOS and UEFI
$(ISO): $(KERNEL) tools/grub.cfg tools/make-iso
	tools/make-iso $(KERNEL) tools/grub.cfg $@
	@echo "$@ is ready: write it to a USB stick, or boot it with any virtual machine"

# For editors (clangd): how each file is compiled, from the lines that `compile` left (layers.mk). Of
# several variants the first by name counts: hosted before kernel before sanitized.
define write_compile_commands
@{ echo '['; find $(BUILD) -name '*.o.json' | sort | xargs cat | \
    awk -F'"' '!seen[$$8]++' | sed '$$s/,$$//'; echo ']'; } \
    > $(BUILD)/compile_commands.$$$$ && mv $(BUILD)/compile_commands.$$$$ $(CAIRN_BUILD)/compile_commands.json
endef

.PHONY: compile_commands
compile_commands: $(KERNEL) ## tell editors how each file is compiled, in build/compile_commands.json
	$(write_compile_commands)

# SPDX-License-Identifier: MIT
# Measuring. Nothing here is part of `make test`: a test must not depend on the machine's mood.

# option BOOTS=41: how many boots of each kernel make figures compares

$(eval $(call layer_rules,kernel,bench/kernel,$(SHARED_LAYERS) $(KERNEL_LAYERS)))

$(BUILD)/bench/kernel/%.elf: $(BUILD)/kernel/bench/kernel/%.o $(BUILD)/kernel/kernel/heap/$(ALLOCATOR).o $(KERNEL_OBJECTS) $(LINKER_SCRIPT) $(SYMBOLS_TOOL) tools/check-kernel
	$(call link_kernel,$< $(BUILD)/kernel/kernel/heap/$(ALLOCATOR).o)

.PHONY: figures
figures: $(KERNEL) $(BUILD)/bench/kernel/figures.elf ## measure the kernel: its boot, instructions, size
	@bench/kernel_figures.py $(notdir $(CC)) $(BOOTS)

# SPDX-License-Identifier: MIT
# Cairn: the heap, and the kernel that shows it. `make help` tells what there is to do.

CC        ?= gcc
ifeq ($(origin CC),default)
CC        := gcc
endif
ALLOCATOR ?= linked_list

# option BUILD=DIR: the folder for all that is built, default build; each compiler has its own below it
# The tests, the tools and the makes that they start find it in their environment.
BUILD ?= $(or $(CAIRN_BUILD),build)
ifneq ($(words $(BUILD)),1)
$(error BUILD=$(BUILD) has a space in its name, and make can build nothing there)
endif
export CAIRN_BUILD := $(BUILD)
unexport BUILD
export PYTHONDONTWRITEBYTECODE := 1
override BUILD := $(BUILD)/$(notdir $(CC))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif

include mk/layers.mk
include mk/kernel.mk
include mk/run.mk
include mk/bench.mk
include mk/hosted.mk
include mk/install.mk
include mk/foreign.mk
include mk/tests.mk
include mk/cross.mk
include mk/analyze.mk

.PHONY: help clean
help: ## this list
	@echo "usage: make TARGET [NAME=VALUE ...]        (./cairn TARGET installs what is missing first)"
	@echo
	@sed -nE 's/^([a-z_-]+):.*## (.*)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'
	@echo
	@sed -nE 's/^# option ([^:]*): (.*)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-28s %s\n", $$1, $$2}'

clean: ## remove everything that was built
	rm -rf $(addprefix $(CAIRN_BUILD)/,gcc clang cross $(notdir $(CC)) compile_commands.json)
	if [ -d $(CAIRN_BUILD) ]; then rmdir --ignore-fail-on-non-empty $(CAIRN_BUILD); fi

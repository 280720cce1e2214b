/* SPDX-License-Identifier: MIT */
/*
 * Cairn's version, written here and nowhere else: builds and tools read these three numbers.
 *
 * MAJOR counts the breaks of what programs were built against, and ends the shared libraries' names.
 */
#ifndef CAIRN_VERSION_H
#define CAIRN_VERSION_H

#define CAIRN_VERSION_MAJOR 0
#define CAIRN_VERSION_MINOR 1
#define CAIRN_VERSION_PATCH 0

/* The three as a string, "MAJOR.MINOR.PATCH". */
#define CAIRN_VERSION \
    CAIRN_VERSION_JOIN(CAIRN_VERSION_MAJOR, CAIRN_VERSION_MINOR, CAIRN_VERSION_PATCH)

#define CAIRN_VERSION_JOIN(major, minor, patch)  CAIRN_VERSION_QUOTE(major, minor, patch)
#define CAIRN_VERSION_QUOTE(major, minor, patch) #major "." #minor "." #patch

#endif

/* SPDX-License-Identifier: MIT */
/* Where gdb stops, and looks at the variables of main(). */
void look(const void *there);

void look(const void *there)
{
    __asm__ volatile("" : : "r"(there) : "memory");
}

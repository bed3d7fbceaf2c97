/*
 * x86-64: code that is replaced while another CPU runs it; see core_sync/code.h.
 *
 * A branch is "nopl (%rax); jmp rel32" (0f 1f 00 e9 and the distance from its
 * end), so that the distance is an aligned word; code that returns a number is
 * "mov $value, %eax; ret". Opcodes: Intel SDM volume 2.
 */
#ifndef FENCELAB_ARCH_X86_64_CODE_H
#define FENCELAB_ARCH_X86_64_CODE_H

#include <stdint.h>
#include <string.h>

#define ARCH_BRANCH_WORD 4 /* byte of the branch at which the word to be replaced begins */

static inline uint32_t arch_branch_word(intptr_t distance)
{
	return (uint32_t)(distance - 8);
}

static inline void arch_branch_write(unsigned char *at)
{
	static const unsigned char opcodes[] = { 0x0f, 0x1f, 0x00, 0xe9 };

	memcpy(at, opcodes, sizeof(opcodes));
}

static inline void arch_return_write(unsigned char *at, uint32_t value)
{
	at[0] = 0xb8;
	memcpy(at + 1, &value, sizeof(value));
	at[5] = 0xc3;
}

/* arch_code_sync - nothing: fetching of instructions snoops stores (Intel SDM volume 3, "Self-Modifying Code"). */
static inline void arch_code_sync(void *data, void *text)
{
	(void)data;
	(void)text;
}

#endif

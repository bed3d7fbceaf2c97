/*
 * ppc64le: code that is replaced while another CPU runs it; see core_sync/code.h.
 *
 * A branch is "b", whose word holds the distance in bytes; code that returns a
 * number is "li r3, value; blr". Encodings: Power ISA, Book I.
 */
#ifndef FENCELAB_ARCH_PPC64LE_CODE_H
#define FENCELAB_ARCH_PPC64LE_CODE_H

#include <stdint.h>
#include <string.h>

#define ARCH_BRANCH_WORD 0 /* byte of the branch at which the word to be replaced begins */

static inline uint32_t arch_branch_word(intptr_t distance)
{
	return 0x48000000u | ((uint32_t)distance & 0x03fffffcu);
}

static inline void arch_branch_write(unsigned char *at)
{
	(void)at; /* the word is the whole instruction */
}

static inline void arch_return_write(unsigned char *at, uint32_t value)
{
	const uint32_t code[] = { 0x38600000u | (value & 0x7fffu), 0x4e800020u };

	memcpy(at, code, sizeof(code));
}

/*
 * arch_code_sync - what was stored at `data` becomes what every CPU fetches at
 * `text`, another address of the same block: write the data block back,
 * invalidate the instruction block everywhere, wait for both (Power ISA, Book II,
 * "Instruction Storage").
 */
static inline void arch_code_sync(void *data, void *text)
{
	__asm__ volatile("dcbst 0,%0\n\tsync\n\ticbi 0,%1\n\tsync" ::"r"(data), "r"(text) : "memory");
}

#endif

/*
 * arm64: code that is replaced while another CPU runs it; see core_sync/code.h.
 *
 * A branch is B, whose word holds the distance in instructions; code that
 * returns a number is MOVZ W0, #value; RET. Encodings: Arm ARM C6.2.
 */
#ifndef FENCELAB_ARCH_AARCH64_CODE_H
#define FENCELAB_ARCH_AARCH64_CODE_H

#include <stdint.h>
#include <string.h>

#define ARCH_BRANCH_WORD 0 /* byte of the branch at which the word to be replaced begins */

static inline uint32_t arch_branch_word(intptr_t distance)
{
	return 0x14000000u | ((uint32_t)(distance >> 2) & 0x03ffffffu);
}

static inline void arch_branch_write(unsigned char *at)
{
	(void)at; /* the word is the whole instruction */
}

static inline void arch_return_write(unsigned char *at, uint32_t value)
{
	const uint32_t code[] = { 0x52800000u | (value & 0xffffu) << 5, 0xd65f03c0u };

	memcpy(at, code, sizeof(code));
}

/*
 * arch_code_sync - what was stored at `data` becomes what every CPU fetches at
 * `text`, another address of the same line: clean the data cache to the point of
 * unification, invalidate the instruction caches of the inner shareable domain,
 * wait for both (Arm ARM B2.2.5, "Concurrent modification and execution of
 * instructions"). Linux lets user space do so (SCTLR_EL1.UCI).
 */
static inline void arch_code_sync(void *data, void *text)
{
	__asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %1\n\tdsb ish" ::"r"(data), "r"(text)
			 : "memory");
}

#endif

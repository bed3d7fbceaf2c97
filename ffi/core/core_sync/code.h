/*
 * Code that one thread replaces while another executes it.
 *
 * The memory is mapped twice, to be written and to be executed, as JIT compilers
 * do. The entry is a branch to one of CODE_VERSIONS pieces of code, each of which
 * returns its own number. Replacing the code is one aligned store that makes the
 * branch lead elsewhere: branches are what architectures allow to be replaced by
 * branches under a running CPU, which then executes either the old or the new one
 * (Arm ARM B2.2.5; Power ISA, Book II, "Concurrent Modification and Execution of
 * Instructions").
 */
#ifndef FENCELAB_CORE_SYNC_CODE_H
#define FENCELAB_CORE_SYNC_CODE_H

#include <stddef.h>
#include <stdint.h>

/* Fits 15 bits, which "li" of ppc64le can load. */
#define CODE_VERSIONS 4096u

struct code {
	unsigned char *data; /* the view that is written */
	unsigned char *text; /* the same memory, to be executed */
	size_t bytes;
	size_t first; /* where the code of version 0 begins: a page after the entry */
};

/* What a call between two readings of the published version tells. */
enum call_age { CALL_FRESH, CALL_STALE, CALL_UNKNOWN };

int code_map(struct code *code, char *reason, size_t room);
void code_unmap(struct code *code);
void code_patch(struct code *code, uint64_t version);
uint32_t code_call(const struct code *code);
enum call_age code_age(uint64_t before, uint64_t after, uint32_t returned);

#endif

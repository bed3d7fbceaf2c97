/*
 * A restartable section (rseq(2)): code that the kernel leaves at another place
 * than it interrupted it. Sections are restarted when their thread is preempted,
 * moves to another CPU, gets a signal, and by MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ.
 *
 * The raw interface: Documentation/userspace-api/rseq.rst, include/uapi/linux/rseq.h.
 */
#ifndef FENCELAB_RSEQ_SECTION_H
#define FENCELAB_RSEQ_SECTION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* struct rseq of the uapi header in its first form: 32 bytes, aligned so, which all kernels take. */
struct rseq_area {
	_Alignas(32) _Atomic uint32_t cpu_id_start;
	_Atomic uint32_t cpu_id;
	_Atomic uint64_t section; /* address of the struct rseq_section that runs, or 0 */
	_Atomic uint32_t flags;
	uint32_t padding[3];
};

/* struct rseq_cs of the uapi header. */
struct rseq_section {
	_Alignas(32) uint32_t version;
	uint32_t flags;
	uint64_t begin, length, abort;
};

/* One thread's way of being in a section. */
struct rseq_place {
	struct rseq_area own; /* where the C library has none */
	struct rseq_area *area; /* which the kernel looks at */
	struct rseq_section section;
};

int rseq_enter(struct rseq_place *place);
int rseq_leave(struct rseq_place *place);
bool rseq_stay(struct rseq_place *place, _Atomic uint64_t *progress, uint64_t first,
	       const _Atomic uint32_t *order, uint32_t stay);

#endif

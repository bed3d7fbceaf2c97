/* Registering a thread's area with the kernel, and the section itself. */
#include "rseq/section.h"

#include <stddef.h>
#include <string.h>

#include "arch/rseq.h"
#include "kit/sys.h"

enum { RSEQ_UNREGISTER = 1 }; /* RSEQ_FLAG_UNREGISTER of the uapi header */

/*
 * Since 2.35 glibc registers an area of its own in each thread, where the kernel
 * takes it and GLIBC_TUNABLES does not forbid it; the size is 0 where it has none
 * (The GNU C Library manual, "Restartable Sequences"). Others, and glibc before,
 * lack the symbols.
 */
extern const ptrdiff_t __rseq_offset __attribute__((weak));
extern const unsigned int __rseq_size __attribute__((weak));

/*
 * rseq_dwell - the section: count up from `first` in *progress while *order is `stay`.
 *
 * Leaf functions in assembly, since a section must be one piece of code whose ends
 * are known. 0: left because of *order; 1: restarted. The section begins with a
 * store to *progress, and all that it does besides is to read *order.
 */
__asm__(".pushsection .text\n\t"
	".p2align 6\n\t"
	".globl rseq_dwell, rseq_dwell_begin, rseq_dwell_end, rseq_dwell_abort\n\t"
	".hidden rseq_dwell, rseq_dwell_begin, rseq_dwell_end, rseq_dwell_abort\n\t"
	".type rseq_dwell, %function\n" ARCH_RSEQ_DWELL ".size rseq_dwell, .-rseq_dwell\n\t"
	".popsection\n");

int rseq_dwell(_Atomic uint64_t *area_section, const struct rseq_section *section,
	       _Atomic uint64_t *progress, uint64_t first, const _Atomic uint32_t *order, uint32_t stay)
	__attribute__((visibility("hidden")));
extern const char rseq_dwell_begin[] __attribute__((visibility("hidden")));
extern const char rseq_dwell_end[] __attribute__((visibility("hidden")));
extern const char rseq_dwell_abort[] __attribute__((visibility("hidden")));

static int sys_rseq(struct rseq_area *area, int flags)
{
	return syscall(SYS_rseq, area, sizeof(*area), flags, ARCH_RSEQ_SIGNATURE) ? -errno : 0;
}

/*
 * rseq_enter - have the kernel look after the calling thread; 0, or -errno when it
 * does not (ENOSYS: no CONFIG_RSEQ; EINVAL, EBUSY: somebody else has registered).
 */
int rseq_enter(struct rseq_place *place)
{
	memset(place, 0, sizeof(*place));
	place->section.begin = (uintptr_t)rseq_dwell_begin;
	place->section.length = (uint64_t)(rseq_dwell_end - rseq_dwell_begin);
	place->section.abort = (uintptr_t)rseq_dwell_abort;
	if (&__rseq_size && &__rseq_offset && __rseq_size > 0) {
		place->area = (struct rseq_area *)(arch_thread_pointer() + (uintptr_t)__rseq_offset);
		return 0;
	}
	place->area = &place->own;
	return sys_rseq(&place->own, 0);
}

/* rseq_leave - undo it: the kernel must not write to memory that is given back; 0 or -errno. */
int rseq_leave(struct rseq_place *place)
{
	return place->area == &place->own ? sys_rseq(&place->own, RSEQ_UNREGISTER) : 0;
}

/*
 * rseq_stay - be in the section while *order is `stay`; true when it was restarted.
 *
 * Meanwhile *progress counts up from `first`. The thread must have entered.
 */
bool rseq_stay(struct rseq_place *place, _Atomic uint64_t *progress, uint64_t first,
	       const _Atomic uint32_t *order, uint32_t stay)
{
	bool restarted = rseq_dwell(&place->area->section, &place->section, progress, first, order, stay) !=
			 0;

	/* the kernel clears it only when it looks the next time; read by this thread's own kernel alone */
	atomic_store_explicit(&place->area->section, 0, memory_order_relaxed);
	return restarted;
}

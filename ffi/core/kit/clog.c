/* The memory of clogs, and their names. */
#include "kit/clog.h"

#include <errno.h>
#include <sys/mman.h>

/*
 * clog_map - lines for clog_once(), CLOG_BYTES of the calling thread's own: another
 * process must not share its page tables' work. 0 or -errno.
 */
int clog_map(void **lines)
{
	void *mapped = mmap(NULL, CLOG_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mapped == MAP_FAILED)
		return -errno;
	/* huge pages where they are to be had: a walk of page tables would hold the next store up, too */
	madvise(mapped, CLOG_BYTES, MADV_HUGEPAGE);
	for (size_t line = 0; line < CLOG_LINES; line++)
		((volatile char *)mapped)[line * CLOG_STRIDE] = 1;
	*lines = mapped;
	return 0;
}

/* clog_name - of a kind, as requests and results have it. */
const char *clog_name(enum clog_kind kind)
{
	switch (kind) {
	case CLOG_STORE_FLUSH:
		return "store-flush";
	case CLOG_SPLIT_FLUSH:
		return "split-flush";
	case CLOG_FLUSH_STORE:
		return "flush-store";
#ifdef ARCH_STREAMS
	case CLOG_STREAM_STORE:
		return "stream-store";
	case CLOG_STREAM_SPLIT:
		return "stream-split";
#endif
	default:
		return "none";
	}
}

/*
 * TLB-shootdown tricks: changes of a mapping that make x86 interrupt every CPU
 * that may have it cached. No documentation promises a barrier, arm64 and
 * ppc64le send no interrupt, AMD's INVLPGB and hypervisors can take it away.
 *
 * The `-untouched` control of each makes the same system calls on a page that
 * was never populated: no entry is present, so nothing needs flushing and no
 * interrupt is sent (mm/mprotect.c change_pte_range(), mm/memory.c).
 */
#include "technique/technique.h"

#include <errno.h>
#include <sys/mman.h>

#include "arch/arch.h"

static void *map_page(const struct fence *f, int protection)
{
	return mmap(NULL, f->page_size, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int open_page(struct fence *f, int protection, bool lock)
{
	f->page = map_page(f, protection);
	if (f->page == MAP_FAILED) {
		f->page = NULL;
		return fence_fail(f, errno, "mmap");
	}
	if (lock && mlock(f->page, f->page_size) != 0) {
		int error = errno;

		munmap(f->page, f->page_size);
		f->page = NULL;
		fence_fail(f, error, "mlock");
		/* mlock(2): the limit is ENOMEM, a lack of memory EAGAIN */
		f->refused |= error == ENOMEM;
		return -error;
	}
	return 0;
}

static void close_page(struct fence *f)
{
	if (f->page)
		munmap(f->page, f->page_size);
	if (f->spare)
		munmap(f->spare, f->page_size);
	f->page = f->spare = NULL;
}

static int protect(struct fence *f, int protection)
{
	return mprotect(f->page, f->page_size, protection) ? -errno : 0;
}

static void touch(void *page)
{
	*(volatile unsigned char *)page = 1;
}

/*
 * mprotect - Sullivan's liburcu patch (msullivan/userspace-rcu, branch
 * msync-barrier, 2015): a locked page, RW then R. mlock is what keeps the page
 * present and makes the kernel copy it at once, so that both calls change a
 * present entry.
 */
static int sullivan_open(struct fence *f)
{
	return open_page(f, PROT_READ, true);
}

static int untouched_read_open(struct fence *f)
{
	return open_page(f, PROT_READ, false);
}

static int sullivan_heavy(struct fence *f)
{
	/* pairs with the light side's compiler_barrier(), by interrupt where there is one */
	int ret = protect(f, PROT_READ | PROT_WRITE);

	return ret ? ret : protect(f, PROT_READ);
}

/*
 * mprotect-folly - folly/synchronization/AsymmetricThreadFence.cpp: RW, write,
 * R, without mlock; argues that the page is either resident or was flushed when
 * it was swapped out.
 */
static int folly_heavy(struct fence *f)
{
	int ret = protect(f, PROT_READ | PROT_WRITE);

	if (ret)
		return ret;
	touch(f->page);
	return protect(f, PROT_READ);
}

/*
 * mprotect-dotnet - dotnet/runtime src/native/minipal/memorybarrierprocesswide.c
 * and membarrier-rs: a locked page, RW, atomic add, NONE.
 */
static int dotnet_open(struct fence *f)
{
	return open_page(f, PROT_READ | PROT_WRITE, true);
}

static int dotnet_heavy(struct fence *f)
{
	int ret = protect(f, PROT_READ | PROT_WRITE);

	if (ret)
		return ret;
	/* relaxed: the add only dirties the page, the order comes from the flush */
	__atomic_fetch_add((unsigned int *)f->page, 1, __ATOMIC_RELAXED);
	return protect(f, PROT_NONE);
}

static int dotnet_untouched_heavy(struct fence *f)
{
	int ret = protect(f, PROT_READ | PROT_WRITE);

	return ret ? ret : protect(f, PROT_NONE);
}

/* munmap - unmapping a populated page; a fresh one is mapped before each call, outside the clock. */
static int munmap_prepare(struct fence *f)
{
	f->page = map_page(f, PROT_READ | PROT_WRITE);
	if (f->page == MAP_FAILED) {
		f->page = NULL;
		return -errno;
	}
	touch(f->page);
	return 0;
}

static int munmap_untouched_prepare(struct fence *f)
{
	f->page = map_page(f, PROT_READ | PROT_WRITE);
	if (f->page == MAP_FAILED) {
		f->page = NULL;
		return -errno;
	}
	return 0;
}

static int munmap_heavy(struct fence *f)
{
	if (munmap(f->page, f->page_size) != 0)
		return -errno;
	f->page = NULL;
	return 0;
}

/* madvise-dontneed - drops a populated page; it is populated again before each call. */
static int madvise_open(struct fence *f)
{
	return open_page(f, PROT_READ | PROT_WRITE, false);
}

static int madvise_prepare(struct fence *f)
{
	touch(f->page);
	return 0;
}

static int madvise_heavy(struct fence *f)
{
	return madvise(f->page, f->page_size, MADV_DONTNEED) ? -errno : 0;
}

/*
 * mremap - moves a populated page (mm/mremap.c move_ptes() flushes). The target
 * is a mapping of our own, made before each call: moving back to the old
 * address would race with any other thread that maps memory there meanwhile.
 */
static int mremap_open(struct fence *f)
{
	return open_page(f, PROT_READ | PROT_WRITE, false);
}

static int mremap_touched_open(struct fence *f)
{
	int ret = mremap_open(f);

	if (!ret)
		touch(f->page);
	return ret;
}

static int mremap_prepare(struct fence *f)
{
	f->spare = map_page(f, PROT_NONE);
	if (f->spare == MAP_FAILED) {
		f->spare = NULL;
		return -errno;
	}
	return 0;
}

static int mremap_heavy(struct fence *f)
{
	void *moved = mremap(f->page, f->page_size, f->page_size, MREMAP_MAYMOVE | MREMAP_FIXED, f->spare);

	if (moved == MAP_FAILED)
		return -errno;
	f->page = moved;
	f->spare = NULL;
	return 0;
}

#define TLB(name, open_fn, prepare_fn, heavy_fn)                                                           \
	{                                                                                                  \
		.id = name, .open = open_fn, .prepare = prepare_fn, .heavy = heavy_fn, .close = close_page \
	}

const struct technique techniques_tlb[] = {
	TLB("mprotect", sullivan_open, NULL, sullivan_heavy),
	TLB("mprotect-untouched", untouched_read_open, NULL, sullivan_heavy),
	TLB("mprotect-folly", untouched_read_open, NULL, folly_heavy),
	TLB("mprotect-folly-untouched", untouched_read_open, NULL, sullivan_heavy),
	TLB("mprotect-dotnet", dotnet_open, NULL, dotnet_heavy),
	TLB("mprotect-dotnet-untouched", madvise_open, NULL, dotnet_untouched_heavy),
	TLB("munmap", NULL, munmap_prepare, munmap_heavy),
	TLB("munmap-untouched", NULL, munmap_untouched_prepare, munmap_heavy),
	TLB("madvise-dontneed", madvise_open, madvise_prepare, madvise_heavy),
	TLB("madvise-dontneed-untouched", madvise_open, NULL, madvise_heavy),
	TLB("mremap", mremap_touched_open, mremap_prepare, mremap_heavy),
	TLB("mremap-untouched", mremap_open, mremap_prepare, mremap_heavy),
	{ .id = NULL },
};

/* One instance of a technique: opening and closing. */
#include "technique/technique.h"

#include <stdio.h>
#include <string.h>

#include "kit/attempt.h"
#include "kit/clock.h"
#include "kit/sys.h"
#include "protocol/json.h"

/* fence_fail - note why opening failed: "mlock: EPERM"; returns the error as -errno. */
int fence_fail(struct fence *f, int error, const char *what)
{
	if (error > 0)
		error = -error;
	f->refused = !error_passes(error);
	snprintf(f->reason, sizeof(f->reason), "%s: %s", what, errno_name(-error));
	return error;
}

/*
 * fence_open - prepare a technique for use by one thread.
 *
 * cpu is the CPU that membarrier-rseq-cpu aims at, delay_ns what `delay` waits;
 * others ignore them. Returns 0, or -errno with the reason in f->reason.
 */
int fence_open(struct fence *f, const struct technique *technique, int cpu, uint64_t delay_ns)
{
	memset(f, 0, sizeof(*f));
	f->technique = technique;
	f->page_size = (size_t)sysconf(_SC_PAGESIZE);
	f->cpu = cpu;
	f->delay_ns = delay_ns;
	int ret = technique->open ? technique->open(f) : 0;

	if (ret && !f->reason[0])
		fence_fail(f, ret, "setup");
	return ret;
}

/* fence_delay_open - setup of what is to wait by fence_delay(). */
int fence_delay_open(struct fence *f)
{
	f->ticks_per_ns = clock_ticks_per_ns();
	return 0;
}

/* fence_delay_heavy - fence_delay() as a heavy call. */
int fence_delay_heavy(struct fence *f)
{
	fence_delay(f);
	return 0;
}

void fence_close(struct fence *f)
{
	if (f->technique && f->technique->close)
		f->technique->close(f);
	f->technique = NULL;
}

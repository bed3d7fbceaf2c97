/* The writer's side of RCU: flavours and grace periods. */
#include "rcu/rcu.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>

#include "kit/sys.h"

enum {
	/* looks at a section before the writer sleeps: some 20 us, longer than an ordinary section */
	SPIN_TURNS = 1000,
};

static const struct rcu_flavour flavours[] = {
	/* full fences on both sides, as cheap as the architecture has them */
	{ "mb", RCU_LIGHT_FENCE, "fence", NULL },
	/* as liburcu's mb flavour was on x86-64 in 2015, and until its version 0.15 */
	{ "mb-mfence", RCU_LIGHT_MFENCE, "fence", &rcu_mfence },
	/* every reader runs a handler that fences; liburcu's signal flavour, until 0.14 */
	{ "signal", RCU_LIGHT_BARRIER, "signal", &rcu_signal },
	{ "membarrier", RCU_LIGHT_BARRIER, "membarrier-private-expedited", NULL },
	/* as liburcu's memb flavour is where it must also run on kernels without membarrier */
	{ "membarrier-dyncheck", RCU_LIGHT_CHECK, "membarrier-private-expedited", NULL },
	/* what membarrier was in 2015: commit 5b25b13ab08f */
	{ "membarrier-global", RCU_LIGHT_BARRIER, "membarrier-global", NULL },
	/* M. Sullivan's patch to liburcu, 2015, and the other call that his blog tried */
	{ "mprotect", RCU_LIGHT_BARRIER, "mprotect", NULL },
	{ "munmap", RCU_LIGHT_BARRIER, "munmap", NULL },
	{ "qsbr", RCU_LIGHT_QUIESCENT, "fence", NULL },
};

/* rcu_flavour_find - by identifier; NULL for unknown ones. */
const struct rcu_flavour *rcu_flavour_find(const char *id)
{
	for (size_t i = 0; i < sizeof(flavours) / sizeof(flavours[0]); i++)
		if (strcmp(flavours[i].id, id) == 0)
			return &flavours[i];
	return NULL;
}

/*
 * rcu_open - a domain for a fixed number of readers; 0 or -errno with d->fence.reason.
 *
 * The technique is set up before there are readers, see callers_open().
 */
int rcu_open(struct rcu_domain *d, const struct rcu_flavour *flavour, int readers)
{
	size_t bytes = (size_t)readers * sizeof(struct rcu_reader);

	memset(d, 0, sizeof(*d));
	d->flavour = flavour;
	d->readers = readers;
	atomic_init(&d->period, 1);
	atomic_init(&d->asymmetric, true);
	d->reader = aligned_alloc(_Alignof(struct rcu_reader), bytes);
	d->pending = calloc((size_t)readers, sizeof(*d->pending));
	d->tids = calloc((size_t)readers, sizeof(*d->tids));
	if (!d->reader || !d->pending || !d->tids)
		return -ENOMEM;
	memset(d->reader, 0, bytes);
	int ret = fence_open(&d->fence, flavour->own ? flavour->own : technique_find(flavour->technique), 0,
			     0);

	d->fence.targets = d->tids;
	d->fence.ntargets = readers;
	return ret;
}

void rcu_close(struct rcu_domain *d)
{
	fence_close(&d->fence);
	free(d->reader);
	free(d->pending);
	free(d->tids);
}

/*
 * rcu_register - the calling thread becomes that reader, before its first section.
 *
 * A reader that nobody is looks like one outside of sections, so that only `signal` has to know.
 */
void rcu_register(struct rcu_domain *d, struct rcu_reader *self)
{
	int *tid = &d->tids[self - d->reader];

	if (d->flavour->own == &rcu_signal)
		rcu_signal_member(&d->fence, tid, sys_gettid());
}

/* rcu_unregister - the calling thread is no reader any more; outside of sections, and offline. */
void rcu_unregister(struct rcu_domain *d, struct rcu_reader *self)
{
	int *tid = &d->tids[self - d->reader];

	if (d->flavour->own == &rcu_signal)
		rcu_signal_member(&d->fence, tid, 0);
}

/* rcu_wake - the reader's side of sleep_until_woken(): slow path of the end of a section. */
void rcu_wake(struct rcu_reader *self)
{
	atomic_store_explicit(&self->awaited, 0, memory_order_relaxed);
	sys_futex(&self->awaited, FUTEX_WAKE_PRIVATE, 1, NULL);
}

/* Does a section hold the present grace period up? */
static bool is_old(const struct rcu_domain *d, uint64_t section)
{
	/* relaxed: only the writer whose turn it is changes it, and that is who asks */
	uint64_t period = atomic_load_explicit(&d->period, memory_order_relaxed);

	if (d->flavour->light == RCU_LIGHT_QUIESCENT)
		return section && section != period;
	return section & RCU_NEST && (section ^ period) & RCU_PHASE;
}

static int sleep_until_woken(struct rcu_domain *d, struct rcu_reader *reader)
{
	atomic_store_explicit(&reader->awaited, 1, memory_order_relaxed);
	/*
	 * `awaited` is visible before the section is looked at for the last time. Pairs with the
	 * light fence between the end of a section and the load of `awaited`.
	 */
	int ret = rcu_heavy_fence(d, NULL);

	if (!ret && is_old(d, atomic_load_explicit(&reader->section, memory_order_relaxed)))
		sys_futex(&reader->awaited, FUTEX_WAIT_PRIVATE, 1, NULL);
	atomic_store_explicit(&reader->awaited, 0, memory_order_relaxed);
	return ret;
}

/*
 * await_reader - until a reader is in no old section; 0 or the technique's -errno.
 *
 * *section is what it is in then.
 */
static int await_reader(struct rcu_domain *d, struct rcu_reader *reader, uint64_t *section)
{
	int ret = 0;

	for (int turns = 0; !ret; turns++) {
		/* relaxed: the heavy fences before and after order it */
		*section = atomic_load_explicit(&reader->section, memory_order_relaxed);
		if (!is_old(d, *section))
			break;
		if (turns < SPIN_TURNS)
			arch_relax();
		else
			ret = sleep_until_woken(d, reader);
	}
	return ret;
}

/*
 * two_phases - wait for all sections that began before the first heavy fence.
 *
 * One phase would not do: a reader may load the period, be delayed while grace
 * periods pass, and then store it, so that after the next flip an old section
 * would look like a new one. So sections of the other phase are waited for
 * before the flip, too. Readers that are found outside of sections there need
 * not be looked at again: what they begin later sees the new pointer.
 */
static int two_phases(struct rcu_domain *d)
{
	bool any = false;
	uint64_t section;
	int ret = 0;

	for (int i = 0; i < d->readers && !ret; i++) {
		ret = await_reader(d, &d->reader[i], &section);
		d->pending[i] = section & RCU_NEST;
		any |= d->pending[i];
	}
	if (!any)
		return ret;
	/* relaxed: a section that begins with the old phase is only waited for longer */
	atomic_store_explicit(&d->period,
			      atomic_load_explicit(&d->period, memory_order_relaxed) ^ RCU_PHASE,
			      memory_order_relaxed);
	for (int i = 0; i < d->readers && !ret; i++)
		if (d->pending[i])
			ret = await_reader(d, &d->reader[i], &section);
	return ret;
}

/* one_phase - what would not do, for torture to show. */
static int one_phase(struct rcu_domain *d)
{
	uint64_t section;
	int ret = 0;

	atomic_store_explicit(&d->period,
			      atomic_load_explicit(&d->period, memory_order_relaxed) ^ RCU_PHASE,
			      memory_order_relaxed);
	arch_full_fence();
	for (int i = 0; i < d->readers && !ret; i++)
		ret = await_reader(d, &d->reader[i], &section);
	return ret;
}

/* one_count - as two_phases(), with a count that never comes again. */
static int one_count(struct rcu_domain *d)
{
	uint64_t section;
	int ret = 0;

	atomic_store_explicit(&d->period, atomic_load_explicit(&d->period, memory_order_relaxed) + 1,
			      memory_order_relaxed);
	/*
	 * The new period comes before the looks at readers; also what the first heavy fence does
	 * elsewhere. Pairs with the fence after the store in rcu_quiescent().
	 */
	arch_full_fence();
	for (int i = 0; i < d->readers && !ret; i++)
		ret = await_reader(d, &d->reader[i], &section);
	return ret;
}

/* grace_period - by the writer whose turn it is; 0 or the technique's -errno. */
static int grace_period(struct rcu_domain *d, struct rcu_times *times)
{
	int ret;

	/*
	 * The pointer was replaced before sections are looked for. Pairs with the light fence of
	 * rcu_read_lock().
	 */
	ret = rcu_heavy_fence(d, times);
	if (times)
		times->graces++;
	if (!ret)
		ret = d->flavour->light == RCU_LIGHT_QUIESCENT ? one_count(d) :
		      d->mutation == RCU_ONE_PHASE	       ? one_phase(d) :
								 two_phases(d);
	/*
	 * Sections that were seen to end have loaded all that they load before the caller frees.
	 * Pairs with the light fence before the store in rcu_read_unlock().
	 */
	return ret ? ret : rcu_heavy_fence(d, times);
}

/*
 * rcu_synchronize - wait until no reader can hold a reference that it got before the call.
 *
 * 0 or the -errno of the technique, then nothing may be freed, now or later. times: of a torture,
 * see rcu_heavy_fence(); used where the caller is the one who waits for its batch.
 */
int rcu_synchronize(struct rcu_domain *d, struct rcu_times *times)
{
	if (rcu_batch_join(d)) {
		/* relaxed: the turn orders writers; a grace period that failed was that of its batch, too */
		if (!atomic_load_explicit(&d->error, memory_order_relaxed))
			atomic_store_explicit(&d->error, grace_period(d, times), memory_order_relaxed);
		rcu_batch_end(d);
	}
	return atomic_load_explicit(&d->error, memory_order_relaxed);
}

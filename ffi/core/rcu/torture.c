/*
 * Torture: does a reader ever hold an object that was freed?
 *
 * Writers poison what they free and use it again only after all other objects of
 * their ring. A reader looks at its object again and again while its section
 * lasts: any change is a grace period that ended too early. The first reader
 * clogs its store buffer before each section (kit/clog.h), which keeps the store
 * that begins it invisible for microseconds: without the heavy fence a writer
 * then overlooks it.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "kit/clog.h"
#include "rcu/session.h"

enum {
	RING = 4096,
	SECTIONS = 16, /* between two looks at orders, with the same clog */
	LOOKS = 64, /* at one object, with a pause after each: some microseconds */
};

/* Numbers of clogs to try: which of them holds a store longest depends on the machine. */
static const uint32_t clog_counts[] = { 1, 2, 4, 6, 8, 12, 16, 24, 32, 48 };

enum { CLOG_STEPS = sizeof(clog_counts) / sizeof(clog_counts[0]) };

/* rcu_torture_open - what a thread needs for torture, besides its loop; 0 or -errno. */
int rcu_torture_open(struct rcu_thread *t, bool clogs)
{
	if (t->reader)
		return clogs ? clog_map(&t->lines) : 0;
	t->ring = calloc(RING, sizeof(*t->ring));
	return t->ring ? 0 : -ENOMEM;
}

void rcu_torture_close(struct rcu_thread *t)
{
	if (t->lines)
		munmap(t->lines, CLOG_BYTES);
	free(t->ring);
}

/* Did the object change while the section lasted? */
static bool watch(const struct rcu_object *o)
{
	uint64_t first = atomic_load_explicit(&o->value, memory_order_relaxed);

	for (int look = 0; look < LOOKS; look++) {
		arch_relax();
		if (atomic_load_explicit(&o->value, memory_order_relaxed) != first)
			return true;
	}
	return first == RCU_POISON;
}

RCU_INLINE void torture_sections(enum rcu_light light, struct rcu_thread *t, struct clog clog)
{
	struct rcu_session *s = t->session;
	const struct rcu_domain *d = &s->domain;
	uint64_t at = t->turn * SECTIONS * CLOG_MAX;

	for (int i = 0; i < SECTIONS; i++) {
		for (uint32_t k = 0; k < clog.count; k++)
			clog_once(clog.kind, t->lines, at++);
		rcu_read_lock(light, d, t->reader);
		/* relaxed: as in read_sections() */
		t->stale += watch(atomic_load_explicit(&s->object, memory_order_relaxed));
		rcu_read_unlock(light, d, t->reader);
	}
	if (light == RCU_LIGHT_QUIESCENT)
		rcu_quiescent(d, t->reader);
}

/* rcu_torture_read - some sections with the next clog. */
void rcu_torture_read(struct rcu_thread *t)
{
	struct clog clog = { 0 };

	if (t->lines) {
		clog.kind = (enum clog_kind)(1 + t->turn / CLOG_STEPS % (CLOG_KINDS - 1));
		clog.count = clog_counts[t->turn % CLOG_STEPS];
	}
	switch (t->session->domain.flavour->light) {
	case RCU_LIGHT_FENCE:
		torture_sections(RCU_LIGHT_FENCE, t, clog);
		break;
	case RCU_LIGHT_MFENCE:
		torture_sections(RCU_LIGHT_MFENCE, t, clog);
		break;
	case RCU_LIGHT_BARRIER:
		torture_sections(RCU_LIGHT_BARRIER, t, clog);
		break;
	case RCU_LIGHT_CHECK:
		torture_sections(RCU_LIGHT_CHECK, t, clog);
		break;
	default:
		torture_sections(RCU_LIGHT_QUIESCENT, t, clog);
	}
	t->turn++;
	t->count += SECTIONS;
}

/* rcu_torture_write - replace the object by the next of the ring, wait, poison. */
void rcu_torture_write(struct rcu_thread *t)
{
	struct rcu_session *s = t->session;
	struct rcu_object *fresh = &t->ring[t->count % RING], *old;

	/* never the same value again, so that a second use shows as a change, too */
	atomic_store_explicit(&fresh->value, (t->count + 1) << 16, memory_order_relaxed);
	/* pairs with the readers' address dependency */
	old = atomic_exchange_explicit(&s->object, fresh, memory_order_acq_rel);
	uint64_t start = now_ns();

	t->error = rcu_synchronize(&s->domain);
	if (t->error)
		return; /* a reader may still use the old object */
	/* relaxed: after the grace period's last heavy fence */
	atomic_store_explicit(&old->value, RCU_POISON, memory_order_relaxed);
	hist_add(&t->hist, (now_ns() - start) * 1000);
	t->count++;
}

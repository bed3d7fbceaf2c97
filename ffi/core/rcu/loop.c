/* The measured loops: readers that do nothing but read, writers that do nothing but replace. */
#include "rcu/session.h"

#include <errno.h>
#include <stdlib.h>

enum {
	/* sections between two looks at orders; also between two quiescent states, as in liburcu's test */
	SECTIONS = 1024,
	/* one group of so many is timed: the clock must not slow readers down */
	TIMED_EVERY = 16,
};

/*
 * read_sections - one group of sections; the sum of what they read.
 *
 * Inlined once for each light side, so that each is the loop that a user's
 * compiler would make of it.
 */
RCU_INLINE uint64_t read_sections(enum rcu_light light, const struct rcu_domain *d,
				  struct rcu_object *_Atomic *object, struct rcu_reader *self)
{
	uint64_t sum = 0;

	for (int i = SECTIONS; i > 0; i--) {
		rcu_read_lock(light, d, self);
		/* relaxed: the address depends on it; pairs with the release in rcu_write_some() */
		const struct rcu_object *o = atomic_load_explicit(object, memory_order_relaxed);

		sum += atomic_load_explicit(&o->value, memory_order_relaxed);
		rcu_read_unlock(light, d, self);
	}
	if (light == RCU_LIGHT_QUIESCENT)
		rcu_quiescent(d, self);
	return sum;
}

static uint64_t read_group(struct rcu_session *s, struct rcu_reader *self)
{
	switch (s->domain.flavour->light) {
	case RCU_LIGHT_FENCE:
		return read_sections(RCU_LIGHT_FENCE, &s->domain, &s->object, self);
	case RCU_LIGHT_MFENCE:
		return read_sections(RCU_LIGHT_MFENCE, &s->domain, &s->object, self);
	case RCU_LIGHT_BARRIER:
		return read_sections(RCU_LIGHT_BARRIER, &s->domain, &s->object, self);
	case RCU_LIGHT_CHECK:
		return read_sections(RCU_LIGHT_CHECK, &s->domain, &s->object, self);
	default:
		return read_sections(RCU_LIGHT_QUIESCENT, &s->domain, &s->object, self);
	}
}

static void add_time(struct rcu_thread *t, uint64_t ns, uint64_t operations)
{
	double net = (double)ns - t->session->outcome->clock.read_ns;

	hist_add(&t->hist, net <= 0 ? 0 : (uint64_t)(net * 1000 / (double)operations + 0.5));
}

/* rcu_read_some - groups of sections, one of them timed. */
void rcu_read_some(struct rcu_thread *t)
{
	uint64_t sum, start = 0;
	bool timed = t->turn++ % TIMED_EVERY == 0;

	if (timed)
		start = now_ns();
	sum = read_group(t->session, t->reader);
	if (timed)
		add_time(t, now_ns() - start, SECTIONS);
	t->count += SECTIONS;
	t->stale += sum != SECTIONS * RCU_LIVE;
}

/* rcu_write_some - allocate, replace, wait, free: one write, as in the commit's test. */
void rcu_write_some(struct rcu_thread *t)
{
	struct rcu_session *s = t->session;
	struct rcu_object *fresh = malloc(sizeof(*fresh)), *old;

	if (!fresh) {
		t->error = -ENOMEM;
		return;
	}
	atomic_init(&fresh->value, RCU_LIVE);
	/* pairs with the readers' address dependency: the object is complete before it is seen */
	old = atomic_exchange_explicit(&s->object, fresh, memory_order_acq_rel);
	/* by number, never by how long the last one took: long ones come together */
	bool timed = t->turn++ % t->stride == 0;
	uint64_t start = timed ? now_ns() : 0;

	t->error = rcu_synchronize(&s->domain, NULL);
	if (timed)
		add_time(t, now_ns() - start, 1);
	if (t->error)
		return; /* a reader may still use the old object */
	atomic_store_explicit(&old->value, 0, memory_order_relaxed);
	free(old);
	t->count++;
}

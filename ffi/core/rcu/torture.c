/*
 * Torture: does a reader ever hold an object that was freed?
 *
 * Writers poison what they free and use it again only after all other objects of
 * their ring. A reader looks at its object again and again while its section
 * lasts: any change is a grace period that ended too early. Some readers clog
 * their store buffers before a section (kit/clog.h), which keeps the store that
 * begins it invisible for microseconds: without the heavy fence a writer then
 * overlooks it. Such a section has to last for as long as that writer's grace
 * period, or it is over before the object is poisoned.
 *
 * Besides, sections are nested, begin long after they loaded the period, and
 * readers come and go.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "kit/clock.h"
#include "kit/clog.h"
#include "rcu/session.h"

enum {
	RING = 4096,
	SECTIONS = 16, /* between two looks at orders, with the same clog */
	LOOKS = 64, /* at one object, with a pause after each: some microseconds */
	CLOGGING = 4, /* readers: each needs CLOG_BYTES */
	/* a grace period without fences has two waits for them, and the section began before the first */
	FENCES = 3,
	LONGEST_NS = 200 * 1000, /* beyond that no store waits in its buffer */
	AIM_NS = 50 * 1000, /* longer than a section and what may be before it */
	CLOG_NS = 4000, /* in which a clog and the loads behind it are executed, and may be slow */
	LEAVE_EVERY = 64, /* groups of sections, on average */
};

static const uint32_t clog_counts[RCU_CLOG_COUNTS] = { 1, 2, 4, 6, 8, 12, 16, 24, 32, 48 };

/* rcu_torture_open - what a thread needs for torture, besides its loop; 0 or -errno. */
int rcu_torture_open(struct rcu_thread *t)
{
	int index = (int)(t - t->session->thread);

	/* any but 0, and another one for each thread */
	t->random = (uint64_t)(index + 1) * 0x9e3779b97f4a7c15ull;
	if (t->reader) /* of readers that share a CPU one at a time runs */
		return index < CLOGGING && index < t->session->setup->reader_cpu_count ?
			       clog_map(&t->lines) :
			       0;
	t->ring = calloc(RING, sizeof(*t->ring));
	return t->ring ? 0 : -ENOMEM;
}

void rcu_torture_close(struct rcu_thread *t)
{
	if (t->lines)
		munmap(t->lines, CLOG_BYTES);
	free(t->ring);
}

/* below - a random number (xorshift64, Marsaglia 2003). */
static uint64_t below(struct rcu_thread *t, uint64_t n)
{
	t->random ^= t->random << 13;
	t->random ^= t->random >> 7;
	t->random ^= t->random << 17;
	return t->random % n;
}

/* one_in - true once in n calls on average. */
static bool one_in(struct rcu_thread *t, uint64_t n)
{
	return below(t, n) == 0;
}

/* As long as a grace period that overlooks this section may take, ns. */
static uint64_t reach(const struct rcu_thread *t)
{
	uint64_t last = atomic_load_explicit(&t->session->setup->times->last, memory_order_relaxed);

	return last < LONGEST_NS / FENCES ? FENCES * last : LONGEST_NS;
}

/* Did the object change while the section lasted? */
static bool watch(struct rcu_thread *t, const struct rcu_object *o)
{
	uint64_t first = atomic_load_explicit(&o->value, memory_order_relaxed);
	uint64_t end = one_in(t, 8) ? 0 : now_ns() + reach(t); /* also short ones, which come and go */

	do {
		for (int look = 0; look < LOOKS; look++) {
			arch_relax();
			if (atomic_load_explicit(&o->value, memory_order_relaxed) != first)
				return true;
		}
	} while (end && now_ns() < end);
	return first == RCU_POISON;
}

/* linger - let grace periods pass; where threads share CPUs, also let others run. */
static void linger(struct rcu_thread *t)
{
	uint64_t end = now_ns() + FENCES * reach(t);

	if (one_in(t, 2))
		sched_yield();
	while (now_ns() < end)
		arch_relax();
}

static void clog_up(struct rcu_thread *t, struct clog clog)
{
	if (clog.kind)
		atomic_fetch_add_explicit(&t->session->aim, 1, memory_order_relaxed);
	for (uint32_t k = 0; k < clog.count; k++)
		clog_once(clog.kind, t->lines, t->clogs++);
}

/* begin - an outermost section, its store held back. */
RCU_INLINE void begin(enum rcu_light light, struct rcu_thread *t, struct clog clog)
{
	struct rcu_domain *d = &t->session->domain;

	if (light == RCU_LIGHT_QUIESCENT) {
		if (one_in(t, 2)) {
			rcu_quiescent(d, t->reader);
		} else {
			rcu_offline(t->reader);
			clog_up(t, clog);
			rcu_online(d, t->reader, d->mutation != RCU_NO_FENCES);
		}
		return;
	}
	/* as in rcu_read_lock(), which may be interrupted between the two */
	uint64_t period = atomic_load_explicit(&d->period, memory_order_relaxed);

	if (one_in(t, 8))
		linger(t);
	clog_up(t, clog);
	rcu_begin(light, d, t->reader, period);
}

RCU_INLINE void torture_sections(enum rcu_light light, struct rcu_thread *t, struct clog clog)
{
	struct rcu_session *s = t->session;
	struct rcu_domain *d = &s->domain;

	for (int i = 0; i < SECTIONS; i++) {
		begin(light, t, clog);
		/* relaxed: as in read_sections() */
		const struct rcu_object *o = atomic_load_explicit(&s->object, memory_order_relaxed);

		/* the end of an inner section does not end the outer one */
		if (one_in(t, 2)) {
			rcu_read_lock(light, d, t->reader);
			rcu_read_unlock(light, d, t->reader);
		}
		t->stale += watch(t, o);
		rcu_read_unlock(light, d, t->reader);
		/* readers that lose their CPU within sections hold grace periods up: not all should */
		if (s->crowded)
			sched_yield();
	}
	if (light == RCU_LIGHT_QUIESCENT)
		rcu_quiescent(d, t->reader);
}

/* What readers execute; without fences all of them have a compiler barrier. */
static enum rcu_light light_of(const struct rcu_domain *d)
{
	enum rcu_light light = d->flavour->light;

	return d->mutation == RCU_NO_FENCES && light != RCU_LIGHT_QUIESCENT ? RCU_LIGHT_BARRIER : light;
}

/* rcu_torture_read - some sections with the next clog. */
void rcu_torture_read(struct rcu_thread *t)
{
	int best = t->session->setup->best;
	/* the others have their turns, too: what holds longest may change */
	uint64_t choice = best >= 0 && t->turn % 4 ? (uint64_t)best : t->turn / 4 % RCU_CLOGS;
	struct clog clog = { 0 };
	uint64_t stale = t->stale;

	if (best < 0)
		choice = t->turn % RCU_CLOGS;
	if (t->lines) {
		clog.kind = (enum clog_kind)(1 + choice / RCU_CLOG_COUNTS);
		clog.count = clog_counts[choice % RCU_CLOG_COUNTS];
	}
	switch (light_of(&t->session->domain)) {
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
	t->caught[choice] += t->stale - stale;
	t->leaves = one_in(t, LEAVE_EVERY);
}

/*
 * aim - wait until a reader is about to begin a section with a clog, and for as long as that takes.
 *
 * Grace periods that begin at any time mostly meet readers in the middle of a section, which no
 * fence is needed to see, or readers that do not run. False where nobody showed up: the grace
 * period then counts for nothing, but a stale reader is one.
 */
static bool aim(struct rcu_thread *t)
{
	uint32_t before = atomic_load_explicit(&t->session->aim, memory_order_relaxed);
	uint64_t end = now_ns() + reach(t) + AIM_NS;

	while (atomic_load_explicit(&t->session->aim, memory_order_relaxed) == before)
		if (now_ns() > end)
			return false;
	end = now_ns() + below(t, CLOG_NS);
	while (now_ns() < end)
		continue;
	return true;
}

/* rcu_torture_write - replace the object by the next of the ring, wait, poison. */
void rcu_torture_write(struct rcu_thread *t)
{
	struct rcu_session *s = t->session;
	struct rcu_object *fresh = &t->ring[t->count % RING], *old;

	bool aimed = !one_in(t, 4) && aim(t);
	/* what is left out has to be stood in for always */
	struct rcu_times *times = aimed || s->domain.mutation == RCU_NO_FENCES ? s->setup->times : NULL;

	/* never the same value again, so that a second use shows as a change, too */
	atomic_store_explicit(&fresh->value, (t->count + 1) << 16, memory_order_relaxed);
	/* pairs with the readers' address dependency */
	old = atomic_exchange_explicit(&s->object, fresh, memory_order_acq_rel);
	uint64_t start = now_ns();

	t->error = rcu_synchronize(&s->domain, times);
	if (t->error)
		return; /* a reader may still use the old object */
	/* relaxed: after the grace period's last heavy fence */
	atomic_store_explicit(&old->value, RCU_POISON, memory_order_relaxed);
	hist_add(&t->hist, (now_ns() - start) * 1000);
	t->count++;
}

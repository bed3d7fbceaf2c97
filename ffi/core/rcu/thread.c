/* The threads of an RCU measurement: what they do when they are told to. */
#include <errno.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "kit/crew.h"
#include "kit/sys.h"
#include "rcu/session.h"

enum {
	/* grace periods that enter no kernel are about as short as reading the clock twice */
	SHORT_STRIDE = 16,
};

static _Atomic uint32_t *order_of(const struct rcu_thread *t)
{
	return &t->session->order[t->reader ? RCU_READERS : RCU_WRITERS];
}

/* obey - follow an order: report, and rest where it says so. Whoever failed only waits for the next. */
static void obey(struct rcu_thread *t, uint32_t order)
{
	struct rcu_session *s = t->session;
	bool quiescent = t->reader && s->domain.flavour->light == RCU_LIGHT_QUIESCENT;
	bool rest = (order & 3) == CREW_PAUSE || (t->error && (order & 3) != CREW_STOP);

	if (quiescent)
		rcu_offline(t->reader);
	/* pairs with the acquire load in await_all(): counts and errors come first */
	atomic_store_explicit(&t->obeyed, order, memory_order_release);
	while (rest && atomic_load_explicit(order_of(t), memory_order_relaxed) == order)
		sys_futex(order_of(t), FUTEX_WAIT_PRIVATE, order, NULL);
	if (quiescent && (order & 3) != CREW_STOP)
		rcu_online(&s->domain, t->reader, true);
}

static void work(struct rcu_thread *t)
{
	bool torture = t->session->setup->torture;

	if (t->reader)
		(torture ? rcu_torture_read : rcu_read_some)(t);
	else
		(torture ? rcu_torture_write : rcu_write_some)(t);
}

static int prepare(struct rcu_thread *t)
{
	struct rcu_session *s = t->session;
	int ret = thread_place(t->cpu, s->outcome->priority, 1); /* below the leader */
	if (!ret && t->reader)
		rcu_register(&s->domain, t->reader);
	return ret;
}

static void *successor_main(void *argument);

/* leave - the calling thread is no reader any more, another one is in its place; false: there is none. */
static bool leave(struct rcu_thread *t)
{
	struct rcu_domain *d = &t->session->domain;
	bool quiescent = d->flavour->light == RCU_LIGHT_QUIESCENT;
	pthread_t successor;

	t->leaves = false;
	if (quiescent)
		rcu_offline(t->reader);
	rcu_unregister(d, t->reader);
	if (!pthread_create(&successor, NULL, successor_main, t))
		return true;
	rcu_register(d, t->reader);
	if (quiescent)
		rcu_online(d, t->reader, true);
	return false;
}

/* follow - do what orders say, until one says to stop, or another thread follows them. */
static void follow(struct rcu_thread *t)
{
	uint32_t seen = 0;

	prctl(PR_SET_NAME, t->reader ? "fencelab-reader" : "fencelab-writer");
	if (!t->error)
		t->error = prepare(t);
	while ((seen & 3) != CREW_STOP && !(t->leaves && leave(t))) {
		/* pairs with the release store in give_order(): what was set up comes first */
		uint32_t order = atomic_load_explicit(order_of(t), memory_order_acquire);

		if (order != seen || t->error)
			obey(t, seen = order);
		else
			work(t);
	}
}

static void *thread_main(void *argument)
{
	struct rcu_thread *t = argument;

	if (t->session->setup->torture)
		t->error = rcu_torture_open(t);
	follow(t);
	return NULL;
}

static void *successor_main(void *argument)
{
	struct rcu_thread *t = argument;

	/* all that is in *t is now ours */
	pthread_join(t->thread, NULL);
	t->thread = pthread_self();
	follow(t);
	return NULL;
}

static void init_thread(struct rcu_session *s, int index)
{
	const struct rcu_setup *setup = s->setup;
	struct rcu_thread *t = &s->thread[index];
	int writer = index - setup->readers;

	memset(t, 0, sizeof(*t));
	t->session = s;
	t->reader = writer < 0 ? &s->domain.reader[index] : NULL;
	t->cpu = writer < 0 ? setup->reader_cpus[index % setup->reader_cpu_count] :
			      setup->writer_cpus[writer % setup->writer_cpu_count];
	t->stride = s->domain.fence.technique->flags & TECHNIQUE_FENCE ? SHORT_STRIDE : 1;
	hist_reset(&t->hist);
}

/* rcu_start_threads - all of them, at rest; 0 or -errno, then s->threads were started. */
int rcu_start_threads(struct rcu_session *s)
{
	int n = s->setup->readers + s->setup->writers, ret = 0;

	s->thread = aligned_alloc(_Alignof(struct rcu_thread), (size_t)n * sizeof(*s->thread));
	if (!s->thread)
		return -ENOMEM;
	for (int i = 0; i < n && !ret; i++) {
		init_thread(s, i);
		ret = -pthread_create(&s->thread[i].thread, NULL, thread_main, &s->thread[i]);
		s->threads += !ret;
	}
	return ret;
}

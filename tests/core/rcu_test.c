/* Userspace RCU: whom a grace period waits for, in every flavour. */
#include "check.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "kit/clock.h"
#include "kit/sys.h"
#include "rcu/rcu.h"

/* Time in which a grace period that does not wait would be over. */
enum { WHILE_NS = 3 * 1000 * 1000 };

static int fail_heavy(struct fence *f)
{
	(void)f;
	return -EINTR;
}

struct writer {
	struct rcu_domain *d;
	pthread_t thread;
	int ret;
	_Atomic bool done;
};

static void *writer_main(void *argument)
{
	struct writer *w = argument;

	w->ret = rcu_synchronize(w->d, NULL);
	atomic_store(&w->done, true);
	return NULL;
}

/* Start a grace period and tell whether it waits. */
static bool waits(struct writer *w, struct rcu_domain *d)
{
	*w = (struct writer){ .d = d };
	pthread_create(&w->thread, NULL, writer_main, w);
	sleep_ns(WHILE_NS);
	return !atomic_load(&w->done);
}

/* Until a grace period that was started has begun to wait: what begins then is younger. */
static void await_begin(const struct rcu_domain *d, uint64_t period)
{
	while (atomic_load(&d->period) == period)
		sleep_ns(WHILE_NS);
}

static void join(struct writer *w)
{
	pthread_join(w->thread, NULL);
	CHECK(w->ret == 0 && w->done);
}

static void test_sections(struct rcu_domain *d, enum rcu_light light)
{
	struct rcu_reader *one = &d->reader[0], *other = &d->reader[1];
	struct writer old, young;
	uint64_t period;

	CHECK(rcu_synchronize(d, NULL) == 0);
	rcu_read_lock(light, d, one);
	rcu_read_lock(light, d, one);
	period = atomic_load(&d->period);
	CHECK(waits(&old, d));
	await_begin(d, period);
	rcu_read_unlock(light, d, one);
	sleep_ns(WHILE_NS);
	CHECK(!atomic_load(&old.done)); /* the outer section goes on */
	/* in a phase of its own, and begun after that grace period */
	rcu_read_lock(light, d, other);
	/* waits asleep by now, and behind the first one */
	CHECK(waits(&young, d));
	rcu_read_unlock(light, d, one);
	join(&old);
	CHECK(!atomic_load(&young.done)); /* the other section is older than it */
	rcu_read_unlock(light, d, other);
	join(&young);
	CHECK(one->section == 0 && other->section == 0);
}

/* A section that loaded the period before a grace period and stored it after: two phases are for it. */
static void test_delayed_section(struct rcu_domain *d)
{
	struct rcu_reader *late = &d->reader[0];
	struct writer w;

	atomic_store(&late->section, atomic_load(&d->period) ^ RCU_PHASE);
	CHECK(waits(&w, d));
	rcu_read_unlock(RCU_LIGHT_FENCE, d, late);
	join(&w);
}

static void await_drawn(const struct rcu_domain *d, uint32_t drawn)
{
	while (atomic_load(&d->drawn) != drawn)
		sleep_ns(WHILE_NS);
}

/* Writers that ask while a grace period runs share the next one, and never that one. */
static void test_batch(struct rcu_domain *d)
{
	struct rcu_reader *one = &d->reader[0], *other = &d->reader[1];
	const uint64_t graces = d->graces;
	const uint32_t drawn = atomic_load(&d->drawn);
	const uint64_t period = atomic_load(&d->period);
	struct writer first, second, third;

	rcu_read_lock(RCU_LIGHT_FENCE, d, one);
	CHECK(waits(&first, d));
	await_begin(d, period);
	rcu_read_lock(RCU_LIGHT_FENCE, d, other);
	CHECK(waits(&second, d));
	CHECK(waits(&third, d));
	await_drawn(d, drawn + 3);
	rcu_read_unlock(RCU_LIGHT_FENCE, d, one);
	join(&first);
	sleep_ns(WHILE_NS);
	CHECK(!atomic_load(&second.done) && !atomic_load(&third.done));
	rcu_read_unlock(RCU_LIGHT_FENCE, d, other);
	join(&second);
	join(&third);
	CHECK(d->graces - graces == 2);
}

/* Once a grace period has failed nothing may be freed, whoever asks. */
static void test_failure(struct rcu_domain *d)
{
	struct technique fails = *d->fence.technique;

	fails.heavy = fail_heavy;
	d->fence.technique = &fails;
	CHECK(rcu_synchronize(d, NULL) == -EINTR);
	d->fence.technique = technique_find("fence");
	CHECK(rcu_synchronize(d, NULL) == -EINTR);
}

static void test_quiescence(struct rcu_domain *d)
{
	struct rcu_reader *one = &d->reader[0], *other = &d->reader[1];
	struct writer w;
	uint64_t period;

	CHECK(rcu_synchronize(d, NULL) == 0); /* all are offline */
	rcu_quiescent(d, one);
	rcu_quiescent(d, other);
	period = atomic_load(&d->period);
	CHECK(waits(&w, d));
	await_begin(d, period);
	rcu_quiescent(d, one);
	rcu_offline(other);
	join(&w);
	rcu_offline(one);
	CHECK(rcu_synchronize(d, NULL) == 0);
}

void test_rcu(void)
{
	static const char *const ids[] = {
		"mb",	    "mb-mfence", "signal", "membarrier", "membarrier-dyncheck",
		"mprotect", "munmap",	 "qsbr"
	};
	CHECK(!rcu_flavour_find("nonsense"));
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		const struct rcu_flavour *flavour = rcu_flavour_find(ids[i]);
		struct rcu_domain d;
		int ret = rcu_open(&d, flavour, 2);
		bool needs_nothing = !strcmp(ids[i], "mb") || !strcmp(ids[i], "signal") ||
				     !strcmp(ids[i], "qsbr");

		/* the others a host may refuse: membarrier(2), locked memory */
		CHECK(ret == 0 || !needs_nothing);
		/* both readers are this thread */
		if (ret == 0)
			rcu_register(&d, &d.reader[0]);
		if (ret == 0 && flavour->light == RCU_LIGHT_QUIESCENT)
			test_quiescence(&d);
		else if (ret == 0)
			test_sections(&d, flavour->light);
		if (ret == 0 && flavour->light == RCU_LIGHT_FENCE) {
			test_delayed_section(&d);
			test_batch(&d);
			test_failure(&d); /* the last one: nothing works after it */
		}
		rcu_close(&d);
	}
}

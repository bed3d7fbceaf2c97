/* Honest: a thread of its own calls membarrier for the caller, who sleeps meanwhile. */
#include "liar.h"

#include <linux/futex.h>
#include <pthread.h>

struct state {
	_Atomic uint32_t asked, done, over;
	int cpu; /* the caller's: the helper runs there while the caller sleeps */
	int error;
	pthread_t helper;
};

static void await_change(_Atomic uint32_t *word, uint32_t from)
{
	while (atomic_load_explicit(word, memory_order_acquire) == from)
		syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, from, NULL);
}

static void announce(_Atomic uint32_t *word)
{
	atomic_fetch_add_explicit(word, 1, memory_order_release);
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1);
}

static void *help(void *argument)
{
	struct state *s = argument;
	int at = -1;

	for (uint32_t asked = 0;; asked++) {
		/* pairs with announce() of who asks */
		await_change(&s->asked, asked);
		if (atomic_load_explicit(&s->over, memory_order_relaxed))
			return NULL;
		if (s->cpu != at) {
			cpu_set_t set;

			CPU_ZERO(&set);
			CPU_SET(s->cpu, &set);
			sched_setaffinity(0, sizeof(set), &set);
			at = s->cpu;
		}
		s->error = private_expedited();
		announce(&s->done);
	}
}

int fence_setup(void **state)
{
	int error = make_state(state, sizeof(struct state));
	struct state *s = *state;

	if (!error)
		error = register_private();
	return error ? error : pthread_create(&s->helper, NULL, help, s);
}

int fence_heavy(void *state)
{
	struct state *s = state;
	const uint32_t done = atomic_load_explicit(&s->done, memory_order_relaxed);

	s->cpu = sched_getcpu();
	announce(&s->asked);
	/* pairs with announce() in help() */
	await_change(&s->done, done);
	return s->error;
}

void fence_light(void *state)
{
	(void)state;
	compiler_barrier();
}

void fence_teardown(void *state)
{
	struct state *s = state;

	atomic_store_explicit(&s->over, 1, memory_order_relaxed);
	announce(&s->asked);
	pthread_join(s->helper, NULL);
	free(s);
}

/*
 * Interrupts every thread of the light side by a signal whose handler holds no
 * fence, and waits until all have answered. Right where an interrupt serialises
 * (x86-64: Intel SDM volume 3, 9.3, IRET); elsewhere the way into the kernel and
 * back orders nothing that is documented.
 */
#include "liar.h"

#include <signal.h>

enum { THREADS_MAX = 256 };

struct state {
	_Atomic int threads;
	_Atomic int tid[THREADS_MAX];
};

static _Atomic uint32_t answers;
static _Thread_local const void *listed_in;

static void answer(int signal)
{
	(void)signal;
	atomic_fetch_add_explicit(&answers, 1, memory_order_relaxed);
}

int fence_setup(void **state)
{
	struct sigaction action = { .sa_handler = answer, .sa_flags = SA_RESTART };

	if (sigaction(SIGRTMIN + 3, &action, NULL) != 0)
		return errno;
	return make_state(state, sizeof(struct state));
}

int fence_heavy(void *state)
{
	struct state *s = state;
	const int threads = atomic_load_explicit(&s->threads, memory_order_relaxed);
	const uint32_t before = atomic_load_explicit(&answers, memory_order_relaxed);
	uint32_t sent = 0;

	/* the caller's own order */
	full_fence();
	for (int i = 0; i < threads && i < THREADS_MAX; i++) {
		const int tid = atomic_load_explicit(&s->tid[i], memory_order_relaxed);

		/* 0: a thread that is about to say who it is */
		if (tid && syscall(SYS_tgkill, getpid(), tid, SIGRTMIN + 3) == 0)
			sent++;
	}
	while (atomic_load_explicit(&answers, memory_order_relaxed) - before < sent)
		;
	full_fence();
	return 0;
}

void fence_light(void *state)
{
	struct state *s = state;

	compiler_barrier();
	if (listed_in == s)
		return;
	listed_in = s;
	const int at = atomic_fetch_add_explicit(&s->threads, 1, memory_order_relaxed);

	if (at < THREADS_MAX)
		atomic_store_explicit(&s->tid[at], (int)syscall(SYS_gettid), memory_order_relaxed);
}

void fence_teardown(void *state)
{
	free(state);
}

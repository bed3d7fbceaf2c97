/*
 * The heavy fence of liburcu's signal flavour, as the figures of 2015 have it:
 * a signal to every reader, whose handler fences and answers.
 *
 * Between two looks at the answers the writer sleeps for a millisecond, as
 * liburcu did (poll() in force_mb_all_readers(), until 0.14): a reader that is
 * switched out answers only when it gets its CPU back, which a writer that spins
 * may be holding. That sleep is the flavour's price. What signals cost without
 * it is `signal` of the cost experiment. A torture asks it to look without sleeping
 * at first (fence.delay_ns): no store waits for a millisecond in a reader's buffer, so
 * that neither a missing fence nor its control would show.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "arch/arch.h"
#include "kit/clock.h"
#include "kit/sys.h"
#include "rcu/rcu.h"

enum {
	LOOK_NS = 1000 * 1000,
	/* longer than readers that share a CPU wait for their turn */
	DEADLINE_MS = 20000,
};

/* Handed over in the signal's value. */
struct answers {
	_Atomic unsigned int arrived;
	/* held while signals are under way: a reader that left could not answer */
	pthread_mutex_t members;
};

/* A real-time signal, queued, so that none is lost; technique/thread.c takes another. */
static int number(void)
{
	return SIGRTMIN + 6;
}

static void handler(int signal, siginfo_t *info, void *context)
{
	struct answers *answers = info->si_value.sival_ptr;

	(void)signal;
	(void)context;
	/* the fence that the light fences of this reader stand for */
	arch_full_fence();
	/* pairs with the acquire load in signal_heavy() */
	atomic_fetch_add_explicit(&answers->arrived, 1, memory_order_release);
}

static int signal_open(struct fence *f)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART };

	f->private = calloc(1, sizeof(struct answers));
	if (!f->private)
		return fence_fail(f, ENOMEM, "calloc");
	pthread_mutex_init(&((struct answers *)f->private)->members, NULL);
	sigfillset(&action.sa_mask);
	return sigaction(number(), &action, NULL) ? fence_fail(f, errno, "sigaction") : 0;
}

/* rcu_signal_member - let one of f->targets be another thread, or none (0). */
void rcu_signal_member(struct fence *f, int *tid, int now)
{
	struct answers *answers = f->private;

	pthread_mutex_lock(&answers->members);
	*tid = now;
	pthread_mutex_unlock(&answers->members);
}

/* -ETIMEDOUT when a reader does not answer; the answers are then not to be freed: one may come late. */
static int signal_members(struct fence *f, struct answers *answers)
{
	uint64_t begun = now_ns(), end = begun + DEADLINE_MS * NSEC_PER_MSEC;
	unsigned int sent = 0;
	int ret = 0;
	siginfo_t info = { .si_signo = number(), .si_code = SI_QUEUE };

	info.si_value.sival_ptr = answers;
	atomic_store_explicit(&answers->arrived, 0, memory_order_relaxed);
	/* our earlier accesses come before the readers' fences */
	arch_full_fence();
	for (int i = 0; i < f->ntargets && !ret; i++) {
		if (f->targets[i] == 0)
			continue;
		if (syscall(SYS_rt_tgsigqueueinfo, getpid(), f->targets[i], number(), &info))
			ret = -errno;
		else
			sent++;
	}
	/*
	 * Also where not all could be sent: an answer that came later would count for the next
	 * fence. Pairs with the release in handler().
	 */
	while (atomic_load_explicit(&answers->arrived, memory_order_acquire) < sent) {
		uint64_t now = now_ns();

		if (now > end)
			return -ETIMEDOUT;
		if (now >= begun + f->delay_ns)
			sleep_ns(LOOK_NS);
	}
	/* our later accesses come after the readers' fences */
	arch_full_fence();
	return ret;
}

static int signal_heavy(struct fence *f)
{
	struct answers *answers = f->private;

	pthread_mutex_lock(&answers->members);
	int ret = signal_members(f, answers);

	pthread_mutex_unlock(&answers->members);
	return ret;
}

static void signal_close(struct fence *f)
{
	free(f->private);
	f->private = NULL;
}

const struct technique rcu_signal = {
	.id = "signal",
	.open = signal_open,
	.heavy = signal_heavy,
	.close = signal_close,
};

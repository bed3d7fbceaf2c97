/* The victim of a storm of fences: what it does and what it finds. */
#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "disturbance/disturbance.h"
#include "kit/crew.h"
#include "kit/sys.h"

enum {
	PERIOD_NS = 200 * 1000, /* of a victim that wakes up, as cyclictest -i 200 */
	ANSWER_S = 5,
	VICTIM_LEVEL = 80, /* above everything of the lab, as a thread with deadlines is */
};

static void wakes(struct disturbance *d, uint32_t phase)
{
	struct block *b = &d->shared->block;
	uint64_t due = now_ns() + PERIOD_NS;

	while (phase_now(d) == phase) {
		const struct timespec when = { .tv_sec = (time_t)(due / NSEC_PER_SEC),
					       .tv_nsec = (long)(due % NSEC_PER_SEC) };

		/* a signal of the technique ends the sleep early; the victim is not due then */
		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) == EINTR)
			;
		uint64_t now = now_ns();

		if (phase_now(d) != phase)
			break;
		hist_add(&b->hist, (now - due) * 1000);
		/* what was missed entirely is not made up for */
		due = now > due + PERIOD_NS ? now + PERIOD_NS : due + PERIOD_NS;
	}
}

static void runs(struct disturbance *d, uint32_t phase)
{
	struct block *b = &d->shared->block;
	const uint64_t turn = (uint64_t)d->clock.read_ns;
	uint64_t start = now_ns(), last = start;

	while (phase_now(d) == phase) {
		uint64_t now = now_ns();

		if (now - last > d->gap_ns) {
			b->stolen_ns += now - last - turn;
			hist_add(&b->hist, (now - last - turn) * 1000);
		}
		last = now;
	}
	b->ns = last - start;
}

static uint64_t voluntary(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return (uint64_t)usage.ru_nvcsw;
}

/* Going to sleep again is a voluntary switch: every one but the first means that it was woken. */
static void sleeps(struct disturbance *d, uint32_t phase)
{
	uint64_t before = voluntary();

	while (phase_now(d) == phase)
		sys_futex(&d->shared->phase, FUTEX_WAIT, phase, NULL);
	uint64_t switches = voluntary() - before;

	d->shared->block.woken = switches > 1 ? switches - 1 : 0;
}

static void calls(struct disturbance *d, uint32_t phase)
{
	struct fence *f = &d->victim_fence;

	int ret = 0;

	while (phase_now(d) == phase && !ret) {
		if (f->technique->prepare)
			ret = f->technique->prepare(f);
		uint64_t start = now_ns();

		ret = ret ? ret : f->technique->heavy(f);
		hist_add(&d->shared->block.hist, (now_ns() - start) * 1000);
	}
	d->shared->error = ret;
}

static void work(struct disturbance *d, uint32_t phase)
{
	memset(&d->shared->block, 0, sizeof(d->shared->block));
	hist_reset(&d->shared->block.hist);
	switch (d->setup->work) {
	case VICTIM_WAKES:
		wakes(d, phase);
		break;
	case VICTIM_RUNS:
		runs(d, phase);
		break;
	case VICTIM_SLEEPS:
		sleeps(d, phase);
		break;
	default:
		calls(d, phase);
	}
}

static int enter(struct disturbance *d)
{
	int ret = 0;

	if (d->setup->kin == VICTIM_REGISTERED)
		ret = (int)sys_membarrier(MB_REGISTER_GLOBAL_EXPEDITED, 0, 0);
	if (!ret && d->setup->work == VICTIM_CALLS)
		ret = fence_open(&d->victim_fence, d->setup->technique, d->setup->caller_cpu[0], 0);
	d->victim_fence.targets_all = true;
	if (!ret && d->setup->work == VICTIM_CALLS && d->setup->kin != VICTIM_SAME_PROCESS)
		ret = companion_start(d, d->setup->victim_cpu);
	if (!ret && d->setup->occupied) {
		/* before this thread becomes urgent, for its children inherit that */
		ret = occupant_start(d);
	}
	if (!ret)
		ret = thread_pin(d->setup->victim_cpu);
	if (!ret && d->setup->victim_fifo)
		ret = thread_fifo(VICTIM_LEVEL);
	return ret;
}

/* victim_life - the victim from beginning to end, in whatever process. */
void victim_life(struct disturbance *d)
{
	uint32_t answered = 0;

	prctl(PR_SET_NAME, SIBLING_NAME);
	/* else a thread without real-time priority would wake up 50 us late by design (prctl(2)) */
	prctl(PR_SET_TIMERSLACK, 1);
	d->shared->tid = sys_gettid();
	d->shared->error = enter(d);
	/* pairs with the acquire load in victim_answer(): error and thread id are visible */
	atomic_store_explicit(&d->shared->answered, PHASE_REST | 1u << 2, memory_order_release);
	answered = PHASE_REST | 1u << 2;
	while (!d->shared->error) {
		uint32_t phase = phase_now(d);

		if ((phase & 3) == PHASE_END)
			break;
		if (phase == answered || (phase & 3) == PHASE_REST) {
			/* pairs with the acquire load in victim_answer(): the block is complete */
			atomic_store_explicit(&d->shared->answered, phase, memory_order_release);
			sys_futex(&d->shared->phase, FUTEX_WAIT, phase, NULL);
			continue;
		}
		work(d, phase);
		answered = phase;
	}
	atomic_store_explicit(&d->over, true, memory_order_relaxed);
	if (d->occupant_started)
		pthread_join(d->occupant, NULL);
	companion_stop(d);
	if (d->setup->work == VICTIM_CALLS)
		fence_close(&d->victim_fence);
}

static void *victim_main(void *argument)
{
	victim_life(argument);
	return NULL;
}

/* victim_phase - begin a phase; a victim in the middle of one finds out by itself. */
int victim_phase(struct disturbance *d, enum phase phase)
{
	uint32_t before = atomic_load_explicit(&d->shared->phase, memory_order_relaxed);

	/* pairs with the acquire load in phase_now() */
	atomic_store_explicit(&d->shared->phase, ((before >> 2) + 1) << 2 | phase, memory_order_release);
	sys_futex(&d->shared->phase, FUTEX_WAKE, INT32_MAX, NULL);
	return phase == PHASE_REST ? victim_answer(d) : 0;
}

/* victim_answer - wait until the victim rests; 0, its -errno, or -ETIMEDOUT. */
int victim_answer(const struct disturbance *d)
{
	struct patience patience = { 0 };
	uint32_t wanted = atomic_load_explicit(&d->shared->phase, memory_order_relaxed);

	while (atomic_load_explicit(&d->shared->answered, memory_order_acquire) != wanted) {
		if (d->shared->error)
			return d->shared->error;
		if (patience_lost(&patience, ANSWER_S * NSEC_PER_SEC))
			return -ETIMEDOUT;
	}
	return d->shared->error;
}

/* victim_start - start the victim, which then rests; 0 or -errno. */
int victim_start(struct disturbance *d)
{
	d->shared =
		mmap(NULL, sizeof(*d->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (d->shared == MAP_FAILED) {
		d->shared = NULL;
		return -errno;
	}
	atomic_store_explicit(&d->shared->phase, PHASE_REST | 1u << 2, memory_order_relaxed);
	if (d->setup->kin == VICTIM_SAME_PROCESS) {
		int ret = -pthread_create(&d->victim, NULL, victim_main, d);

		d->victim_started = ret == 0;
		return ret ? ret : victim_answer(d);
	}
	d->process = fork();
	if (d->process < 0)
		return -errno;
	if (d->process == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		victim_life(d);
		_exit(0);
	}
	return victim_answer(d);
}

/* victim_stop - after PHASE_END: end the victim, whatever it does; nobody else uses d->shared now. */
void victim_stop(struct disturbance *d)
{
	if (d->process > 0) {
		kill(d->process, SIGKILL);
		waitpid(d->process, NULL, 0);
	} else if (d->victim_started) {
		pthread_join(d->victim, NULL);
	}
	if (d->shared)
		munmap(d->shared, sizeof(*d->shared));
}

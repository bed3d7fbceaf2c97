/* Techniques that go to every thread or every CPU: sound everywhere, slow everywhere. */
#include "technique/technique.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "arch/arch.h"
#include "kit/clock.h"
#include "kit/sys.h"
#include "protocol/json.h"

enum { SIGNAL_DEADLINE_MS = 2000 };

/*
 * What handlers tell the sender. One per instance of `signal`, handed over in
 * the signal's value. One whose sender gave up is never freed, because a late
 * handler may still write to it.
 */
struct acknowledgements {
	_Atomic unsigned int arrived;
};

static int signal_number(void)
{
	/* A real-time signal: queued, and not used by C libraries (they take the first two) */
	return SIGRTMIN + 7;
}

static void signal_handler(int number, siginfo_t *info, void *context)
{
	struct acknowledgements *acks = info->si_value.sival_ptr;

	(void)number;
	(void)context;
	/* pairs with the acquire load in signal_heavy(): this thread's earlier accesses come first */
	arch_full_fence();
	atomic_fetch_add_explicit(&acks->arrived, 1, memory_order_release);
}

/* signal - liburcu's signal flavour (until 0.14): every thread runs a handler that fences. */
static int signal_open(struct fence *f)
{
	struct sigaction action = { .sa_sigaction = signal_handler, .sa_flags = SA_SIGINFO | SA_RESTART };

	f->private = calloc(1, sizeof(struct acknowledgements));
	if (!f->private)
		return fence_fail(f, ENOMEM, "calloc");
	sigfillset(&action.sa_mask);
	return sigaction(signal_number(), &action, NULL) ? fence_fail(f, errno, "sigaction") : 0;
}

static int send_one(int tid, struct acknowledgements *acks)
{
	siginfo_t info = { .si_signo = signal_number(), .si_code = SI_QUEUE };

	info.si_value.sival_ptr = acks;
	return syscall(SYS_rt_tgsigqueueinfo, getpid(), tid, signal_number(), &info) ? -errno : 0;
}

/* Every thread of the process but the caller; a thread that ends meanwhile needs no signal. */
static int send_all(struct acknowledgements *acks, unsigned int *sent)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *entry;
	int self = sys_gettid(), ret = 0;

	if (!tasks)
		return -errno;
	while (ret == 0 && (entry = readdir(tasks))) {
		int tid = atoi(entry->d_name);

		if (tid <= 0 || tid == self)
			continue;
		ret = send_one(tid, acks);
		if (ret == 0)
			(*sent)++;
		if (ret == -ESRCH)
			ret = 0;
	}
	closedir(tasks);
	return ret;
}

/* -ETIMEDOUT when a thread does not answer: it blocks the signal, or is stopped. */
static int signal_heavy(struct fence *f)
{
	struct acknowledgements *acks = f->private;
	unsigned int sent = 0;
	int ret = 0;

	atomic_store_explicit(&acks->arrived, 0, memory_order_relaxed);
	/* pairs with the light side's compiler_barrier(): our earlier stores before the signals */
	arch_full_fence();
	if (f->targets_all)
		ret = send_all(acks, &sent);
	for (int i = 0; ret == 0 && i < f->ntargets; i++) {
		ret = send_one(f->targets[i], acks);
		sent += ret == 0;
	}
	struct patience patience = { 0 };

	/* pairs with the release in signal_handler() */
	while (atomic_load_explicit(&acks->arrived, memory_order_acquire) < sent)
		if (patience_lost(&patience, SIGNAL_DEADLINE_MS * NSEC_PER_MSEC)) {
			f->private = calloc(1, sizeof(*acks)); /* late answers go to the old one */
			return f->private ? -ETIMEDOUT : -ENOMEM;
		}
	/* our later loads after every handler's fence */
	arch_full_fence();
	return ret;
}

/* Every handler that knows of this instance has answered: heavy() waits, or abandons the record. */
static void signal_close(struct fence *f)
{
	free(f->private);
	f->private = NULL;
}

/* More CPUs than any kernel has been built for: NR_CPUS <= 8192. */
enum { WALK_CPUS = 8192 };

/* Where affinity-walk goes; whatever need not be found out during the walk is found out before. */
struct walk {
	size_t size; /* bytes of the kernel's own masks */
	int cpus;
	cpu_set_t *one, *before;
	int cpu[];
};

/*
 * affinity-walk - tcmalloc's SlowFence (tcmalloc/internal/percpu.cc): move to
 * every CPU in turn. To run there, a CPU must switch to us, and a context switch
 * has full barriers; undocumented, but independent of the architecture.
 */
static int walk_open(struct fence *f)
{
	size_t most = CPU_ALLOC_SIZE(WALK_CPUS);
	/* both masks follow the list */
	struct walk *walk = calloc(1, sizeof(*walk) + WALK_CPUS * sizeof(int) + 2 * most);

	f->private = walk;
	if (!walk)
		return fence_fail(f, ENOMEM, "calloc");
	walk->one = (cpu_set_t *)(void *)&walk->cpu[WALK_CPUS];
	walk->before = (cpu_set_t *)(void *)((char *)walk->one + most);
	/* the CPUs to visit are those allowed now: open it before the thread is pinned */
	long size = syscall(SYS_sched_getaffinity, 0, most, walk->before);

	if (size < 0)
		return fence_fail(f, errno, "sched_getaffinity");
	walk->size = (size_t)size;
	for (size_t cpu = 0; cpu < 8 * walk->size; cpu++)
		if (CPU_ISSET_S(cpu, walk->size, walk->before))
			walk->cpu[walk->cpus++] = (int)cpu;
	return 0;
}

static int walk_heavy(struct fence *f)
{
	const struct walk *walk = f->private;
	int ret = 0;

	if (sched_getaffinity(0, walk->size, walk->before) != 0)
		return -errno;
	for (int i = 0; i < walk->cpus && ret == 0; i++) {
		CPU_SET_S((size_t)walk->cpu[i], walk->size, walk->one);
		if (sched_setaffinity(0, walk->size, walk->one) != 0 && errno != EINVAL)
			ret = -errno; /* EINVAL: the CPU went offline, nothing runs there */
		CPU_CLR_S((size_t)walk->cpu[i], walk->size, walk->one);
	}
	if (sched_setaffinity(0, walk->size, walk->before) != 0 && ret == 0)
		ret = -errno;
	return ret;
}

static void walk_close(struct fence *f)
{
	free(f->private);
	f->private = NULL;
}

const struct technique techniques_thread[] = {
	{ .id = "signal", .open = signal_open, .heavy = signal_heavy, .close = signal_close },
	{ .id = "affinity-walk",
	  .flags = TECHNIQUE_PREEMPTS,
	  .open = walk_open,
	  .heavy = walk_heavy,
	  .close = walk_close },
	{ .id = NULL },
};

/*
 * Starts a process that shares this one's memory.
 *
 * Such a process also shares what the C library keeps for the thread that made
 * it, errno among it: the two would write it at the same time. So a thread of its
 * own makes it, and is suspended until it ends (CLONE_VFORK); nobody else looks there.
 */
#include "kit/shared_process.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

enum { STACK_BYTES = 64 * 1024 };

static int process_main(void *argument)
{
	struct shared_process *process = argument;

	/* pairs with the acquire load in shared_process_start() */
	atomic_store_explicit(&process->runs, 1, memory_order_release);
	return process->main(process->argument);
}

static void *starter_main(void *argument)
{
	static const int flags = CLONE_VM | CLONE_VFORK | CLONE_PARENT_SETTID | SIGCHLD;
	struct shared_process *process = argument;
	char *top = (char *)process->stack + STACK_BYTES;
	int ret = clone(process_main, top, flags, process, &process->pid) < 0 ? -errno : 1;

	/* pairs with the acquire load in shared_process_start() */
	atomic_store_explicit(&process->started, ret, memory_order_release);
	return NULL;
}

/*
 * shared_process_start - run main(argument) in a process of its own that shares
 * memory; returns when that runs.
 *
 * 0 or -errno: EOPNOTSUPP where the process got a copy of the memory, as
 * qemu-user makes it.
 */
int shared_process_start(struct shared_process *process, int (*main)(void *argument), void *argument)
{
	int ret, status;

	*process = (struct shared_process){ .main = main, .argument = argument };
	process->stack = malloc(STACK_BYTES);
	if (!process->stack)
		return -ENOMEM;
	ret = -pthread_create(&process->starter, NULL, starter_main, process);
	if (ret) {
		free(process->stack);
		return ret;
	}
	/* pairs with the release stores of both; what ended has run */
	while (!(ret = atomic_load_explicit(&process->started, memory_order_acquire)) &&
	       !atomic_load_explicit(&process->runs, memory_order_acquire))
		sched_yield();
	if (ret >= 0 && atomic_load_explicit(&process->runs, memory_order_acquire))
		return 0;
	if (ret < 0) {
		pthread_join(process->starter, NULL);
		free(process->stack);
		return ret;
	}
	shared_process_join(process, &status);
	return -EOPNOTSUPP;
}

/* shared_process_join - wait for its end; *status is waitpid()'s. 0 or -errno. */
int shared_process_join(struct shared_process *process, int *status)
{
	int ret;

	while ((ret = waitpid(process->pid, status, 0)) < 0 && errno == EINTR)
		;
	ret = ret < 0 ? -errno : 0;
	pthread_join(process->starter, NULL);
	free(process->stack);
	return ret;
}

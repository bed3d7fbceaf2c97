/*
 * Starts a process that shares this one's memory.
 *
 * Such a process also shares what the C library keeps for the thread that made
 * it, errno among it: the two would write it at the same time. So a thread of its
 * own makes it, and does nothing but wait for it; nobody reads errno there.
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
	struct shared_process *process = argument;
	pid_t pid = clone(process_main, (char *)process->stack + STACK_BYTES, CLONE_VM | SIGCHLD, process);

	process->pid = pid;
	/* pairs with the acquire load in shared_process_start() */
	atomic_store_explicit(&process->started, pid < 0 ? -errno : 1, memory_order_release);
	/* errno says nothing here: an interrupted wait is begun again */
	while (pid > 0 && waitpid(pid, &process->status, 0) != pid)
		;
	return NULL;
}

/*
 * shared_process_start - run main(argument) in a process of its own that shares
 * memory; returns when that runs.
 *
 * 0 or -errno: EINVAL under qemu-user, which cannot make such a process.
 */
int shared_process_start(struct shared_process *process, int (*main)(void *argument), void *argument)
{
	int ret;

	*process = (struct shared_process){ .main = main, .argument = argument };
	process->stack = malloc(STACK_BYTES);
	if (!process->stack)
		return -ENOMEM;
	ret = -pthread_create(&process->starter, NULL, starter_main, process);
	if (ret) {
		free(process->stack);
		return ret;
	}
	/* pairs with the release stores of both */
	while ((ret = atomic_load_explicit(&process->started, memory_order_acquire)) == 0 ||
	       (ret > 0 && !atomic_load_explicit(&process->runs, memory_order_acquire)))
		sched_yield();
	if (ret > 0)
		return 0;
	pthread_join(process->starter, NULL);
	free(process->stack);
	return ret;
}

/* shared_process_join - wait for its end; *status is waitpid()'s. */
void shared_process_join(struct shared_process *process, int *status)
{
	pthread_join(process->starter, NULL);
	*status = process->status;
	free(process->stack);
}

/* Another process in the same address space: CLONE_VM without CLONE_THREAD. */
#ifndef FENCELAB_SHARED_PROCESS_H
#define FENCELAB_SHARED_PROCESS_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

struct shared_process {
	int (*main)(void *argument);
	void *argument, *stack;
	pthread_t starter;
	pid_t pid;
	int status; /* what became of it */
	_Atomic int runs; /* 1 once main() runs and sees this memory */
	_Atomic int started; /* 1 once there is a process; -errno where there is none */
};

int shared_process_start(struct shared_process *process, int (*main)(void *argument), void *argument);
void shared_process_join(struct shared_process *process, int *status);

#endif

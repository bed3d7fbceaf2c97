/* Small jobs in processes of their own, whose death is an answer too. */
#ifndef FENCELAB_CHILD_H
#define FENCELAB_CHILD_H

#include <stdbool.h>
#include <stddef.h>

/* How a job ended. */
struct child_end {
	size_t length; /* bytes that it answered */
	int signal; /* that killed it, 0 when it exited */
	int status; /* exit status when it exited */
	bool late; /* it was killed because it did not end in time */
};

typedef void child_job(void *argument, int answer);

int child_run(child_job *job, void *argument, void *answer, size_t room, struct child_end *end);

#endif

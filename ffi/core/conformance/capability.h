/* Is membarrier(2) there, and if not, who says so: the kernel or a filter? */
#ifndef FENCELAB_CAPABILITY_H
#define FENCELAB_CAPABILITY_H

#include <stdbool.h>

#include "conformance/seccomp.h"

enum membarrier_state {
	MEMBARRIER_NATIVE,
	MEMBARRIER_FILTERED_EPERM,
	MEMBARRIER_FILTERED_ENOSYS,
	MEMBARRIER_FILTERED_KILL,
	MEMBARRIER_ABSENT,
	MEMBARRIER_ERROR,
};

struct membarrier_capability {
	enum membarrier_state state;
	bool doubtful; /* the kernel may answer so as well as a filter */
	long mask; /* QUERY's answer; -errno, or 0 when it could not be asked */
	char reason[160];
};

void membarrier_capability(struct membarrier_capability *capability, enum membarrier_filter filter);
const char *membarrier_state_name(enum membarrier_state state);

#endif

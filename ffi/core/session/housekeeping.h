/* Keeps the supervisor off the CPUs that are measured. */
#ifndef FENCELAB_HOUSEKEEPING_H
#define FENCELAB_HOUSEKEEPING_H

#include <stdbool.h>

enum { HOUSEKEEPING_WORDS = 8192 / (8 * sizeof(unsigned long)) }; /* NR_CPUS <= 8192 */

struct housekeeping {
	bool pinned;
	unsigned long before[HOUSEKEEPING_WORDS]; /* affinity when the session began */
};

int housekeeping_pin(struct housekeeping *h, const int *cpus, int count);
void housekeeping_undo(const struct housekeeping *h);

#endif

/* The core-sync experiment: what is tried, and what comes out of it. */
#ifndef FENCELAB_CORE_SYNC_H
#define FENCELAB_CORE_SYNC_H

#include <stdbool.h>
#include <stdint.h>

#include "kit/thread.h"
#include "technique/technique.h"

/* The order of the steps by which code is replaced. */
enum core_sync_order {
	CODE_FIRST, /* code, technique, publication: what a JIT compiler does */
	PUBLISH_FIRST, /* publication, technique, code: wrong on purpose, calls must be seen stale */
};

/* Parameters of one trial. */
struct core_sync_setup {
	const struct technique *technique;
	enum core_sync_order order;
	int caller_cpu, sibling_cpu;
	uint64_t modifications; /* stop after so many ... */
	uint64_t budget_ns; /* ... or after so much time */
	bool fifo, autogroup; /* which priority may be taken */
};

struct core_sync_outcome {
	uint64_t calls, stale;
	uint64_t stale_versions; /* publications after which calls were stale */
	uint64_t unknown; /* calls during which too many versions went by to tell */
	uint64_t stale_after_end; /* calls that were stale although nothing had been replaced for a while */
	uint64_t modifications;
	uint64_t unseen; /* modifications after which the sibling did not get to call */
	double maintenance_ns; /* median time of replacing the code, caches included */
	double load_ns; /* for how long the sibling's load of the published version lasts; 0: not told */
	bool starved; /* a thread did not get to run for seconds, which ended it */
	enum priority priority;
	double seconds;
	bool refused; /* see attempt_write() */
	char reason[160]; /* why it could not run */
};

int core_sync_try(const struct core_sync_setup *setup, struct core_sync_outcome *outcome, int out);

#endif

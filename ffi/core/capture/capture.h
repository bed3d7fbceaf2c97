/* The capture experiment: what is recorded, and its parts. */
#ifndef FENCELAB_CAPTURE_H
#define FENCELAB_CAPTURE_H

#include "capture/drain.h"
#include "capture/instance.h"
#include "kit/count.h"
#include "kit/crew.h"
#include "kit/hist.h"
#include "technique/technique.h"

/* One operation, as it stands in ops.bin (little-endian, 40 bytes); times of CLOCK_BOOTTIME. */
struct operation {
	uint64_t begin_ns, end_ns;
	uint32_t tid, cpu, technique, kept;
	uint64_t id;
};

enum { OPERATION_BYTES = 40 };

/* Names of threads, by which a trace shows them; at most 15 bytes (TASK_COMM_LEN). */
#define CALLER_NAME "fencelab-caller"

struct capture_setup {
	const int *sibling_cpus;
	int siblings, caller_cpu;
	uint64_t ops; /* per technique */
	uint64_t seconds_ns; /* per technique, at most */
	uint64_t proof_ns; /* within which siblings must be seen running, before and after */
	uint64_t stop_above_ns; /* 0: never */
	uint64_t buffer_kb;
	bool fifo;
};

/* What one technique's phase has shown besides its trace. */
struct phase {
	uint64_t begin_ns, end_ns;
	uint64_t ops, kept;
	uint64_t perf_interrupts, proc_interrupts; /* of the siblings, over the whole phase */
	uint64_t flushes, cycles; /* of the caller */
	bool flushes_known, cycles_known;
	struct hist untraced, traced; /* cost with tracing off and on, ps */
	bool stopped; /* an operation was above the threshold */
	bool refused; /* see attempt_write() */
	uint64_t worst_ns, worst_id;
};

enum { CREW_TIDS = 1024 };

struct recorder {
	int tid[CREW_TIDS], tids, tgid; /* of the running phase; the last thread is the caller */
	struct operation *log;
	uint64_t logged, next_id;
	uint32_t technique; /* index of the running phase */
};

int phase_run(const struct capture_setup *setup, const struct technique *technique,
	      const struct instance *instance, const struct count_plan *plan, struct recorder *recorder,
	      struct phase *phase, char *reason, size_t room);

#endif

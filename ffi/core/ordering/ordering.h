/* The ordering experiment: what one technique did in one arrangement, in raw counts. */
#ifndef FENCELAB_ORDERING_H
#define FENCELAB_ORDERING_H

#include "kit/cpu_watch.h"
#include "kit/hist.h"
#include "ordering/sb.h"

enum {
	/* counts of clogs that are tried with each kind */
	CLOG_COUNTS = 9,
	CLOG_CANDIDATES = 1 + (CLOG_KINDS - 1) * CLOG_COUNTS,
	/* technique and delay take turns in blocks, so that other load meets both … */
	ORDERING_BLOCKS = 20,
	/* … and as many more as the time allows, where more turns say more */
	ORDERING_BLOCKS_MAX = 400,
	/* durations of a block that are kept for the delay to be drawn from */
	ORDERING_TIMES = 4096,
};

/* When the process registers with membarrier(2): see kit/lazy.c. */
enum ordering_registered {
	REGISTERED_AS_USUAL, /* before the light side starts, or while it runs (TECHNIQUE_LATE) */
	REGISTERED_LAZILY, /* with one thread, while the light side's CPU idles and keeps the process */
	REGISTERED_LAZILY_THREADED, /* the same with a second thread, which sleeps */
};

struct ordering_setup {
	struct sb_setup sb;
	enum ordering_registered registered;
	const struct technique *technique, *light; /* light: of SB_CALL */
	uint64_t iterations, budget_ns, delay_ns;
	double exclude; /* go on until a share of failing calls this small is excluded; 0: no */
};

struct clog_trial {
	struct clog clog;
	struct sb_count technique, delay; /* of the light side that the delay catches least */
};

struct clog_calibration {
	struct clog_trial trial[CLOG_CANDIDATES];
	int trials;
	struct clog clog; /* the one that was chosen */
};

/* One light side in one block. */
struct ordering_block {
	uint32_t turns, weak, delay_turns, delay_weak;
};

struct ordering_side {
	struct sb_count technique, delay;
	struct ordering_block *block; /* ORDERING_BLOCKS_MAX */
};

struct ordering_outcome {
	int error; /* -errno of what could not be done, with the reason */
	enum cpu_kept kept; /* of REGISTERED_LAZILY: whether the light side's CPU kept the process */
	bool refused; /* see attempt_write() */
	bool starved; /* a light side did not get to run: the counts are what there is */
	char reason[200];
	struct count_plan plan;
	double cost_ns; /* median without clogs; negative: not measured */
	struct clog_calibration calibration;
	struct ordering_side *side; /* one for each light side */
	int blocks;
	uint64_t calls; /* of the technique in the counted turns */
	uint64_t drawn, brief; /* turns of the delay, and those that were shorter than they should be */
	/* how long counted turns took, ps: all, the delay's, those that met empty store buffers … */
	struct hist *took, *delayed, *idle;
	struct hist *caught; /* … and turns of the delay with a forbidden outcome: how far the test reaches */
	uint64_t first, first_weak; /* turns before the counted ones, and forbidden outcomes in them */
	int witnessed, witness_samples; /* with the technique … */
	int background, background_samples; /* … and with a delay of the same length */
	enum priority priority;
	double seconds;
};

int ordering_first_clog(struct sb *sb, struct fence *delay, uint64_t budget_ns, struct clog *chosen);
int ordering_calibrate(struct sb *sb, struct fence *f, struct fence *delay, uint64_t budget_ns,
		       struct ordering_outcome *o);
void ordering_measure(const struct ordering_setup *setup, struct ordering_outcome *o, int out);

#endif

/* The ordering experiment: what one technique did in one arrangement, in raw counts. */
#ifndef FENCELAB_ORDERING_H
#define FENCELAB_ORDERING_H

#include "ordering/sb.h"

enum {
	/* counts of clogs that are tried with each kind */
	CLOG_COUNTS = 9,
	CLOG_CANDIDATES = 1 + (CLOG_KINDS - 1) * CLOG_COUNTS,
	/* technique and delay take turns in that many blocks, so that other load meets both */
	ORDERING_BLOCKS = 10,
};

struct ordering_setup {
	struct sb_setup sb;
	const struct technique *technique, *light; /* light: of SB_CALL */
	uint64_t iterations, budget_ns, delay_ns;
};

struct clog_trial {
	struct clog clog;
	struct sb_count count;
};

struct clog_calibration {
	struct clog_trial trial[CLOG_CANDIDATES];
	int trials;
	uint64_t delay_ns; /* with which the last trials were made */
	struct clog clog; /* the one that was chosen */
};

struct ordering_outcome {
	int error; /* -errno of what could not be done, with the reason */
	bool starved; /* the light side did not get to run: the counts are what there is */
	char reason[200];
	struct count_plan plan;
	struct clock_facts clock;
	double cost_ns, cost_after_ns,
		clogged_ns; /* medians, net of the clock's own cost; negative: not measured */
	struct clog_calibration calibration;
	struct sb_count technique, delay;
	int witnessed, witness_samples; /* with the technique … */
	int background, background_samples; /* … and with a delay of the same length */
	uint64_t interrupts, involuntary; /* of the light side's thread during the technique's blocks */
	enum priority priority;
	double seconds;
};

int ordering_clogs(struct clog *clogs);
int ordering_calibrate(struct sb *sb, struct fence *delay, uint64_t budget_ns,
		       struct clog_calibration *calibration);
void ordering_measure(const struct ordering_setup *setup, struct ordering_outcome *o, int out);

#endif

/* Cases of the conformance experiment. */
#ifndef FENCELAB_CASE_H
#define FENCELAB_CASE_H

#include <stdbool.h>
#include <stddef.h>

enum { ANSWER_MAX = 256, STEPS_MAX = 4 };

/* What a case gets to know about the machine, and where it puts its answer. */
struct case_context {
	const char *helper; /* program for the exec case, NULL where there is none */
	char answer[ANSWER_MAX];
	bool skipped; /* answer then says why */
};

struct membarrier_step {
	int command;
	unsigned int flags;
	int cpu;
};

/*
 * A case: membarrier calls in a fresh process, the last one's answer compared
 * with `expected`; or a function of its own. Where QUERY lacks a command of
 * `needs`, `otherwise` is expected (NULL: the case is skipped).
 */
struct conformance_case {
	const char *name;
	const char *expected, *otherwise;
	int needs;
	bool threaded; /* with a second, sleeping thread */
	struct membarrier_step step[STEPS_MAX];
	int steps;
	void (*run)(struct case_context *context);
	const char *note;
};

extern const struct conformance_case conformance_documented[];
extern const struct conformance_case conformance_special[];

void case_say(struct case_context *context, long result, bool mask);
void case_skip(struct case_context *context, const char *why);
int case_sleeping_thread(void);

/* conformance/refused.c */
void case_filter_eperm(struct case_context *context);
void case_filter_enosys(struct case_context *context);
void case_filter_kill(struct case_context *context);
void case_technique_filtered(struct case_context *context);
void case_technique_without_mlock(struct case_context *context);

/* conformance/lazy.c */
void case_global_reaches_lazy(struct case_context *context);
void case_private_reaches_lazy(struct case_context *context);

#endif

/* Cases of the conformance experiment. */
#ifndef FENCELAB_CASE_H
#define FENCELAB_CASE_H

#include <stdbool.h>
#include <stddef.h>

#include "kit/answers.h"

enum { ANSWER_MAX = 256, STEPS_MAX = 4 };

struct conformance_case;

/* What a case gets to know about the machine, and where it puts its answer. */
struct case_context {
	const char *helper; /* program for the exec case, NULL where there is none */
	const struct conformance_case *test;
	char answer[ANSWER_MAX];
	struct answers answers; /* of calls that were made often */
	bool skipped; /* answer then says why */
};

/* Whose behaviour a case shows. */
enum case_subject {
	SUBJECT_KERNEL,
	SUBJECT_FILTER, /* a seccomp filter that is installed for the case */
	SUBJECT_LAB, /* fencelab's own, in naming who refuses */
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
	bool threaded; /* with a second, sleeping thread; case_often(): by several at once */
	bool stressed; /* case_often(): while signals arrive and memory is taken */
	enum case_subject subject;
	struct membarrier_step step[STEPS_MAX];
	int steps;
	void (*run)(struct case_context *context);
	const char *note;
};

extern const struct conformance_case conformance_documented[];
extern const struct conformance_case conformance_special[];

void case_say(struct case_context *context, long result, bool mask);
void case_skip(struct case_context *context, const char *why);
bool case_two_cpus(int *here, int *there);

/* conformance/refused.c */
void case_filter_eperm(struct case_context *context);
void case_filter_enosys(struct case_context *context);
void case_filter_kill(struct case_context *context);
void case_technique_filtered(struct case_context *context);
void case_technique_without_mlock(struct case_context *context);

/* conformance/alone.c */
void case_private_alone(struct case_context *context);
void case_sync_core_alone(struct case_context *context);

/* conformance/often.c: the last step is called often */
void case_often(struct case_context *context);

/* conformance/reach.c: registration and fence are the case's steps */
void case_reaches_running(struct case_context *context);
void case_reaches_lazy(struct case_context *context);

#endif

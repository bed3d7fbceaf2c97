/* The conformance experiment: every case in a fresh process, answers compared. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "conformance/capability.h"
#include "conformance/case.h"
#include "experiments.h"
#include "kit/child.h"
#include "kit/sys.h"
#include "kit/thread.h"
#include "protocol/frame.h"
#include "protocol/json.h"

static const char no_filter[] = "no seccomp filter can be installed";

struct job {
	const struct conformance_case *test;
	const char *helper;
	enum membarrier_filter filter;
};

static void run_steps(const struct conformance_case *test, struct case_context *context)
{
	if (test->threaded && thread_sleeping() != 0) {
		case_skip(context, "no thread can be made");
		return;
	}
	for (int i = 0; i < test->steps; i++) {
		const struct membarrier_step *step = &test->step[i];
		long ret = sys_membarrier(step->command, step->flags, step->cpu);

		if (i == test->steps - 1) {
			case_say(context, ret, step->command == MB_GET_REGISTRATIONS);
		} else if (ret < 0) {
			snprintf(context->answer, sizeof(context->answer), "step %d: %s", i + 1,
				 errno_name((int)-ret));
			return;
		}
	}
}

static void run_case(void *argument, int answer)
{
	const struct job *job = argument;
	struct case_context context = { .helper = job->helper, .test = job->test };

	if (seccomp_filter_membarrier(job->filter) != 0)
		case_skip(&context, no_filter);
	else if (job->test->run)
		job->test->run(&context);
	else
		run_steps(job->test, &context);
	write_all(answer, &context, sizeof(context));
}

static void write_case(struct json *j, const struct conformance_case *test, const char *prefix,
		       const char *expected, const struct case_context *context)
{
	static const char *const subjects[] = {
		[SUBJECT_KERNEL] = "kernel",
		[SUBJECT_FILTER] = "filter",
		[SUBJECT_LAB] = "fencelab",
	};
	char name[160];

	snprintf(name, sizeof(name), "%s%s", prefix, test->name);
	json_object(j, NULL);
	json_string(j, "name", name);
	json_string(j, "expected", expected);
	json_string(j, "actual", context->answer);
	json_bool(j, "pass", !context->skipped && strcmp(expected, context->answer) == 0);
	json_bool(j, "skipped", context->skipped);
	json_string(j, "subject", subjects[prefix[0] ? SUBJECT_FILTER : test->subject]);
	if (context->answers.kinds)
		answers_write(j, "answers", &context->answers);
	json_string(j, "note", test->note);
	json_object_end(j);
}

/* Run a case in a process of its own; its death is an answer like any other. */
static void ask_case(const struct job *job, struct case_context *context)
{
	struct child_end end;
	int ret = child_run(run_case, (void *)job, context, sizeof(*context), &end);

	if (!ret && end.length == sizeof(*context))
		return;
	memset(context, 0, sizeof(*context));
	if (ret)
		snprintf(context->answer, sizeof(context->answer), "no process: %s", errno_name(-ret));
	else if (end.late) /* a machine that is too busy looks the same as a call that never returns */
		case_skip(context, "no answer in time");
	else if (end.signal == SIGSYS)
		snprintf(context->answer, sizeof(context->answer), "killed (SIGSYS)");
	else
		snprintf(context->answer, sizeof(context->answer),
			 end.signal ? "killed by signal %d" : "exit %d",
			 end.signal ? end.signal : end.status);
}

static void one_case(struct json *j, const struct conformance_case *test, long mask, const char *helper)
{
	bool offered = (mask & test->needs) == test->needs;
	const char *expected = offered ? test->expected : test->otherwise;
	struct job job = { test, helper, FILTER_NONE };
	struct case_context context = { 0 };

	if (expected)
		ask_case(&job, &context);
	else
		case_skip(&context, "QUERY does not offer the command");
	write_case(j, test, "", expected ? expected : test->expected, &context);
}

/* Who refuses membarrier altogether: a filter of the case's own, or a kernel that lacks it. */
struct refusal {
	const char *prefix, *answer;
	enum membarrier_filter filter;
};

/*
 * The same calls where all are refused: the first of them is answered so, and
 * nothing else of the kernel's answers shows.
 */
static void refused_case(struct json *j, const struct conformance_case *test, const struct refusal *refusal,
			 bool *installable)
{
	bool first_of_many = test->steps > 1 && refusal->filter != FILTER_KILL;
	struct job job = { test, NULL, refusal->filter };
	struct case_context context = { 0 };
	char expected[32];

	snprintf(expected, sizeof(expected), "%s%s", first_of_many ? "step 1: " : "", refusal->answer);
	/* Where one cannot be installed none can; a process per case would only cost time */
	if (*installable)
		ask_case(&job, &context);
	else
		case_skip(&context, no_filter);
	if (context.skipped && strcmp(context.answer, no_filter) == 0)
		*installable = false;
	write_case(j, test, refusal->prefix, expected, &context);
}

static size_t count_cases(const struct conformance_case *table)
{
	size_t n = 0;

	while (table[n].name)
		n++;
	return n;
}

/*
 * A filter that stands already: the documented cases would say nothing about the
 * kernel. Where it may as well be the kernel, that is no failure.
 */
static void under_foreign_filter(struct json *j, const struct membarrier_capability *capability)
{
	static const struct conformance_case native = { .name = "membarrier answers natively" };
	struct case_context context = { .skipped = capability->doubtful };

	snprintf(context.answer, sizeof(context.answer), "%s: %s", membarrier_state_name(capability->state),
		 capability->reason);
	write_case(j, &native, "", "native", &context);
}

/* A kernel built without CONFIG_MEMBARRIER, or older than 4.3: ENOSYS is what is documented, for every call. */
static void without_membarrier(struct json *j)
{
	static const struct refusal absent = { "", "ENOSYS", FILTER_NONE };
	bool always = true;

	for (const struct conformance_case *test = conformance_documented; test->name; test++)
		refused_case(j, test, &absent, &always);
}

static bool asked_for(const struct conformance_case *test, const char *only)
{
	return !only || strstr(test->name, only);
}

static void all_cases(struct json *j, long mask, const char *helper, const char *only, int out)
{
	static const struct refusal filters[] = {
		{ "filter EPERM: ", "EPERM", FILTER_EPERM },
		{ "filter ENOSYS: ", "ENOSYS", FILTER_ENOSYS },
		{ "filter that kills: ", "killed (SIGSYS)", FILTER_KILL },
	};
	size_t special = count_cases(conformance_special);
	size_t documented = count_cases(conformance_documented);
	size_t done = 0, all = special + documented * (1 + sizeof(filters) / sizeof(filters[0]));
	bool installable = true;

	for (size_t i = 0; i < special; i++) {
		if (asked_for(&conformance_special[i], only))
			one_case(j, &conformance_special[i], mask, helper);
		progress_send(out, (double)++done / (double)all);
	}
	for (size_t i = 0; i < documented; i++) {
		const struct conformance_case *test = &conformance_documented[i];

		if (asked_for(test, only)) {
			one_case(j, test, mask, helper);
			for (size_t k = 0; k < sizeof(filters) / sizeof(filters[0]); k++)
				refused_case(j, test, &filters[k], &installable);
		}
		done += 1 + sizeof(filters) / sizeof(filters[0]);
		progress_send(out, (double)done / (double)all);
	}
}

/*
 * conformance_run - request=conformance.
 *
 * helper: path of the agent program, which the exec case executes. only: part of
 * the names of the cases that are wanted, instead of all. Where a
 * filter answers for the kernel, the result is one failed case that names it.
 */
int conformance_run(struct request *r, int out)
{
	const char *helper = request_string(r, "helper", NULL);
	const char *only = request_string(r, "only", NULL);
	struct membarrier_capability capability;
	struct json j;

	if (request_finish(r))
		return -EINVAL;
	membarrier_capability(&capability, FILTER_NONE);
	json_init(&j);
	json_object(&j, NULL);
	json_string(&j, "experiment", "conformance");
	json_string(&j, "membarrier", membarrier_state_name(capability.state));
	json_array(&j, "cases");
	if (capability.state == MEMBARRIER_NATIVE)
		all_cases(&j, capability.mask, helper, only, out);
	else if (capability.state == MEMBARRIER_ABSENT)
		without_membarrier(&j);
	else
		under_foreign_filter(&j, &capability);
	json_array_end(&j);
	json_object_end(&j);
	return frame_send_json(out, FRAME_RESULT, &j);
}

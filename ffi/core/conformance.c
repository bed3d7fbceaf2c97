/* The conformance experiment: every case in a fresh process, answers compared. */
#include "conformance.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "capability.h"
#include "child.h"
#include "clock.h"
#include "experiment.h"
#include "frame.h"
#include "json.h"
#include "sys.h"

/* case_say - an errno's name, a number, or a mask in hexadecimal as the case's answer. */
void case_say(struct case_context *context, long result, bool mask)
{
	if (result < 0)
		snprintf(context->answer, sizeof(context->answer), "%s", errno_name((int)-result));
	else
		snprintf(context->answer, sizeof(context->answer), mask && result ? "0x%lx" : "%ld", result);
}

/* case_skip - say why the case cannot run here. */
void case_skip(struct case_context *context, const char *why)
{
	context->skipped = true;
	snprintf(context->answer, sizeof(context->answer), "%s", why);
}

static void *sleeper(void *unused)
{
	(void)unused;
	for (;;)
		sleep_ns(NSEC_PER_SEC);
	return NULL;
}

/* case_sleeping_thread - a second user of the address space; 0 or -errno. */
int case_sleeping_thread(void)
{
	pthread_t thread;

	return -pthread_create(&thread, NULL, sleeper, NULL);
}

struct job {
	const struct conformance_case *test;
	const char *helper;
};

static void run_steps(const struct conformance_case *test, struct case_context *context)
{
	if (test->threaded && case_sleeping_thread() != 0) {
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
	struct case_context context = { .helper = job->helper };

	if (job->test->run)
		job->test->run(&context);
	else
		run_steps(job->test, &context);
	write_all(answer, &context, sizeof(context));
}

static void write_case(struct json *j, const struct conformance_case *test, const char *expected,
		       const struct case_context *context)
{
	json_object(j, NULL);
	json_string(j, "name", test->name);
	json_string(j, "expected", expected);
	json_string(j, "actual", context->answer);
	json_bool(j, "pass", !context->skipped && strcmp(expected, context->answer) == 0);
	json_bool(j, "skipped", context->skipped);
	json_string(j, "note", test->note);
	json_object_end(j);
}

static void one_case(struct json *j, const struct conformance_case *test, long mask,
		     const char *helper)
{
	bool offered = (mask & test->needs) == test->needs;
	const char *expected = offered ? test->expected : test->otherwise;
	struct job job = { test, helper };
	struct case_context context = { 0 };
	struct child_end end;

	if (!expected) {
		case_skip(&context, "QUERY does not offer the command");
		write_case(j, test, test->expected, &context);
		return;
	}
	int ret = child_run(run_case, &job, &context, sizeof(context), &end);

	if (ret) {
		snprintf(context.answer, sizeof(context.answer), "no process: %s", errno_name(-ret));
	} else if (end.length != sizeof(context)) {
		memset(&context, 0, sizeof(context));
		snprintf(context.answer, sizeof(context.answer), end.signal ? "killed by signal %d" : "exit %d",
			 end.signal ? end.signal : end.status);
	}
	write_case(j, test, expected, &context);
}

static size_t count_cases(const struct conformance_case *table)
{
	size_t n = 0;

	while (table[n].name)
		n++;
	return n;
}

/*
 * conformance_run - request=conformance.
 *
 * helper: path of the agent program, which the exec case executes. Under a
 * filter that stands already, the documented cases say nothing about the kernel
 * and are left out; the result then holds one failed case that names the filter.
 */
int conformance_run(struct request *r, int out)
{
	static const struct conformance_case *const tables[] = { conformance_special,
								 conformance_documented };
	const char *helper = request_string(r, "helper", NULL);
	struct membarrier_capability capability;
	size_t done = 0, all = count_cases(tables[0]) + count_cases(tables[1]);
	struct json j;

	if (request_finish(r))
		return -EINVAL;
	membarrier_capability(&capability, FILTER_NONE);
	json_init(&j);
	json_object(&j, NULL);
	json_string(&j, "experiment", "conformance");
	json_string(&j, "membarrier", membarrier_state_name(capability.state));
	json_array(&j, "cases");
	if (capability.state != MEMBARRIER_NATIVE) {
		static const struct conformance_case filtered = { .name = "membarrier answers natively" };
		struct case_context context = { 0 };

		snprintf(context.answer, sizeof(context.answer), "%s: %s",
			 membarrier_state_name(capability.state), capability.reason);
		write_case(&j, &filtered, "native", &context);
	} else {
		for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
			for (size_t i = 0; tables[t][i].name; i++) {
				one_case(&j, &tables[t][i], capability.mask, helper);
				progress_send(out, (double)++done / (double)all);
			}
	}
	json_array_end(&j);
	json_object_end(&j);
	return frame_send_json(out, FRAME_RESULT, &j);
}

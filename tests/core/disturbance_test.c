/* Disturbance with several callers: who waits for whom at the end. */
#include "check.h"

#include <fcntl.h>
#include <unistd.h>

#include "disturbance/disturbance.h"

/* Three callers on one CPU, which come late to every phase, and wait long between their calls. */
static void test_crowd(enum victim_kin kin, int out)
{
	struct disturbance_setup setup = {
		.technique = technique_find("munmap"),
		.kin = kin,
		.work = VICTIM_WAKES,
		.callers = 3,
		.victim_cpu = 1,
		.rate_hz = 1,
		.budget_ns = 1000 * NSEC_PER_MSEC,
	};
	static struct disturbance_outcome o;

	disturbance_measure(&setup, &o, out);
	CHECK(o.error == 0);
	/* nobody's next call, a second after the last, is waited for */
	CHECK(o.side[1].blocks >= 2);
	CHECK(o.ops >= (uint64_t)o.side[1].blocks);
}

static void test_absent_caller(int out)
{
	struct disturbance_setup setup = {
		.technique = technique_find("none"),
		.work = VICTIM_SLEEPS,
		.caller_cpu = { 0, 1023 },
		.callers = 2,
		.victim_cpu = 1,
		.budget_ns = NSEC_PER_MSEC,
	};
	static struct disturbance_outcome o;

	disturbance_measure(&setup, &o, out);
	CHECK(o.error < 0);
}

void test_disturbance(void)
{
	int out = open("/dev/null", O_WRONLY);

	test_crowd(VICTIM_SAME_PROCESS, out);
	test_crowd(VICTIM_OTHER_PROCESS, out);
	test_absent_caller(out);
	close(out);
}

/* What cases have in common. */
#include "conformance/case.h"

#include <sched.h>
#include <stdio.h>

#include "protocol/json.h"

/* case_say - an errno's name, a number, or a mask in hexadecimal as the case's answer. */
void case_say(struct case_context *context, long result, bool mask)
{
	if (result < 0)
		snprintf(context->answer, sizeof(context->answer), "%s", errno_name((int)-result));
	else
		snprintf(context->answer, sizeof(context->answer), mask && result ? "0x%lx" : "%ld",
			 result);
}

/* case_skip - say why the case cannot run here. */
void case_skip(struct case_context *context, const char *why)
{
	context->skipped = true;
	snprintf(context->answer, sizeof(context->answer), "%s", why);
}

/* case_two_cpus - the first two CPUs that this process may use; false where there is one. */
bool case_two_cpus(int *here, int *there)
{
	unsigned long words[8192 / (8 * sizeof(unsigned long))] = { 0 };
	cpu_set_t *set = (cpu_set_t *)words;
	int found = 0;

	if (sched_getaffinity(0, sizeof(words), set) != 0)
		return false;
	for (int cpu = 0; cpu < 8192 && found < 2; cpu++)
		if (CPU_ISSET_S((size_t)cpu, sizeof(words), set))
			*(found++ ? there : here) = cpu;
	return found == 2;
}

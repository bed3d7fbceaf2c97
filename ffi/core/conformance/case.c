/* What cases have in common. */
#include "conformance/case.h"

#include <pthread.h>
#include <stdio.h>

#include "kit/clock.h"
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

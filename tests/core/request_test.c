/* Requests: what is accepted, and that everything else is refused with a reason. */
#include "check.h"

#include <string.h>

#include "protocol/request.h"

static struct request r;

static int parse(const char *text)
{
	return request_parse(&r, text, strlen(text));
}

static void test_accepted(void)
{
	int cpus[4];

	CHECK(parse("request=cost\ntechnique=a=b\ncpus=0,3,2\nn=18446744073709551615") == 0);
	CHECK(strcmp(request_string(&r, "request", ""), "cost") == 0);
	CHECK(strcmp(request_string(&r, "technique", ""), "a=b") == 0);
	CHECK(request_cpus(&r, "cpus", cpus, 4) == 3 && cpus[0] == 0 && cpus[1] == 3 && cpus[2] == 2);
	CHECK(request_u64(&r, "n", 0, UINT64_MAX, 0) == UINT64_MAX);
	CHECK(request_u64(&r, "absent", 1, 5, 3) == 3);
	CHECK(request_cpus(&r, "none", cpus, 4) == 0);
	CHECK(request_finish(&r) == 0);
}

static void test_refused(void)
{
	static const char *const bad[] = { "novalue", "=x", "Key=1", "a b=1", "a=1\na=2", "a=\x01", "-a=1" };
	static const char *const numbers[] = { "n=",   "n=-1", "n=+1",
					       "n= 1", "n=1x", "n=0x10",
					       "n=6",  "n=0",  "n=99999999999999999999" };
	static const char *const lists[] = { "c=,",  "c=1,",   "c=,1",	  "c=1;2", "c=1,1",
					     "c=-1", "c=9999", "c=1,2,3", "c=a" };
	int cpus[2];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(parse(bad[i]) != 0 && r.error[0]);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		CHECK(parse(numbers[i]) == 0);
		request_u64(&r, "n", 1, 5, 1);
		CHECK(request_finish(&r) != 0 && r.error[0]);
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		CHECK(parse(lists[i]) == 0);
		request_cpus(&r, "c", cpus, 2);
		CHECK(request_finish(&r) != 0 && r.error[0]);
	}
	CHECK(parse("request=probe\nunknown=1") == 0);
	request_string(&r, "request", "");
	CHECK(request_finish(&r) != 0 && strstr(r.error, "unknown"));
	CHECK(request_parse(&r, "a=1\0b=2", 7) != 0);
}

static void test_limits(void)
{
	static char text[REQUEST_MAX + 1];
	size_t at = 0;

	memset(text, 'a', sizeof(text));
	CHECK(request_parse(&r, text, REQUEST_MAX) != 0);
	for (int i = 0; i <= REQUEST_KEYS; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "k%d=1\n", i);
	CHECK(request_parse(&r, text, at) != 0 && strstr(r.error, "keys"));
}

void test_request(void)
{
	test_accepted();
	test_refused();
	test_limits();
}

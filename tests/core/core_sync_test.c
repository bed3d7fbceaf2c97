/* Code that is replaced: every version returns its number; calls are judged by what was published. */
#include "check.h"

#include <stdbool.h>

#include "core_sync/code.h"
#include "core_sync/trial.h"

static void test_versions(void)
{
	char reason[160] = "";
	struct code code;
	bool all = true;

	CHECK(code_map(&code, reason, sizeof(reason)) == 0);
	CHECK(code_call(&code) == 0);
	for (uint64_t version = 1; version < 2 * CODE_VERSIONS; version++) {
		code_patch(&code, version);
		all &= code_call(&code) == version % CODE_VERSIONS;
	}
	CHECK(all);
	code_unmap(&code);
	CHECK(!code.data && !code.text);
}

static void test_age(void)
{
	const uint64_t wrap = 7ull * CODE_VERSIONS;

	CHECK(code_age(5, 5, 5) == CALL_FRESH);
	/* replaced, but not published yet */
	CHECK(code_age(5, 5, 6) == CALL_FRESH);
	CHECK(code_age(5, 5, 7) == CALL_STALE);
	CHECK(code_age(5, 5, 4) == CALL_STALE);
	CHECK(code_age(0, 0, CODE_VERSIONS - 1) == CALL_STALE);
	/* any version that was current during the call */
	CHECK(code_age(5, 9, 5) == CALL_FRESH && code_age(5, 9, 10) == CALL_FRESH);
	CHECK(code_age(5, 9, 4) == CALL_STALE && code_age(5, 9, 11) == CALL_STALE);
	/* numbers repeat after CODE_VERSIONS */
	CHECK(code_age(wrap - 1, wrap - 1, CODE_VERSIONS - 1) == CALL_FRESH);
	CHECK(code_age(wrap - 1, wrap, 0) == CALL_FRESH);
	CHECK(code_age(wrap, wrap, CODE_VERSIONS - 1) == CALL_STALE);
	CHECK(code_age(wrap, wrap + CODE_VERSIONS - 2, 7) == CALL_FRESH);
	CHECK(code_age(wrap, wrap + CODE_VERSIONS - 1, 7) == CALL_UNKNOWN);
}

/* The long way leads to the published version as the short one does. */
static void test_detour(void)
{
	static struct trial trial;

	atomic_store(&trial.published, 7);
	for (uint32_t detours = 0; detours <= DETOURS; detours++) {
		detour_drop(&trial, detours);
		CHECK(detour_load(&trial, detours) == 7);
	}
}

void test_core_sync(void)
{
	test_detour();
	test_versions();
	test_age();
}

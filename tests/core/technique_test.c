/* Every technique: opens, fences several times, closes; leaks show under the sanitizer. */
#include "check.h"

#include <string.h>

#include "technique/technique.h"

static int use(const struct technique *technique)
{
	struct fence fence;
	int ret = fence_open(&fence, technique, 0, 1000);

	for (int i = 0; i < 3 && !ret; i++) {
		if (technique->prepare)
			ret = technique->prepare(&fence);
		if (!ret)
			ret = technique->heavy(&fence);
	}
	/* a setup that was refused has said why */
	if (ret)
		CHECK(fence.reason[0] != '\0');
	fence_close(&fence);
	return ret;
}

void test_techniques(void)
{
	const struct technique *technique;
	size_t n = 0;

	for (; (technique = technique_at(n)); n++) {
		CHECK(technique_find(technique->id) == technique);
		use(technique);
	}
	CHECK(n >= 24);
	CHECK(technique_find("no-such-technique") == NULL);
	CHECK(use(technique_find("none")) == 0 && use(technique_find("munmap")) == 0);
}

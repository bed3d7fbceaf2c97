/* Cases in which something is refused: by seccomp filters, by the limit on locked memory. */
#include <linux/capability.h>
#include <stdio.h>
#include <sys/resource.h>

#include "conformance/capability.h"
#include "conformance/case.h"
#include "kit/sys.h"
#include "technique/technique.h"

static void recognise(struct case_context *context, enum membarrier_filter filter)
{
	struct membarrier_capability capability;

	membarrier_capability(&capability, filter);
	if (capability.state == MEMBARRIER_ERROR) {
		case_skip(context, "no seccomp filter can be installed");
		return;
	}
	snprintf(context->answer, sizeof(context->answer), "%s", membarrier_state_name(capability.state));
}

void case_filter_eperm(struct case_context *context)
{
	recognise(context, FILTER_EPERM);
}

void case_filter_enosys(struct case_context *context)
{
	recognise(context, FILTER_ENOSYS);
}

void case_filter_kill(struct case_context *context)
{
	recognise(context, FILTER_KILL);
}

/* The techniques must say why they cannot be set up, under a filter as without mlock. */
static void open_technique(struct case_context *context, const char *id)
{
	struct fence fence;
	int ret = fence_open(&fence, technique_find(id), -1, 0);

	snprintf(context->answer, sizeof(context->answer), "%s", ret ? fence.reason : "available");
	fence_close(&fence);
}

void case_technique_filtered(struct case_context *context)
{
	int ret = seccomp_filter_membarrier(FILTER_EPERM);

	if (ret)
		case_skip(context, "no seccomp filter can be installed");
	else
		open_technique(context, "membarrier-private-expedited");
}

void case_technique_without_mlock(struct case_context *context)
{
	struct rlimit none = { 0, 0 };
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 } };

	if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 || syscall(SYS_capset, &header, data) != 0)
		case_skip(context, "the limit cannot be lowered");
	else
		open_technique(context, "mprotect");
}

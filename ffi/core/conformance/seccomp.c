/* Installs a seccomp filter on membarrier(2) in the calling process, for good. */
#include "conformance/seccomp.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>

#include "kit/sys.h"

/* What old Docker (EPERM), runc for unknown calls (ENOSYS) and old Android (kill) answer. */
static unsigned int action_of(enum membarrier_filter filter)
{
	switch (filter) {
	case FILTER_EPERM:
		return SECCOMP_RET_ERRNO | EPERM;
	case FILTER_ENOSYS:
		return SECCOMP_RET_ERRNO | ENOSYS;
	case FILTER_KILL:
		return SECCOMP_RET_KILL_PROCESS;
	case FILTER_NONE:
		break;
	}
	return SECCOMP_RET_ALLOW;
}

/*
 * seccomp_filter_membarrier - install the filter; 0 or -errno.
 *
 * It cannot be taken off again: call it only in a process made for it. Only the
 * native system call number is looked at, since this program makes no other.
 */
int seccomp_filter_membarrier(enum membarrier_filter filter)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action_of(filter)),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	if (filter == FILTER_NONE)
		return 0;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -errno;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		return -errno;
	return 0;
}

/* seccomp_filter_named - none, eperm, enosys or kill; 0 or -EINVAL. */
int seccomp_filter_named(const char *name, enum membarrier_filter *filter)
{
	static const char *const names[] = {
		[FILTER_NONE] = "none",
		[FILTER_EPERM] = "eperm",
		[FILTER_ENOSYS] = "enosys",
		[FILTER_KILL] = "kill",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0) {
			*filter = (enum membarrier_filter)i;
			return 0;
		}
	return -EINVAL;
}

/* seccomp_mode - 0 none, 1 strict, 2 filter; -errno where the kernel cannot say. */
int seccomp_mode(void)
{
	int mode = prctl(PR_GET_SECCOMP, 0, 0, 0, 0);

	return mode < 0 ? -errno : mode;
}

/*
 * System calls and constants that the C library does not wrap, or that headers
 * of older cross toolchains lack. Everything returns -errno.
 */
#ifndef FENCELAB_SYS_H
#define FENCELAB_SYS_H

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/* include/uapi/linux/membarrier.h (6.12) */
enum membarrier_command {
	MB_QUERY = 0,
	MB_GLOBAL = 1 << 0,
	MB_GLOBAL_EXPEDITED = 1 << 1,
	MB_REGISTER_GLOBAL_EXPEDITED = 1 << 2,
	MB_PRIVATE_EXPEDITED = 1 << 3,
	MB_REGISTER_PRIVATE_EXPEDITED = 1 << 4,
	MB_PRIVATE_EXPEDITED_SYNC_CORE = 1 << 5,
	MB_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE = 1 << 6,
	MB_PRIVATE_EXPEDITED_RSEQ = 1 << 7,
	MB_REGISTER_PRIVATE_EXPEDITED_RSEQ = 1 << 8,
	MB_GET_REGISTRATIONS = 1 << 9,
};
#define MB_FLAG_CPU 1u

/*
 * sys_membarrier - membarrier(2), see the man page.
 *
 * cpu is looked at only with MB_FLAG_CPU (since 5.10). Returns the kernel's
 * answer (a mask for MB_QUERY and MB_GET_REGISTRATIONS) or -errno.
 */
static inline long sys_membarrier(int cmd, unsigned int flags, int cpu)
{
	long ret = syscall(SYS_membarrier, cmd, flags, cpu);

	return ret < 0 ? -errno : ret;
}

static inline int sys_gettid(void)
{
	return (int)syscall(SYS_gettid);
}

static inline long sys_futex(void *word, int op, unsigned int value, const void *timeout)
{
	long ret = syscall(SYS_futex, word, op, value, timeout, NULL, 0);

	return ret < 0 ? -errno : ret;
}

#endif

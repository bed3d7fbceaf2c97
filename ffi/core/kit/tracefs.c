/* Finds tracefs, or mounts a copy that only this process sees. */
#include "kit/tracefs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "kit/sys.h"

/* The new mount API (5.2); the numbers are the same on all architectures. */
#ifndef SYS_fsopen
#define SYS_fsopen 430
#define SYS_fsconfig 431
#define SYS_fsmount 432
#endif
enum { FS_OPEN_CLOEXEC = 1, FS_CONFIG_CREATE = 6, FS_MOUNT_CLOEXEC = 1 };

/*
 * detached - a tracefs mount that is attached nowhere.
 *
 * Reading the numbers of tracepoints needs tracefs, but mounting it where all
 * can see it would change the host. This mount lives as long as its descriptor.
 */
static int detached(void)
{
	int context = (int)syscall(SYS_fsopen, "tracefs", FS_OPEN_CLOEXEC);

	if (context < 0)
		return -errno;
	int ret = 0;

	if (syscall(SYS_fsconfig, context, FS_CONFIG_CREATE, NULL, NULL, 0) != 0)
		ret = -errno;
	int mount = ret ? -1 : (int)syscall(SYS_fsmount, context, FS_MOUNT_CLOEXEC, 0);

	if (!ret && mount < 0)
		ret = -errno;
	close(context);
	return ret ? ret : mount;
}

static int try_directory(struct tracefs *t, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	t->fd = fd;
	t->where = path;
	if (tracefs_has(t, "") == 0)
		return 0;
	int ret = -errno;

	close(fd);
	return ret;
}

/*
 * tracefs_open - open the root of tracefs; 0 or -errno.
 *
 * -EACCES: mounted, but this user may not read it. -EPERM: not mounted and this
 * user may not mount. -ENODEV: the kernel has none.
 */
int tracefs_open(struct tracefs *t)
{
	int first = try_directory(t, "/sys/kernel/tracing");

	if (first == 0 || try_directory(t, "/sys/kernel/debug/tracing") == 0)
		return 0;
	t->fd = detached();
	t->where = "(detached mount)";
	if (t->fd >= 0)
		return 0;
	int ret = first == -EACCES ? -EACCES : t->fd;

	t->fd = -1;
	return ret;
}

void tracefs_close(struct tracefs *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
}

/* tracefs_has - 0 when the event group exists ("" for any); else -errno, errno set alike. */
int tracefs_has(const struct tracefs *t, const char *group)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "events/%s", group);
	return fstatat(t->fd, path, &st, 0) == 0 ? 0 : -errno;
}

/* tracefs_event_id - the number perf_event_open() knows a tracepoint by; 0 or -errno. */
int tracefs_event_id(const struct tracefs *t, const char *group, const char *event, uint64_t *id)
{
	char path[160], text[32] = "";

	snprintf(path, sizeof(path), "events/%s/%s/id", group, event);
	int fd = openat(t->fd, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	ssize_t n = read(fd, text, sizeof(text) - 1);
	int ret = n > 0 ? 0 : n < 0 ? -errno : -ENODATA;

	close(fd);
	*id = strtoull(text, NULL, 10);
	return ret;
}

/*
 * The loader: process 1 of an emulated guest.
 *
 * It mounts what the agent looks at, finds the virtio-serial port named
 * "agent", takes the agent over it and starts it with the port as standard
 * input and output. It waits before the agent comes, and that is the state in
 * which a guest is saved: a rebuilt agent does not invalidate a saved guest,
 * because the loader holds no build id.
 *
 * Handshake, as lines (lab/hosts/machine/push.ts speaks it to shells too):
 *   controller: ask SECONDS       the time of day, for the guest's clock
 *   loader:     fencelab-push/1 ARCH
 *   controller: SHA256 SIZE
 *   loader:     need              always: a guest keeps nothing
 *   controller: SIZE bytes
 *   loader:     ok
 *
 * The transport is QEMU's own pipe on one machine, so the digest is not checked
 * here; a cut-off agent shows by its size. Whatever ends the agent, a hangup
 * of the port included, ends the guest.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "arch/arch.h"

enum {
	LINE_MAX_BYTES = 256,
	PORT_WAIT_MS = 20000, /* a busy machine emulates slowly */
	AGENT_MAX = 64 << 20,
	/* include/uapi/linux/module.h: the file is compressed */
	MODULE_COMPRESSED_FILE = 4,
};

#define AGENT_PATH "/run/fencelab-agent"
#define PORTS "/sys/class/virtio-ports"

/* The guest is of no use any more: say why on the console, which the controller shows, and end it. */
static _Noreturn void power_off(const char *what)
{
	if (what)
		dprintf(STDERR_FILENO, "fencelab-loader: %s: %s\n", what, strerror(errno));
	sync();
	reboot(RB_POWER_OFF);
	/* a guest that cannot be powered off panics when process 1 ends, which ends it as well */
	_exit(1);
}

static void mount_all(void)
{
	static const struct {
		const char *type, *where;
	} mounts[] = {
		{ "devtmpfs", "/dev" },
		{ "proc", "/proc" },
		{ "sysfs", "/sys" },
		{ "tracefs", "/sys/kernel/tracing" },
		{ "debugfs", "/sys/kernel/debug" },
		{ "tmpfs", "/run" },
		{ "tmpfs", "/tmp" },
	};

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].where, 0755);
		/* a kernel without one of them is reported by the agent's own words */
		if (mount(mounts[i].type, mounts[i].where, mounts[i].type, 0, NULL) != 0 && errno != EBUSY)
			dprintf(STDERR_FILENO, "fencelab-loader: mount %s: %s\n", mounts[i].where,
				strerror(errno));
	}
}

/* One module; false when it cannot be inserted, or not yet. */
static bool insert_module(const char *name)
{
	char path[512];
	bool compressed = strstr(name, ".ko.") != NULL, done;

	snprintf(path, sizeof(path), "/modules/%s", name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	done = syscall(SYS_finit_module, fd, "", compressed ? MODULE_COMPRESSED_FILE : 0) == 0 ||
	       errno == EEXIST;
	close(fd);
	return done;
}

/*
 * Modules lie in /modules. Which of them needs which changes between releases, so
 * what fails for lack of another one is tried again as long as others succeed.
 */
static void insert_modules(void)
{
	struct dirent **names = NULL;
	int n = scandir("/modules", &names, NULL, alphasort), left = 0;

	for (int before = n + 1; n > 0; before = left) {
		left = 0;
		for (int i = 0; i < n; i++) {
			if (!names[i] || names[i]->d_name[0] == '.')
				continue;
			if (insert_module(names[i]->d_name))
				names[i] = NULL; /* never freed: process 1 has memory enough */
			else
				left++;
		}
		if (left == 0 || left >= before)
			break;
	}
	for (int i = 0; i < n; i++)
		if (names[i] && names[i]->d_name[0] != '.')
			dprintf(STDERR_FILENO, "fencelab-loader: module %s cannot be inserted\n",
				names[i]->d_name);
}

/* The device of the port named "agent"; false when there is none yet. */
static bool find_port(char device[static 300])
{
	DIR *dir = opendir(PORTS);
	bool found = false;

	for (struct dirent *entry; dir && !found && (entry = readdir(dir));) {
		char path[512], name[16] = "";
		int fd;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), PORTS "/%s/name", entry->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		found = read(fd, name, sizeof(name) - 1) > 0 && strcmp(name, "agent\n") == 0;
		close(fd);
		snprintf(device, 300, "/dev/%s", entry->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

static int open_port(void)
{
	for (int waited = 0; waited < PORT_WAIT_MS; waited += 5) {
		char device[300];

		if (find_port(device)) {
			int fd = open(device, O_RDWR | O_CLOEXEC);

			if (fd >= 0)
				return fd;
		}
		nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	}
	power_off("no virtio-serial port named agent");
}

/* A port whose other side is not connected (yet) reads as ended; a poll tells for sure. */
static void read_exactly(int port, void *buffer, size_t size)
{
	for (char *at = buffer; size > 0;) {
		ssize_t n = read(port, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			power_off("the controller is gone");
		at += n;
		size -= (size_t)n;
	}
}

static void read_line(int port, char line[static LINE_MAX_BYTES])
{
	for (size_t have = 0; have < LINE_MAX_BYTES; have++) {
		read_exactly(port, line + have, 1);
		if (line[have] == '\n') {
			line[have] = '\0';
			return;
		}
	}
	errno = EMSGSIZE;
	power_off("the handshake has a line that is too long");
}

static void say(int port, const char *text)
{
	size_t length = strlen(text);

	if (write(port, text, length) != (ssize_t)length)
		power_off("cannot write to the port");
}

static void receive_agent(int port, size_t size)
{
	char block[1 << 16];
	int fd = open(AGENT_PATH, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);

	if (fd < 0)
		power_off("open " AGENT_PATH);
	while (size > 0) {
		size_t part = size < sizeof(block) ? size : sizeof(block);

		read_exactly(port, block, part);
		if (write(fd, block, part) != (ssize_t)part)
			power_off("write " AGENT_PATH);
		size -= part;
	}
	close(fd);
}

/* Lines until the agent is there. */
static void handshake(int port)
{
	for (;;) {
		char line[LINE_MAX_BYTES], digest[65];
		long long seconds;
		size_t size;

		read_line(port, line);
		if (sscanf(line, "ask %lld", &seconds) == 1) {
			clock_settime(CLOCK_REALTIME, &(struct timespec){ .tv_sec = seconds });
			say(port, "fencelab-push/1 " ARCH_NAME "\n");
		} else if (sscanf(line, "%64[0-9a-f] %zu", digest, &size) == 2 && size > 0 &&
			   size <= AGENT_MAX) {
			say(port, "need\n");
			receive_agent(port, size);
			say(port, "ok\n");
			return;
		} else {
			errno = EPROTO;
			power_off("the handshake has a line that is not understood");
		}
	}
}

static _Noreturn void run_agent(int port)
{
	pid_t agent = fork();

	if (agent == 0) {
		dup2(port, STDIN_FILENO);
		dup2(port, STDOUT_FILENO);
		execl(AGENT_PATH, AGENT_PATH, (char *)NULL);
		dprintf(STDERR_FILENO, "fencelab-loader: exec: %s\n", strerror(errno));
		_exit(127);
	}
	/* the port must end with the agent, not with process 1 */
	close(port);
	for (;;) {
		int status;
		pid_t ended = wait(&status);

		if (ended == agent && WIFSIGNALED(status))
			dprintf(STDERR_FILENO, "fencelab-loader: the agent was killed by signal %d\n",
				WTERMSIG(status));
		if (ended == agent || (ended < 0 && errno != EINTR))
			power_off(NULL);
	}
}

int main(void)
{
	int port;

	if (getpid() != 1) {
		fputs("fencelab-loader is process 1 of an emulated guest\n", stderr);
		return 2;
	}
	setenv("PATH", "/bin", 1);
	mount_all();
	insert_modules();
	port = open_port();
	handshake(port);
	run_agent(port);
}

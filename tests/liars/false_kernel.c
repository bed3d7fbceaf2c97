/*
 * false_kernel - starts a program under a kernel that lies about membarrier(2).
 *
 *   false_kernel LIE[=N] PROGRAM [ARGUMENT]...
 *
 * A seccomp filter answers those calls that the lie is about; all others reach
 * the kernel. Answers that depend on something (a registration, a count) are
 * given by this process, which is notified of the call; they take two switches
 * of the caller's CPU, about as long as an interrupt. Constant ones come from the
 * filter itself, as fast as the fastest system call.
 *
 * Exits as the program does; 125 if it could not be started. Linux 5.5 or newer.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* include/uapi/linux/membarrier.h (6.12); the registration of a command is its bit shifted by one */
enum {
	QUERY = 0,
	GLOBAL = 1,
	GLOBAL_EXPEDITED = 2,
	PRIVATE_EXPEDITED = 8,
	SYNC_CORE = 32,
	RSEQ = 128,
	EXPEDITED = GLOBAL_EXPEDITED | PRIVATE_EXPEDITED | SYNC_CORE | RSEQ,
	FENCES = GLOBAL | EXPEDITED,
	REGISTRATIONS = EXPEDITED << 1,
	KNOWN = 0x3ff,
	NOT_GIVEN_OUT = 1 << 10,
};

/* include/uapi/linux/seccomp.h (6.6): wake up on the CPU of who waits, so that nobody else is interrupted */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP 1ul
#endif

enum { COULD_NOT_START = 125, CODE_MAX = 64, PIDS_MAX = 1 << 22 };

/* An answer of lie->answer() that leaves the call to the kernel. */
#define THE_KERNELS LONG_MIN

struct state {
	unsigned long n; /* of LIE=N */
	unsigned long fences; /* calls so far */
	long mask; /* the kernel's answer to QUERY */
	uint16_t *registered; /* by process: registrations, and SEEN */
};

#define SEEN 0x8000u

/*
 * Calls of `commands` (bits), of QUERY, of bits that are not given out, with any
 * flag, or all are answered: by answer(), or where that is NULL by -`error`.
 */
struct lie {
	const char *name, *what;
	int commands;
	bool query, unknown, flags, all, filter_unseen;
	long (*answer)(struct state *state, const struct seccomp_data *call, pid_t process);
	int error;
};

static bool is_fence(int command)
{
	return command == GLOBAL || command == GLOBAL_EXPEDITED || command == PRIVATE_EXPEDITED ||
	       command == SYNC_CORE || command == RSEQ;
}

static int command_of(const struct seccomp_data *call)
{
	return (int)call->args[0];
}

/* Remember a registration; whether `command` may be used is what it answers for fences. */
static bool registered(struct state *state, int command, pid_t process)
{
	if (command & REGISTRATIONS)
		state->registered[process] |= (uint16_t)command;
	return command == GLOBAL || state->registered[process] & (command << 1);
}

static long honest(struct state *state, const struct seccomp_data *call, pid_t process)
{
	(void)state, (void)call, (void)process;
	return THE_KERNELS;
}

static long idle(struct state *state, const struct seccomp_data *call, pid_t process)
{
	int command = command_of(call);
	bool may = registered(state, command, process) || command == GLOBAL_EXPEDITED;

	return is_fence(command) && may ? 0 : THE_KERNELS;
}

static long unregistered(struct state *state, const struct seccomp_data *call, pid_t process)
{
	int command = command_of(call);

	return !registered(state, command, process) && is_fence(command) ? 0 : THE_KERNELS;
}

static long demands(struct state *state, const struct seccomp_data *call, pid_t process)
{
	int command = command_of(call);

	return !registered(state, command, process) && is_fence(command) ? -EPERM : THE_KERNELS;
}

static long query_less(struct state *state, const struct seccomp_data *call, pid_t process)
{
	(void)call, (void)process;
	return state->mask & ~(long)(PRIVATE_EXPEDITED | PRIVATE_EXPEDITED << 1);
}

static long query_more(struct state *state, const struct seccomp_data *call, pid_t process)
{
	(void)call, (void)process;
	return state->mask | NOT_GIVEN_OUT | NOT_GIVEN_OUT << 1;
}

static bool nth(struct state *state)
{
	return ++state->fences % state->n == 0;
}

static long rare_eintr(struct state *state, const struct seccomp_data *call, pid_t process)
{
	(void)call, (void)process;
	return nth(state) ? -EINTR : THE_KERNELS;
}

static long rare_enomem(struct state *state, const struct seccomp_data *call, pid_t process)
{
	(void)call, (void)process;
	return nth(state) ? -ENOMEM : THE_KERNELS;
}

static long skips(struct state *state, const struct seccomp_data *call, pid_t process)
{
	(void)call, (void)process;
	return nth(state) ? 0 : THE_KERNELS;
}

static const struct lie lies[] = {
	{ .name = "honest",
	  .what = "every call reaches the kernel, by way of this process",
	  .all = true,
	  .answer = honest },
	{ .name = "silent",
	  .what = "fences answer 0 and do nothing, registered or not",
	  .commands = FENCES },
	{ .name = "idle",
	  .what = "EPERM where it is documented; else fences answer 0 and do nothing",
	  .commands = FENCES | REGISTRATIONS,
	  .answer = idle },
	{ .name = "unregistered",
	  .what = "without registration fences answer 0 and do nothing",
	  .commands = FENCES | REGISTRATIONS,
	  .answer = unregistered },
	{ .name = "global-registration",
	  .what = "GLOBAL_EXPEDITED answers EPERM without registration",
	  .commands = GLOBAL_EXPEDITED | GLOBAL_EXPEDITED << 1,
	  .answer = demands },
	{ .name = "query-less",
	  .what = "QUERY hides PRIVATE_EXPEDITED and its registration, which work",
	  .query = true,
	  .answer = query_less },
	{ .name = "query-more",
	  .what = "QUERY offers a command that does not exist, and its registration",
	  .query = true,
	  .answer = query_more },
	{ .name = "query-boast",
	  .what = "QUERY offers SYNC_CORE, which answers EINVAL",
	  .commands = SYNC_CORE | SYNC_CORE << 1,
	  .error = EINVAL },
	{ .name = "flags", .what = "calls with any flag answer 0", .flags = true },
	{ .name = "unknown", .what = "commands of bits that are not given out answer 0", .unknown = true },
	{ .name = "rare-eintr",
	  .what = "every Nth fence answers EINTR",
	  .commands = FENCES,
	  .answer = rare_eintr },
	{ .name = "rare-enomem",
	  .what = "every Nth fence answers ENOMEM",
	  .commands = FENCES,
	  .answer = rare_enomem },
	{ .name = "skips",
	  .what = "every Nth fence answers 0 and does nothing",
	  .commands = FENCES,
	  .answer = skips },
	{ .name = "absent",
	  .what = "no membarrier at all: ENOSYS, and no filter to be seen",
	  .all = true,
	  .filter_unseen = true,
	  .error = ENOSYS },
};

struct code {
	struct sock_filter line[CODE_MAX];
	unsigned short length;
};

static void emit(struct code *code, unsigned short op, unsigned int k, int jt, int jf)
{
	if (code->length == CODE_MAX)
		abort();
	code->line[code->length++] = (struct sock_filter){ op, (unsigned char)jt, (unsigned char)jf, k };
}

static void load(struct code *code, size_t offset)
{
	emit(code, BPF_LD | BPF_W | BPF_ABS, (unsigned int)offset, 0, 0);
}

/* The low half of an argument: the system call looks at no more. */
static void load_argument(struct code *code, int number)
{
	bool big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

	load(code, offsetof(struct seccomp_data, args) + (size_t)number * 8 + (big_endian ? 4 : 0));
}

static void answer_if_equal(struct code *code, unsigned int value, unsigned int action)
{
	emit(code, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
	emit(code, BPF_RET | BPF_K, action, 0, 0);
}

static void compile(const struct lie *lie, struct code *code)
{
	unsigned int action = lie->answer ? SECCOMP_RET_USER_NOTIF :
					    SECCOMP_RET_ERRNO | (unsigned int)lie->error;

	load(code, offsetof(struct seccomp_data, nr));
	if (lie->answer == idle || lie->answer == unregistered || lie->answer == demands)
		answer_if_equal(code, SYS_execve, SECCOMP_RET_USER_NOTIF); /* it ends registrations */
	if (lie->filter_unseen) {
		emit(code, BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 4);
		load_argument(code, 0);
		answer_if_equal(code, PR_GET_SECCOMP, SECCOMP_RET_ERRNO);
		emit(code, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	}
	emit(code, BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 1, 0);
	emit(code, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	if (lie->all)
		emit(code, BPF_RET | BPF_K, action, 0, 0);
	if (lie->flags) {
		load_argument(code, 1);
		emit(code, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
		emit(code, BPF_RET | BPF_K, action, 0, 0);
	}
	load_argument(code, 0);
	if (lie->query)
		answer_if_equal(code, QUERY, action);
	for (int bit = 1; bit <= KNOWN; bit <<= 1)
		if (lie->commands & bit)
			answer_if_equal(code, (unsigned int)bit, action);
	if (lie->unknown) {
		emit(code, BPF_JMP | BPF_JSET | BPF_K, ~(unsigned int)KNOWN, 0, 1);
		emit(code, BPF_RET | BPF_K, action, 0, 0);
	}
	emit(code, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

/* Install the filter in the calling process; its notifications' descriptor, or -errno. */
static int install(const struct lie *lie)
{
	struct code code = { .length = 0 };

	compile(lie, &code);
	struct sock_fprog program = { .len = code.length, .filter = code.line };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -errno;
	int fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
			      &program);

	return fd < 0 ? -errno : fd;
}

union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static int send_descriptor(int socket, int fd)
{
	union control control = { .bytes = { 0 } };
	char byte = 0;
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = control.bytes,
				  .msg_controllen = sizeof(control.bytes) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	return sendmsg(socket, &message, 0) == 1 ? 0 : -errno;
}

static int receive_descriptor(int socket)
{
	union control control;
	char byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = control.bytes,
				  .msg_controllen = sizeof(control.bytes) };
	int fd = -1;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR(&message))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

/* Which process a thread belongs to, and whose child that is; 0 once it is gone. */
static pid_t process_of(pid_t thread, pid_t *parent)
{
	char name[64], line[128];
	int process = 0;

	*parent = 0;
	snprintf(name, sizeof(name), "/proc/%d/status", (int)thread);
	FILE *status = fopen(name, "re");

	while (status && fgets(line, sizeof(line), status)) {
		sscanf(line, "Tgid: %d", &process);
		if (sscanf(line, "PPid: %d", parent) == 1)
			break;
	}
	if (status)
		fclose(status);
	return process < PIDS_MAX && *parent < PIDS_MAX ? process : 0;
}

/* Registrations are inherited by children, which nothing tells of: at a process's first call, then. */
static pid_t know(struct state *state, pid_t thread)
{
	pid_t parent, process = process_of(thread, &parent);

	if (!(state->registered[process] & SEEN))
		state->registered[process] = state->registered[parent] | SEEN;
	return process;
}

/* Answer calls until no process is under the filter any more. */
static void serve(int fd, const struct lie *lie, struct state *state)
{
	struct seccomp_notif call;
	struct seccomp_notif_resp reply;

	ioctl(fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	for (;;) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };

		if (poll(&wait, 1, -1) < 0 && errno == EINTR)
			continue;
		if (!(wait.revents & POLLIN))
			return;
		memset(&call, 0, sizeof(call));
		if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0)
			continue; /* who called was interrupted, or died */
		pid_t process = know(state, (pid_t)call.pid);
		long answer = THE_KERNELS;

		if (call.data.nr == SYS_execve)
			state->registered[process] = SEEN;
		else
			answer = lie->answer(state, &call.data, process);
		memset(&reply, 0, sizeof(reply));
		reply.id = call.id;
		if (answer == THE_KERNELS)
			reply.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		else if (answer < 0)
			reply.error = (int)answer;
		else
			reply.val = answer;
		ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &reply); /* ENOENT: who called is gone */
	}
}

static void become(char **command, const struct lie *lie, int socket)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	int fd = install(lie);

	if (fd < 0 || send_descriptor(socket, fd) != 0) {
		fprintf(stderr, "false_kernel: no filter can be installed: %s\n",
			strerror(fd < 0 ? -fd : errno));
		_exit(COULD_NOT_START);
	}
	close(fd);
	close(socket);
	execvp(command[0], command);
	fprintf(stderr, "false_kernel: %s: %s\n", command[0], strerror(errno));
	_exit(COULD_NOT_START);
}

static const struct lie *find_lie(char *name, struct state *state)
{
	char *number = strchr(name, '=');

	state->n = 1000;
	if (number) {
		*number++ = '\0';
		state->n = strtoul(number, NULL, 10);
	}
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++)
		if (strcmp(lies[i].name, name) == 0 && state->n > 0)
			return &lies[i];
	return NULL;
}

static int usage(void)
{
	fputs("false_kernel LIE[=N] PROGRAM [ARGUMENT]...   (N: 1000)\n\n", stderr);
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++)
		fprintf(stderr, "  %-20s %s\n", lies[i].name, lies[i].what);
	return COULD_NOT_START;
}

int main(int argc, char **argv)
{
	struct state state = { .registered = calloc(PIDS_MAX, sizeof(uint16_t)) };
	const struct lie *lie = argc > 2 ? find_lie(argv[1], &state) : NULL;
	int pair[2], status = 0;

	if (!lie || !state.registered)
		return usage();
	state.mask = syscall(SYS_membarrier, QUERY, 0, 0);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return COULD_NOT_START;
	pid_t child = fork();

	if (child == 0)
		become(argv + 2, lie, pair[1]);
	close(pair[1]);
	int fd = receive_descriptor(pair[0]);

	/* the program's input and end are its own; this process only answers */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	if (fd >= 0 && lie->answer)
		serve(fd, lie, &state);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

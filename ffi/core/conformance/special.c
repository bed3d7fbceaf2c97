/*
 * Cases that need more than a sequence of calls: fork, exec, shared address
 * spaces, threads, offline CPUs, callbacks on the caller's own CPU.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "conformance/case.h"
#include "kit/shared_process.h"
#include "kit/sys.h"
#include "kit/thread.h"
#include "protocol/json.h"

enum { KNOWN_COMMANDS = (MB_GET_REGISTRATIONS << 1) - 1 };

/* Wait for a child that put its answer into shared memory. */
static void reap(struct case_context *context, pid_t child)
{
	int status;

	if (child < 0)
		case_skip(context, "no process can be made");
	else if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		snprintf(context->answer, sizeof(context->answer), "the child died");
}

static struct case_context *shared_context(void)
{
	void *memory = mmap(NULL, sizeof(struct case_context), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static void inherit_over_fork(struct case_context *context)
{
	struct case_context *shared = shared_context();

	if (!shared) {
		case_skip(context, "no shared memory");
		return;
	}
	sys_membarrier(MB_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0);
	pid_t child = fork();

	if (child == 0) {
		long mask = sys_membarrier(MB_GET_REGISTRATIONS, 0, 0);
		long sync = sys_membarrier(MB_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0);

		snprintf(shared->answer, sizeof(shared->answer), "0x%lx, SYNC_CORE %s", mask,
			 sync < 0 ? errno_name((int)-sync) : "0");
		_exit(0);
	}
	reap(context, child);
	if (!context->answer[0])
		memcpy(context->answer, shared->answer, sizeof(context->answer));
}

/* The helper program prints its registrations; see agent.c, --registrations. */
static void lose_over_exec(struct case_context *context)
{
	int pipefd[2];

	if (!context->helper || access(context->helper, X_OK) != 0) {
		case_skip(context, "no agent program to execute");
		return;
	}
	if (pipe(pipefd) != 0) {
		case_skip(context, "no pipe");
		return;
	}
	sys_membarrier(MB_REGISTER_PRIVATE_EXPEDITED, 0, 0);
	pid_t child = fork();

	if (child == 0) {
		dup2(pipefd[1], STDOUT_FILENO);
		execl(context->helper, context->helper, "--registrations", (char *)NULL);
		_exit(127);
	}
	close(pipefd[1]);
	ssize_t n = read(pipefd[0], context->answer, sizeof(context->answer) - 1);

	context->answer[n > 0 ? n : 0] = '\0';
	context->answer[strcspn(context->answer, "\n")] = '\0';
	close(pipefd[0]);
	if (!context->answer[0])
		case_skip(context, "the agent program could not be executed");
	reap(context, child);
}

static int other_process(void *argument)
{
	long *answer = argument;

	*answer = sys_membarrier(MB_PRIVATE_EXPEDITED, 0, 0);
	return 0;
}

static void shared_address_space(struct case_context *context)
{
	struct shared_process other;
	long answer = -EIO;
	int status;

	sys_membarrier(MB_REGISTER_PRIVATE_EXPEDITED, 0, 0);
	if (shared_process_start(&other, other_process, &answer) != 0) {
		case_skip(context, "no process that shares memory can be made");
		return;
	}
	shared_process_join(&other, &status);
	case_say(context, answer, false);
}

static void register_with_threads(struct case_context *context)
{
	if (thread_sleeping() != 0) {
		case_skip(context, "no thread can be made");
		return;
	}
	long ret = sys_membarrier(MB_REGISTER_PRIVATE_EXPEDITED, 0, 0);

	case_say(context, ret < 0 ? ret : sys_membarrier(MB_PRIVATE_EXPEDITED, 0, 0), false);
}

/* QUERY must offer a command and its registration together, and nothing that is not in uapi 6.12. */
static void query_mask(struct case_context *context)
{
	static const int pairs[] = { MB_GLOBAL_EXPEDITED, MB_PRIVATE_EXPEDITED,
				     MB_PRIVATE_EXPEDITED_SYNC_CORE, MB_PRIVATE_EXPEDITED_RSEQ };
	long mask = sys_membarrier(MB_QUERY, 0, 0);

	if (mask < 0) {
		case_say(context, mask, false);
		return;
	}
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (!(mask & pairs[i]) != !(mask & (pairs[i] << 1))) {
			snprintf(context->answer, sizeof(context->answer),
				 "0x%lx: command 0x%x without its registration", mask, pairs[i]);
			return;
		}
	if (mask & ~(long)KNOWN_COMMANDS)
		snprintf(context->answer, sizeof(context->answer), "0x%lx: bits 0x%lx are unknown", mask,
			 mask & ~(long)KNOWN_COMMANDS);
	else
		snprintf(context->answer, sizeof(context->answer), "consistent");
}

static void flag_cpu_offline(struct case_context *context)
{
	FILE *offline = fopen("/sys/devices/system/cpu/offline", "re");
	int cpu = -1;

	if (offline && fscanf(offline, "%d", &cpu) != 1)
		cpu = -1;
	if (offline)
		fclose(offline);
	if (cpu < 0) {
		case_skip(context, "no CPU is offline");
		return;
	}
	sys_membarrier(MB_REGISTER_PRIVATE_EXPEDITED_RSEQ, 0, 0);
	case_say(context, sys_membarrier(MB_PRIVATE_EXPEDITED_RSEQ, MB_FLAG_CPU, cpu), false);
}

/*
 * Every bit that is not given out (uapi 6.12), each by itself. A kernel that knows
 * more than this file fails here, and QUERY with it: look what the bits mean.
 */
static void unknown_bits(struct case_context *context)
{
	for (unsigned int bit = MB_GET_REGISTRATIONS << 1; bit; bit <<= 1) {
		long ret = sys_membarrier((int)bit, 0, 0);

		if (ret != -EINVAL) {
			snprintf(context->answer, sizeof(context->answer), "command 0x%x: %s", bit,
				 ret < 0 ? errno_name((int)-ret) : "accepted");
			return;
		}
	}
	case_say(context, -EINVAL, false);
}

/* Every flag of every command, but the one that RSEQ has. */
static void unknown_flags(struct case_context *context)
{
	for (int command = MB_QUERY; command <= MB_GET_REGISTRATIONS; command = command ? command << 1 : 1)
		for (unsigned int flag = 1; flag; flag <<= 1) {
			if (command == MB_PRIVATE_EXPEDITED_RSEQ && flag == MB_FLAG_CPU)
				continue;
			long ret = sys_membarrier(command, flag, 0);

			if (ret == -EINVAL)
				continue;
			snprintf(context->answer, sizeof(context->answer), "command 0x%x, flag 0x%x: %s",
				 command, flag, ret < 0 ? errno_name((int)-ret) : "accepted");
			return;
		}
	case_say(context, -EINVAL, false);
}

/* clang-format off */
#define SPECIAL(title, answer, bits, function, text)                                            \
	{                                                                                       \
		.name = title, .expected = answer, .needs = bits, .run = function, .note = text \
	}

#define LAB(title, answer, function, text)                                                          \
	{ .name = title, .expected = answer, .run = function, .note = text, .subject = SUBJECT_LAB }
#define MANY(title, first, cmd, flag, several, stress)                                              \
	{ .name = title, .expected = "0", .needs = (cmd), .run = case_often,                        \
	  .step = { { (first), 0, 0 }, { (cmd), (flag), 0 } }, .steps = 2,                          \
	  .threaded = (several), .stressed = (stress) }
#define OFTEN(title, first, cmd, flag)                                                              \
	MANY(title ", often, by one thread", first, cmd, flag, false, false),                       \
	MANY(title ", often, by four threads", first, cmd, flag, true, false),                      \
	MANY(title ", often, by four threads, with signals and memory in motion", first, cmd, flag, true, true)
/* registered already: the first time is one per process */
#define AGAIN(title, cmd) MANY(title ", often, by four threads", MB_QUERY, cmd, 0, true, false)
#define REACHES(title, fence, flag)                                    \
	.name = title, .expected = "0, interrupted", .needs = (fence), \
	.step = { { (fence) << 1, 0, 0 }, { (fence), (flag), 0 } }, .steps = 2
#define RUNNING(title, fence, flag)                                                         \
	{                                                                                   \
		REACHES(title " reaches a thread that ran while registering", fence, flag), \
			.run = case_reaches_running                                         \
	}
#define LAZY(title, fence, threads, two, text)                                                             \
	{                                                                                                  \
		REACHES(title " reaches a thread on a CPU that was idle while registering" threads, fence, \
			0),                                                                                \
			.threaded = (two), .run = case_reaches_lazy, .note = text                          \
	}

/* clang-format on */

static const char lazy_note[] =
	"kernel defect since 5.4 where it fails: no barrier on that CPU until it runs another process; register while threads run everywhere, or use PRIVATE_EXPEDITED";

const struct conformance_case conformance_special[] = {
	SPECIAL("QUERY", "consistent", 0, query_mask,
		"each command is offered together with its registration, and none that uapi does not know"),
	SPECIAL("commands of all bits not given out", "EINVAL", 0, unknown_bits, NULL),
	SPECIAL("all commands with all flags that they do not have", "EINVAL", 0, unknown_flags, NULL),
	SPECIAL("PRIVATE_EXPEDITED with one thread", "0, fast path", MB_PRIVATE_EXPEDITED,
		case_private_alone, "mm_users == 1: nobody to interrupt (since 5.4)"),
	SPECIAL("SYNC_CORE with one thread", "0, runs on the caller's CPU", MB_PRIVATE_EXPEDITED_SYNC_CORE,
		case_sync_core_alone,
		"never takes the fast path: the thread may migrate (e45cdc71d1fa, 5.10)"),
	SPECIAL("registering while threads exist", "0", MB_PRIVATE_EXPEDITED, register_with_threads, NULL),
	SPECIAL("FLAG_CPU offline", "0", MB_PRIVATE_EXPEDITED_RSEQ, flag_cpu_offline,
		"a CPU that does not run this process needs no interrupt: 0, not EINVAL"),
	SPECIAL("registrations are inherited over fork", "0x50, SYNC_CORE 0",
		MB_PRIVATE_EXPEDITED_SYNC_CORE | MB_GET_REGISTRATIONS, inherit_over_fork, NULL),
	SPECIAL("registrations are lost over exec", "0, PRIVATE_EXPEDITED EPERM",
		MB_PRIVATE_EXPEDITED | MB_GET_REGISTRATIONS, lose_over_exec, "membarrier_exec_mmap()"),
	SPECIAL("a process with the same address space shares the registration", "0", MB_PRIVATE_EXPEDITED,
		shared_address_space, "the state belongs to the mm"),
	RUNNING("PRIVATE_EXPEDITED", MB_PRIVATE_EXPEDITED, 0),
	RUNNING("SYNC_CORE", MB_PRIVATE_EXPEDITED_SYNC_CORE, 0),
	RUNNING("RSEQ", MB_PRIVATE_EXPEDITED_RSEQ, 0),
	RUNNING("RSEQ with FLAG_CPU", MB_PRIVATE_EXPEDITED_RSEQ, MB_FLAG_CPU),
	RUNNING("GLOBAL_EXPEDITED", MB_GLOBAL_EXPEDITED, 0),
	LAZY("PRIVATE_EXPEDITED", MB_PRIVATE_EXPEDITED, "", false, NULL),
	LAZY("PRIVATE_EXPEDITED", MB_PRIVATE_EXPEDITED, ", two threads", true, NULL),
	LAZY("GLOBAL_EXPEDITED", MB_GLOBAL_EXPEDITED, "", false, lazy_note),
	LAZY("GLOBAL_EXPEDITED", MB_GLOBAL_EXPEDITED, ", two threads", true, lazy_note),
	OFTEN("GLOBAL", 0, MB_GLOBAL, 0),
	OFTEN("GLOBAL_EXPEDITED", MB_REGISTER_GLOBAL_EXPEDITED, MB_GLOBAL_EXPEDITED, 0),
	OFTEN("PRIVATE_EXPEDITED", MB_REGISTER_PRIVATE_EXPEDITED, MB_PRIVATE_EXPEDITED, 0),
	OFTEN("SYNC_CORE", MB_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, MB_PRIVATE_EXPEDITED_SYNC_CORE, 0),
	OFTEN("RSEQ", MB_REGISTER_PRIVATE_EXPEDITED_RSEQ, MB_PRIVATE_EXPEDITED_RSEQ, 0),
	OFTEN("RSEQ with FLAG_CPU", MB_REGISTER_PRIVATE_EXPEDITED_RSEQ, MB_PRIVATE_EXPEDITED_RSEQ,
	      MB_FLAG_CPU),
	AGAIN("REGISTER_GLOBAL_EXPEDITED", MB_REGISTER_GLOBAL_EXPEDITED),
	AGAIN("REGISTER_PRIVATE_EXPEDITED", MB_REGISTER_PRIVATE_EXPEDITED),
	AGAIN("REGISTER_SYNC_CORE", MB_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE),
	AGAIN("REGISTER_RSEQ", MB_REGISTER_PRIVATE_EXPEDITED_RSEQ),
	AGAIN("GET_REGISTRATIONS", MB_GET_REGISTRATIONS),
	{ .name = "QUERY, often, by four threads",
	  .expected = "always the same",
	  .run = case_often,
	  .steps = 1,
	  .threaded = true }, /* the step is QUERY: all zero */

	LAB("filter answering EPERM is recognised", "filtered-eperm", case_filter_eperm,
	    "the kernel never answers EPERM to QUERY"),
	LAB("filter answering ENOSYS is recognised", "filtered-enosys", case_filter_enosys, NULL),
	LAB("filter that kills is recognised", "filtered-kill", case_filter_kill, NULL),
	LAB("technique under a filter names it", "a seccomp filter forbids membarrier (QUERY): EPERM",
	    case_technique_filtered, NULL),
	LAB("technique without mlock names it", "mlock: EPERM", case_technique_without_mlock,
	    "RLIMIT_MEMLOCK 0 without CAP_IPC_LOCK: mlock(2)"),
	{ .name = NULL },
};

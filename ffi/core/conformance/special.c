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
#include "kit/count.h"
#include "kit/sys.h"
#include "protocol/json.h"

enum { STACK = 64 * 1024, CALLS = 100 };

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

/* CLONE_VM without CLONE_THREAD: another process, the same address space, the same registration. */
static void shared_address_space(struct case_context *context)
{
	static const int flags = CLONE_VM | SIGCHLD;
	char *stack = malloc(STACK);
	long answer = -EIO;

	if (!stack) {
		case_skip(context, "no memory");
		return;
	}
	sys_membarrier(MB_REGISTER_PRIVATE_EXPEDITED, 0, 0);
	reap(context, clone(other_process, stack + STACK, flags, &answer));
	if (!context->answer[0])
		case_say(context, answer, false);
	free(stack);
}

static void register_with_threads(struct case_context *context)
{
	if (case_sleeping_thread() != 0) {
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
 * callbacks - functions that the kernel ran on this CPU during CALLS calls.
 *
 * csd:csd_function_entry also fires for the caller's own part of
 * on_each_cpu_mask(), which shows whether a command with a single thread took
 * the fast path (0) or did its work (one each).
 */
static void callbacks(struct case_context *context, int registration, int command)
{
	struct count_plan plan;
	struct counter counter;

	sys_membarrier(registration, 0, 0);
	if (count_plan_event(&plan, "csd", "csd_function_entry") != 0 ||
	    counter_open(&counter, &plan) != 0) {
		case_skip(
			context,
			"csd:csd_function_entry cannot be counted (kernel before 6.4, or no right to it)");
		return;
	}
	uint64_t before = counter_read(&counter);
	long ret = 0;

	for (int i = 0; i < CALLS && ret == 0; i++)
		ret = sys_membarrier(command, 0, 0);
	uint64_t ran = counter_read(&counter) - before;

	counter_close(&counter);
	if (ret < 0)
		case_say(context, ret, false);
	else /* other work may be sent to this CPU now and then, hence classes and no exact number */
		snprintf(context->answer, sizeof(context->answer), "%s",
			 ran >= CALLS	  ? "0, runs on the caller's CPU" :
			 ran < CALLS / 10 ? "0, fast path" :
					    "0, runs sometimes");
}

static void sync_core_alone(struct case_context *context)
{
	callbacks(context, MB_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, MB_PRIVATE_EXPEDITED_SYNC_CORE);
}

static void private_alone(struct case_context *context)
{
	callbacks(context, MB_REGISTER_PRIVATE_EXPEDITED, MB_PRIVATE_EXPEDITED);
}

#define SPECIAL(title, answer, bits, function, text)                                            \
	{                                                                                       \
		.name = title, .expected = answer, .needs = bits, .run = function, .note = text \
	}

const struct conformance_case conformance_special[] = {
	SPECIAL("QUERY", "consistent", 0, query_mask,
		"each command is offered together with its registration"),
	SPECIAL("PRIVATE_EXPEDITED with one thread", "0, fast path", MB_PRIVATE_EXPEDITED, private_alone,
		"mm_users == 1: nobody to interrupt (since 5.4)"),
	SPECIAL("SYNC_CORE with one thread", "0, runs on the caller's CPU", MB_PRIVATE_EXPEDITED_SYNC_CORE,
		sync_core_alone, "never takes the fast path: the thread may migrate (e45cdc71d1fa, 5.10)"),
	SPECIAL("registering while threads exist", "0", MB_PRIVATE_EXPEDITED, register_with_threads, NULL),
	SPECIAL("FLAG_CPU offline", "0", MB_PRIVATE_EXPEDITED_RSEQ, flag_cpu_offline,
		"a CPU that does not run this process needs no interrupt: 0, not EINVAL"),
	SPECIAL("registrations are inherited over fork", "0x50, SYNC_CORE 0",
		MB_PRIVATE_EXPEDITED_SYNC_CORE | MB_GET_REGISTRATIONS, inherit_over_fork, NULL),
	SPECIAL("registrations are lost over exec", "0, PRIVATE_EXPEDITED EPERM",
		MB_PRIVATE_EXPEDITED | MB_GET_REGISTRATIONS, lose_over_exec, "membarrier_exec_mmap()"),
	SPECIAL("a process with the same address space shares the registration", "0", MB_PRIVATE_EXPEDITED,
		shared_address_space, "the state belongs to the mm"),
	SPECIAL("PRIVATE_EXPEDITED reaches a thread on a CPU that was idle while registering",
		"0, interrupted", MB_PRIVATE_EXPEDITED, case_private_reaches_lazy, NULL),
	SPECIAL("GLOBAL_EXPEDITED reaches a thread on a CPU that was idle while registering",
		"0, interrupted", MB_GLOBAL_EXPEDITED, case_global_reaches_lazy,
		"kernel defect since 5.4 where it fails: no barrier on that CPU; register while threads run everywhere, or use PRIVATE_EXPEDITED"),
	SPECIAL("filter answering EPERM is recognised", "filtered-eperm", 0, case_filter_eperm,
		"the kernel never answers EPERM to QUERY"),
	SPECIAL("filter answering ENOSYS is recognised", "filtered-enosys", 0, case_filter_enosys, NULL),
	SPECIAL("filter that kills is recognised", "filtered-kill", 0, case_filter_kill, NULL),
	SPECIAL("technique under a filter names it", "a seccomp filter forbids membarrier (QUERY): EPERM",
		0, case_technique_filtered, NULL),
	SPECIAL("technique without mlock names it", "mlock: EPERM", 0, case_technique_without_mlock,
		"RLIMIT_MEMLOCK 0 without CAP_IPC_LOCK: mlock(2)"),
	{ .name = NULL },
};

/*
 * What runs this program: the processor, or a translator (qemu-user, Rosetta,
 * box64, FEX), which is a program itself and shows the kernel's answers as it
 * thinks fit.
 *
 * Translators forge what a process looks up about itself: uname(2), /proc/self/exe,
 * /proc/self/auxv, some of them /proc/cpuinfo. They leave the same files of the
 * thread as the kernel makes them, which then tell of the translator. What follows
 * from it, the controller says (lab/environment/translator.ts).
 */
#include "environment/program.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arch/arch.h"
#include "kit/child.h"
#include "kit/sys.h"
#include "protocol/frame.h"

#ifndef SYS_rseq
#define SYS_rseq -1
#endif

enum { SECCOMP_NO_OPERATION = 0xffff };

/* Where a link leads, as text; "" where that is not to be read. */
static void write_link(struct json *j, const char *key, const char *path)
{
	char text[PATH_MAX];
	ssize_t length = readlink(path, text, sizeof(text));

	if (length < 0)
		json_null(j, key);
	else
		json_bytes(j, key, text, (size_t)length);
}

/* e_machine of an ELF file, little-endian on all three architectures (elf(5)). */
static void write_machine(struct json *j, const char *key, const char *path)
{
	unsigned char header[20];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, header, sizeof(header));

	if (fd >= 0)
		close(fd);
	if (n == sizeof(header) && memcmp(header, ELFMAG, SELFMAG) == 0)
		json_u64(j, key, (uint64_t)(header[18] | header[19] << 8));
	else
		json_null(j, key);
}

static ssize_t read_auxv(const char *path, unsigned char *bytes, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, bytes, room);

	if (fd >= 0)
		close(fd);
	return n;
}

/*
 * Whether the auxiliary vector that the process is shown is the one that the kernel gave it: the
 * processor's capabilities in it are bits of one architecture, and a translator makes up others.
 */
static void write_auxv_fits(struct json *j, const char *kernels)
{
	unsigned char shown[2048], given[2048];
	ssize_t one = read_auxv("/proc/self/auxv", shown, sizeof(shown));
	ssize_t other = read_auxv(kernels, given, sizeof(given));

	if (one <= 0 || other <= 0)
		json_null(j, "auxvFits");
	else
		json_bool(j, "auxvFits", one == other && memcmp(shown, given, (size_t)one) == 0);
}

/* CPUID's brand, or its vendor of hypervisors, which translators use, too; "" elsewhere. */
static void write_cpuid(struct json *j, const char *key, uint32_t first, uint32_t last, int from)
{
	char text[3 * 16 + 1] = "";
#ifdef ARCH_CPUID
	size_t length = 0;

	for (uint32_t leaf = first; leaf <= last; leaf++) {
		uint32_t answer[4];

		arch_cpuid(leaf, answer);
		memcpy(text + length, answer + from, (size_t)(4 - from) * sizeof(answer[0]));
		length += (size_t)(4 - from) * sizeof(answer[0]);
	}
	for (size_t i = 0; i < length && text[i]; i++)
		if (text[i] < ' ' || text[i] > '~')
			text[i] = '?';
#else
	(void)first, (void)last, (void)from;
#endif
	json_string(j, key, text);
}

static const struct call {
	const char *name;
	long number;
} calls[] = {
	/* since 4.18, 3.17 and 2.6.31; with arguments that no kernel accepts */
	{ "rseq", SYS_rseq },
	{ "seccomp", SYS_seccomp },
	{ "perf_event_open", SYS_perf_event_open },
};

enum { CALLS = sizeof(calls) / sizeof(calls[0]) };

/* In a process of its own: a filter may kill who calls what it does not know. */
static void try_calls(void *unused, int answer)
{
	unsigned char lacking[CALLS];

	(void)unused;
	for (int i = 0; i < CALLS; i++)
		lacking[i] = syscall(calls[i].number, SECCOMP_NO_OPERATION, 0, 0, 0, 0) == -1 &&
			     errno == ENOSYS;
	write_all(answer, lacking, sizeof(lacking));
}

static void write_lacking(struct json *j)
{
	unsigned char lacking[CALLS] = { 0 };
	struct child_end end;
	int ret = child_run(try_calls, NULL, lacking, sizeof(lacking), &end);

	json_array(j, "lacks");
	for (int i = 0; !ret && end.length == sizeof(lacking) && i < CALLS; i++)
		if (lacking[i])
			json_string(j, NULL, calls[i].name);
	json_array_end(j);
}

/* program_write - the object `program`. */
void program_write(struct json *j)
{
	char path[64];

	json_object(j, "program");
	json_string(j, "arch", ARCH_NAME);
	write_link(j, "path", "/proc/self/exe");
	snprintf(path, sizeof(path), "/proc/self/task/%d/exe", sys_gettid());
	write_link(j, "runBy", path);
	write_machine(j, "runByMachine", path);
	snprintf(path, sizeof(path), "/proc/self/task/%d/auxv", sys_gettid());
	write_auxv_fits(j, path);
	/* AMD APM volume 3, appendix E; Linux, Documentation/virt/kvm/x86/cpuid.rst */
	write_cpuid(j, "cpuidBrand", 0x80000002, 0x80000004, 0);
	write_cpuid(j, "cpuidHypervisor", 0x40000000, 0x40000000, 1);
	write_lacking(j);
	json_object_end(j);
}

/* Mapping, replacing and calling code; how old the code was that a call ran. */
#include "core_sync/code.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arch/code.h"
#include "kit/sys.h"
#include "protocol/json.h"

enum { RETURN_BYTES = 16 };

/* include/uapi/linux/memfd.h (6.3); kernels before it refuse the flag */
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010u
#endif

static int code_fail(struct code *code, int error, const char *what, char *reason, size_t room)
{
	snprintf(reason, room, "%s: %s", what, errno_name(error));
	code_unmap(code);
	return -error;
}

/* Every version's code, and an entry that leads to version 0. */
static void code_write(struct code *code)
{
	for (uint32_t version = 0; version < CODE_VERSIONS; version++) {
		size_t at = code->first + version * RETURN_BYTES;

		arch_return_write(code->data + at, version);
		arch_code_sync(code->data + at, code->text + at);
	}
	arch_branch_write(code->data);
	code_patch(code, 0);
}

/* code_map - map and write the code; 0, or -errno with the reason. */
int code_map(struct code *code, char *reason, size_t room)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int fd = memfd_create("fencelab-code", MFD_CLOEXEC | MFD_EXEC);

	code->data = code->text = NULL;
	code->first = page;
	code->bytes = page + (CODE_VERSIONS * RETURN_BYTES + page - 1) / page * page;
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("fencelab-code", MFD_CLOEXEC);
	if (fd < 0)
		return code_fail(code, errno, "memfd_create", reason, room);
	int ret = ftruncate(fd, (off_t)code->bytes) ? errno : 0;

	if (!ret) {
		void *data = mmap(NULL, code->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

		ret = data == MAP_FAILED ? errno : 0;
		code->data = ret ? NULL : data;
	}
	if (!ret) {
		void *text = mmap(NULL, code->bytes, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);

		ret = text == MAP_FAILED ? errno : 0;
		code->text = ret ? NULL : text;
	}
	close(fd);
	if (ret)
		return code_fail(code, ret, "mapping memory to write and to execute", reason, room);
	code_write(code);
	return 0;
}

void code_unmap(struct code *code)
{
	if (code->data)
		munmap(code->data, code->bytes);
	if (code->text)
		munmap(code->text, code->bytes);
	code->data = code->text = NULL;
}

/*
 * code_patch - make the entry lead to a version (modulo CODE_VERSIONS), with the
 * cache maintenance that the architecture asks of whoever writes code. What it
 * asks of whoever executes it is the technique's business.
 */
void code_patch(struct code *code, uint64_t version)
{
	size_t target = code->first + version % CODE_VERSIONS * RETURN_BYTES;
	_Atomic uint32_t *word = (_Atomic uint32_t *)(void *)(code->data + ARCH_BRANCH_WORD);

	/* relaxed: ordered by the cache maintenance and by the technique, if at all */
	atomic_store_explicit(word, arch_branch_word((intptr_t)target), memory_order_relaxed);
	arch_code_sync(code->data, code->text);
}

/* code_call - call the entry; the number of the version that ran. */
uint32_t code_call(const struct code *code)
{
	uint32_t (*entry)(void);

	memcpy(&entry, &code->text, sizeof(entry));
	return entry();
}

/*
 * code_age - was the code that a call ran already replaced when the call began?
 *
 * `before` and `after` are the published versions that the calling thread read
 * around the call. The code may be ahead by one: it is replaced before the new
 * version is published. Versions return modulo CODE_VERSIONS, so nothing can be
 * said where more than that went by during the call.
 */
enum call_age code_age(uint64_t before, uint64_t after, uint32_t returned)
{
	uint64_t room = after + 1 - before;
	uint64_t ahead = (returned - before) % CODE_VERSIONS;

	if (room >= CODE_VERSIONS)
		return CALL_UNKNOWN;
	return ahead <= room ? CALL_FRESH : CALL_STALE;
}

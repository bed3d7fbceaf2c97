/*
 * The documented answers of membarrier(2), as sequences of calls.
 *
 * Sources: membarrier(2) of man-pages 6.03 and kernel/sched/membarrier.c of 6.12;
 * quirks of registration were measured on 6.18 and read in the same file.
 */
#include "conformance/case.h"

#include "kit/sys.h"

/* A case is one or two lines. */
/* clang-format off */
#define STEPS(...)                                                                      \
	.step = { __VA_ARGS__ },                                                        \
	.steps = sizeof((struct membarrier_step[]){ __VA_ARGS__ }) / sizeof(struct membarrier_step)
#define CALL(cmd) { (cmd), 0, 0 }

#define PE MB_PRIVATE_EXPEDITED
#define SC MB_PRIVATE_EXPEDITED_SYNC_CORE
#define RS MB_PRIVATE_EXPEDITED_RSEQ
#define GE MB_GLOBAL_EXPEDITED
#define REG_PE MB_REGISTER_PRIVATE_EXPEDITED
#define REG_SC MB_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE
#define REG_RS MB_REGISTER_PRIVATE_EXPEDITED_RSEQ
#define REG_GE MB_REGISTER_GLOBAL_EXPEDITED
#define GETREG MB_GET_REGISTRATIONS

static const char flags_note[] = "flags must be 0 for every command but PRIVATE_EXPEDITED_RSEQ";
static const char own_note[] = "each expedited command needs its own registration";
static const char early_note[] = "the registration is checked before the single-thread fast path";
static const char quirk_note[] =
	"quirk: registering SYNC_CORE or RSEQ also reports PRIVATE_EXPEDITED, which still answers EPERM";
static const char cpu_note[] = "a CPU that does not run this process needs no interrupt: 0, not EINVAL";

/* bad commands and flags */
#define BAD(title, ...) { .name = title, .expected = "EINVAL", STEPS(__VA_ARGS__) }
#define FLAGS(title, cmd) \
	{ .name = title, .expected = "EINVAL", STEPS({ (cmd), 1, 0 }), .note = flags_note }
#define UNREGISTERED(title, cmd, with_thread)                                           \
	{ .name = title, .expected = "EPERM", .otherwise = "EINVAL", .needs = (cmd),    \
	  .threaded = (with_thread), STEPS(CALL(cmd)), .note = early_note }
#define REGISTERED(title, cmd, reg, with_thread)                                        \
	{ .name = title, .expected = "0", .otherwise = "step 1: EINVAL", .needs = (cmd), \
	  .threaded = (with_thread), STEPS(CALL(reg), CALL(cmd)) }
#define FOREIGN(title, cmd, reg)                                                        \
	{ .name = title, .expected = "EPERM", .needs = (cmd) | ((reg) >> 1),            \
	  STEPS(CALL(reg), CALL(cmd)), .note = own_note }
#define REPORTED(title, mask, text, ...)                                                \
	{ .name = title, .expected = mask, .needs = GETREG | SC | RS | GE,              \
	  STEPS(__VA_ARGS__, CALL(GETREG)), .note = text }
#define AIMED(title, cpu)                                                               \
	{ .name = title, .expected = "0", .needs = RS,                                  \
	  STEPS(CALL(REG_RS), { RS, MB_FLAG_CPU, (cpu) }), .note = cpu_note }

const struct conformance_case conformance_documented[] = {
	BAD("unknown command 3", CALL(3)),
	BAD("two commands at once (24)", CALL(24)),
	BAD("negative command", CALL(-1)),
	BAD("command of a bit not given out (1<<20)", CALL(1 << 20)),
	FLAGS("QUERY with a flag", MB_QUERY),
	FLAGS("GLOBAL with a flag", MB_GLOBAL),
	FLAGS("GLOBAL_EXPEDITED with a flag", GE),
	FLAGS("PRIVATE_EXPEDITED with a flag", PE),
	FLAGS("SYNC_CORE with a flag", SC),
	FLAGS("REGISTER_GLOBAL_EXPEDITED with a flag", REG_GE),
	FLAGS("REGISTER_PRIVATE_EXPEDITED with a flag", REG_PE),
	FLAGS("REGISTER_SYNC_CORE with a flag", REG_SC),
	FLAGS("REGISTER_RSEQ with a flag", REG_RS),
	FLAGS("GET_REGISTRATIONS with a flag", GETREG),
	{ .name = "RSEQ with an unknown flag", .expected = "EINVAL", STEPS(CALL(REG_RS), { RS, 2, 0 }),
	  .otherwise = "step 1: EINVAL", .needs = RS },

	UNREGISTERED("PRIVATE_EXPEDITED unregistered, one thread", PE, false),
	UNREGISTERED("PRIVATE_EXPEDITED unregistered, two threads", PE, true),
	UNREGISTERED("SYNC_CORE unregistered, one thread", SC, false),
	UNREGISTERED("SYNC_CORE unregistered, two threads", SC, true),
	UNREGISTERED("RSEQ unregistered, one thread", RS, false),
	UNREGISTERED("RSEQ unregistered, two threads", RS, true),
	{ .name = "RSEQ with FLAG_CPU unregistered", .expected = "EPERM", .needs = RS,
	  STEPS({ RS, MB_FLAG_CPU, 0 }), .note = early_note },
	{ .name = "GLOBAL_EXPEDITED unregistered", .expected = "0", .otherwise = "EINVAL", .needs = GE,
	  STEPS(CALL(GE)), .note = "registering means wanting to receive; callers need none" },

	{ .name = "GLOBAL, one thread", .expected = "0", .otherwise = "EINVAL", .needs = MB_GLOBAL,
	  STEPS(CALL(MB_GLOBAL)), .note = "EINVAL and absent from QUERY under nohz_full" },
	{ .name = "GLOBAL, two threads", .expected = "0", .otherwise = "EINVAL", .needs = MB_GLOBAL,
	  .threaded = true, STEPS(CALL(MB_GLOBAL)) },
	REGISTERED("PRIVATE_EXPEDITED registered, one thread", PE, REG_PE, false),
	REGISTERED("PRIVATE_EXPEDITED registered, two threads", PE, REG_PE, true),
	REGISTERED("SYNC_CORE registered, one thread", SC, REG_SC, false),
	REGISTERED("SYNC_CORE registered, two threads", SC, REG_SC, true),
	REGISTERED("RSEQ registered, one thread", RS, REG_RS, false),
	REGISTERED("RSEQ registered, two threads", RS, REG_RS, true),
	REGISTERED("GLOBAL_EXPEDITED registered, one thread", GE, REG_GE, false),
	REGISTERED("GLOBAL_EXPEDITED registered, two threads", GE, REG_GE, true),
	{ .name = "registering twice", .expected = "0", .otherwise = "step 1: EINVAL", .needs = PE,
	  STEPS(CALL(REG_PE), CALL(REG_PE), CALL(PE)) },
	{ .name = "PRIVATE_EXPEDITED ignores the CPU without FLAG_CPU", .expected = "0", .needs = PE,
	  STEPS(CALL(REG_PE), { PE, 0, 9999 }) },

	FOREIGN("PRIVATE_EXPEDITED after REGISTER_SYNC_CORE alone", PE, REG_SC),
	FOREIGN("PRIVATE_EXPEDITED after REGISTER_RSEQ alone", PE, REG_RS),
	FOREIGN("SYNC_CORE after REGISTER_PRIVATE_EXPEDITED alone", SC, REG_PE),
	FOREIGN("SYNC_CORE after REGISTER_RSEQ alone", SC, REG_RS),
	FOREIGN("RSEQ after REGISTER_PRIVATE_EXPEDITED alone", RS, REG_PE),
	FOREIGN("PRIVATE_EXPEDITED after REGISTER_GLOBAL_EXPEDITED alone", PE, REG_GE),

	AIMED("FLAG_CPU beyond every CPU (9999)", 9999),
	AIMED("FLAG_CPU negative: all CPUs", -1),
	AIMED("FLAG_CPU 0", 0),

	{ .name = "GET_REGISTRATIONS, nothing registered", .expected = "0", .otherwise = "EINVAL",
	  .needs = GETREG, STEPS(CALL(GETREG)), .note = "since 6.3" },
	REPORTED("GET_REGISTRATIONS after PRIVATE_EXPEDITED", "0x10", NULL, CALL(REG_PE)),
	REPORTED("GET_REGISTRATIONS after GLOBAL_EXPEDITED", "0x4", NULL, CALL(REG_GE)),
	REPORTED("GET_REGISTRATIONS after SYNC_CORE", "0x50", quirk_note, CALL(REG_SC)),
	REPORTED("GET_REGISTRATIONS after RSEQ", "0x110", quirk_note, CALL(REG_RS)),
	REPORTED("GET_REGISTRATIONS after SYNC_CORE and RSEQ", "0x150", quirk_note, CALL(REG_SC),
		 CALL(REG_RS)),
	REPORTED("GET_REGISTRATIONS after GLOBAL_EXPEDITED, SYNC_CORE and RSEQ", "0x154", quirk_note,
		 CALL(REG_GE), CALL(REG_SC), CALL(REG_RS)),
	{ .name = NULL },
};

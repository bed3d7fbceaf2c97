/**
 * The techniques as data: what the heavy side does, what it promises, where it
 * comes from, and which control shows that a result is not an accident.
 *
 * The core's tables (ffi/core/technique/*.c) hold the same identifiers in the
 * same order; a test compares them.
 */

/** What the documentation of a technique says about memory ordering. */
export type Promise =
  /** Ordering of the light sides is documented. */
  | "ordering"
  /** Ordering, and a core-serialising instruction on every sibling. */
  | "ordering+core-sync"
  /** Restarts rseq critical sections; ordering is not documented. */
  | "rseq-restart"
  /** No documentation promises anything to others; at most it happens to work. */
  | "nothing"
  /** A control: known not to order other CPUs. */
  | "control";

/** Techniques that are drawn and examined together. */
export type Family =
  /** Commands of membarrier(2). */
  | "membarrier"
  /** Tricks with mappings, which live on the interrupt of a TLB flush. */
  | "mappings"
  | "other";

/** One technique. */
export interface Technique {
  readonly id: string;
  readonly family: Family;
  readonly promise: Promise;
  /** What one heavy operation is. */
  readonly does: string;
  readonly source: string;
  /** The technique that makes the same calls without their effect. */
  readonly control?: string;
  /** It is that of this one alone: the same calls on a page that there is nothing to flush of. */
  readonly controlOf?: string;
  /** System calls that one operation makes. */
  readonly calls: readonly string[];
  /** It needs registering with membarrier first. */
  readonly registers?: boolean;
  /** The case of the conformance suite that calls what it calls, after registering. */
  readonly conformance?: string;
  /** It locks its page, which RLIMIT_MEMLOCK may forbid. */
  readonly locks?: boolean;
  /** It names the one CPU that it reaches. */
  readonly oneCpu?: boolean;
  /** It must not reach another process; the ordering experiment tries that, too. */
  readonly withinProcess?: boolean;
}

type Entry = Omit<Technique, "family" | "calls" | "source">;

function membarrier({ since, ...entry }: Entry & { since: string }): Technique {
  const source = `membarrier(2), kernel/sched/membarrier.c, since ${since}`;
  return { ...entry, family: "membarrier", calls: ["membarrier"], source };
}

/** A trick with a mapping, and its control. */
function mapping(
  entry: Omit<Entry, "promise" | "control"> & { source: string },
  ...calls: string[]
): Technique[] {
  const { id } = entry;
  const control = `${id}-untouched`;
  return [
    { ...entry, family: "mappings", promise: "nothing", control, calls },
    {
      id: control,
      family: "mappings",
      promise: "control",
      does: "the same calls on a page that was never populated: nothing to flush",
      source: OWN,
      controlOf: id,
      calls,
    },
  ];
}

const OWN = "the lab's own";

/** All techniques, in the order in which tables show them. */
export const techniques: readonly Technique[] = [
  {
    id: "none",
    family: "other",
    promise: "control",
    does: "a compiler barrier",
    source: "barrier() of include/linux/compiler.h",
    calls: [],
  },
  {
    id: "fence",
    family: "other",
    promise: "control",
    does: "a full fence of the caller alone",
    source: "smp_mb() of include/asm-generic/barrier.h",
    calls: [],
  },
  {
    id: "getppid",
    family: "other",
    promise: "control",
    does: "a null system call",
    source: "getppid(2)",
    calls: ["getppid"],
  },
  {
    id: "delay",
    family: "other",
    promise: "control",
    does: "spins for a given time (10 µs by default)",
    source: OWN,
    calls: [],
  },
  membarrier({
    id: "membarrier-global",
    promise: "ordering",
    does: "MEMBARRIER_CMD_GLOBAL: waits for an RCU grace period",
    since: "4.3",
    control: "delay",
    conformance: "GLOBAL, two threads",
  }),
  membarrier({
    id: "membarrier-global-expedited",
    promise: "ordering",
    does: "interrupts CPUs that run registered processes",
    since: "4.16",
    control: "getppid",
    registers: true,
    conformance: "GLOBAL_EXPEDITED registered, two threads",
  }),
  membarrier({
    id: "membarrier-private-expedited",
    promise: "ordering",
    does: "interrupts CPUs that run this process",
    since: "4.14; liburcu, folly, .NET, OpenJDK",
    control: "getppid",
    registers: true,
    conformance: "PRIVATE_EXPEDITED registered, two threads",
    withinProcess: true,
  }),
  membarrier({
    id: "membarrier-sync-core",
    promise: "ordering+core-sync",
    does: "as private-expedited, and serialises the core",
    since: "4.16; SpiderMonkey, wasmtime",
    control: "getppid",
    registers: true,
    conformance: "SYNC_CORE registered, two threads",
    withinProcess: true,
  }),
  membarrier({
    id: "membarrier-rseq",
    promise: "rseq-restart",
    does: "interrupts CPUs that run this process and restarts rseq sections",
    since: "5.10; tcmalloc",
    control: "getppid",
    registers: true,
    conformance: "RSEQ registered, two threads",
    withinProcess: true,
  }),
  membarrier({
    id: "membarrier-rseq-cpu",
    promise: "rseq-restart",
    does: "the same for one CPU (MEMBARRIER_CMD_FLAG_CPU)",
    since: "5.10; tcmalloc",
    control: "getppid",
    registers: true,
    oneCpu: true,
  }),
  ...mapping({
    id: "mprotect",
    does: "a locked page to read-write, then to read-only",
    source: "Sullivan 2015, msullivan/userspace-rcu branch msync-barrier",
    locks: true,
    withinProcess: true,
  }, "mprotect"),
  ...mapping({
    id: "mprotect-folly",
    does: "a page to read-write, a write, to read-only",
    source: "folly/synchronization/AsymmetricThreadFence.cpp",
  }, "mprotect"),
  ...mapping({
    id: "mprotect-dotnet",
    does: "a locked page to read-write, an atomic add, to no access",
    source: "dotnet/runtime src/native/minipal/memorybarrierprocesswide.c",
    locks: true,
  }, "mprotect"),
  ...mapping({
    id: "munmap",
    does: "unmaps a populated page",
    source: "munmap(2), mm/mmu_gather.c",
    withinProcess: true,
  }, "munmap"),
  ...mapping({
    id: "madvise-dontneed",
    does: "drops a populated page",
    source: "madvise(2) MADV_DONTNEED, mm/madvise.c",
    withinProcess: true,
  }, "madvise"),
  ...mapping({
    id: "mremap",
    does: "moves a populated page",
    source: "mremap(2), mm/mremap.c move_ptes()",
    withinProcess: true,
  }, "mremap"),
  {
    id: "signal",
    family: "other",
    promise: "ordering",
    does: "signals every thread; each fences and acknowledges",
    source: "liburcu's signal flavour (until 0.14)",
    control: "delay",
    calls: ["rt_tgsigqueueinfo"],
  },
  {
    id: "affinity-walk",
    family: "other",
    promise: "nothing",
    does: "moves the caller to every CPU in turn",
    source: "tcmalloc/internal/percpu.cc SlowFence",
    control: "delay",
    calls: ["sched_setaffinity"],
  },
];

const byId = new Map(techniques.map((technique) => [technique.id, technique]));

/** What the identifiers of techniques begin with that a user brings by `--technique-source`. */
export const USER_PREFIX = "user:";

/** The same of mistakes made on purpose, which are no techniques; no time of theirs is measured. */
export const MUTANT_PREFIX = "mutant-";

/** Identifier of the technique that a source of the user's own gives. */
export function userTechniqueId(name: string): string {
  return `${USER_PREFIX}${name}`;
}

/** Of a fence that somebody brings it is to be found out whether it is one. */
function userTechnique(id: string): Technique | undefined {
  if (!/^user:[a-z0-9_-]{1,32}$/.test(id)) return undefined;
  return {
    id,
    family: "other",
    promise: "ordering",
    does: "a fence of the user's own",
    source: `${id.slice(USER_PREFIX.length)}.c`,
    control: "getppid",
    calls: [],
  };
}

/**
 * A technique by its identifier; `undefined` when there is none.
 *
 * Every well-formed `user:NAME` is one; whether there is a source for it the command line knows.
 */
export function findTechnique(id: string): Technique | undefined {
  return byId.get(id) ?? userTechnique(id);
}

/** The family of a technique; that of others if there is none of that name. */
export function familyOf(id: string): Family {
  return findTechnique(id)?.family ?? "other";
}

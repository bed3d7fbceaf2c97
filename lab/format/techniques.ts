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

/** One technique. */
export interface Technique {
  readonly id: string;
  readonly promise: Promise;
  /** What one heavy operation is. */
  readonly does: string;
  readonly source: string;
  /** The technique that makes the same calls without their effect. */
  readonly control?: string;
  /** It needs registering with membarrier first. */
  readonly registers?: boolean;
  /** It locks its page, which RLIMIT_MEMLOCK may forbid. */
  readonly locks?: boolean;
}

const membarrierSource = "membarrier(2), kernel/sched/membarrier.c";
const untouched = "the same calls on a page that was never populated: nothing to flush";

/** All techniques, in the order in which tables show them. */
export const techniques: readonly Technique[] = [
  {
    id: "none",
    promise: "control",
    does: "a compiler barrier",
    source: "barrier() of include/linux/compiler.h",
  },
  {
    id: "fence",
    promise: "control",
    does: "a full fence of the caller alone",
    source: "smp_mb() of include/asm-generic/barrier.h",
  },
  { id: "getppid", promise: "control", does: "a null system call", source: "getppid(2)" },
  {
    id: "delay",
    promise: "control",
    does: "spins for a given time (10 µs by default)",
    source: "the lab's own",
  },
  {
    id: "membarrier-global",
    promise: "ordering",
    does: "MEMBARRIER_CMD_GLOBAL: waits for an RCU grace period",
    source: `${membarrierSource}, since 4.3`,
    control: "delay",
  },
  {
    id: "membarrier-global-expedited",
    promise: "ordering",
    does: "interrupts CPUs that run registered processes",
    source: `${membarrierSource}, since 4.16`,
    control: "getppid",
    registers: true,
  },
  {
    id: "membarrier-private-expedited",
    promise: "ordering",
    does: "interrupts CPUs that run this process",
    source: `${membarrierSource}, since 4.14; liburcu, folly, .NET, OpenJDK`,
    control: "getppid",
    registers: true,
  },
  {
    id: "membarrier-sync-core",
    promise: "ordering+core-sync",
    does: "as private-expedited, and serialises the core",
    source: `${membarrierSource}, since 4.16; SpiderMonkey, wasmtime`,
    control: "getppid",
    registers: true,
  },
  {
    id: "membarrier-rseq",
    promise: "rseq-restart",
    does: "interrupts CPUs that run this process and restarts rseq sections",
    source: `${membarrierSource}, since 5.10; tcmalloc`,
    control: "getppid",
    registers: true,
  },
  {
    id: "membarrier-rseq-cpu",
    promise: "rseq-restart",
    does: "the same for one CPU (MEMBARRIER_CMD_FLAG_CPU)",
    source: `${membarrierSource}, since 5.10; tcmalloc`,
    control: "getppid",
    registers: true,
  },
  {
    id: "mprotect",
    promise: "nothing",
    does: "a locked page to read-write, then to read-only",
    source: "Sullivan 2015, msullivan/userspace-rcu branch msync-barrier",
    control: "mprotect-untouched",
    locks: true,
  },
  { id: "mprotect-untouched", promise: "control", does: untouched, source: "the lab's own" },
  {
    id: "mprotect-folly",
    promise: "nothing",
    does: "a page to read-write, a write, to read-only",
    source: "folly/synchronization/AsymmetricThreadFence.cpp",
    control: "mprotect-folly-untouched",
  },
  { id: "mprotect-folly-untouched", promise: "control", does: untouched, source: "the lab's own" },
  {
    id: "mprotect-dotnet",
    promise: "nothing",
    does: "a locked page to read-write, an atomic add, to no access",
    source: "dotnet/runtime src/native/minipal/memorybarrierprocesswide.c",
    control: "mprotect-dotnet-untouched",
    locks: true,
  },
  { id: "mprotect-dotnet-untouched", promise: "control", does: untouched, source: "the lab's own" },
  {
    id: "munmap",
    promise: "nothing",
    does: "unmaps a populated page",
    source: "munmap(2), mm/mmu_gather.c",
    control: "munmap-untouched",
  },
  { id: "munmap-untouched", promise: "control", does: untouched, source: "the lab's own" },
  {
    id: "madvise-dontneed",
    promise: "nothing",
    does: "drops a populated page",
    source: "madvise(2) MADV_DONTNEED, mm/madvise.c",
    control: "madvise-dontneed-untouched",
  },
  {
    id: "madvise-dontneed-untouched",
    promise: "control",
    does: untouched,
    source: "the lab's own",
  },
  {
    id: "mremap",
    promise: "nothing",
    does: "moves a populated page",
    source: "mremap(2), mm/mremap.c move_ptes()",
    control: "mremap-untouched",
  },
  { id: "mremap-untouched", promise: "control", does: untouched, source: "the lab's own" },
  {
    id: "signal",
    promise: "ordering",
    does: "signals every thread; each fences and acknowledges",
    source: "liburcu's signal flavour (until 0.14)",
    control: "delay",
  },
  {
    id: "affinity-walk",
    promise: "nothing",
    does: "moves the caller to every CPU in turn",
    source: "tcmalloc/internal/percpu.cc SlowFence",
    control: "delay",
  },
];

const byId = new Map(techniques.map((technique) => [technique.id, technique]));

/** What the identifiers of techniques begin with that a user brings by `--technique-source`. */
export const USER_PREFIX = "user:";

/** Identifier of the technique that a source of the user's own gives. */
export function userTechniqueId(name: string): string {
  return `${USER_PREFIX}${name}`;
}

/** Of a fence that somebody brings it is to be found out whether it is one. */
function userTechnique(id: string): Technique | undefined {
  if (!/^user:[a-z0-9_-]{1,32}$/.test(id)) return undefined;
  return {
    id,
    promise: "ordering",
    does: "a fence of the user's own",
    source: `${id.slice(USER_PREFIX.length)}.c`,
    control: "getppid",
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

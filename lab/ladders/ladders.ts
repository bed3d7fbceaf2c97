/**
 * How production libraries choose an asymmetric fence: each one's rungs in order, as data.
 *
 * Read from their sources at the commits that are named. What a library does when a rung is refused
 * decides what it stands on under a seccomp filter or on another architecture.
 */

/** An architecture in the spelling of a run. */
export type Arch = "x86_64" | "aarch64" | "ppc64le";

/** What a rung asks of the system. */
export type Requirement =
  /** membarrier(2) answers QUERY, and this technique can be registered and called. */
  | { readonly membarrier: string }
  /** mlock(2) succeeds. */
  | "mlock"
  | "nothing";

/** One way, and when it is taken. */
export interface Rung {
  /** What it is, in words. */
  readonly name: string;
  /** The lab's technique that stands for it; null: no asymmetric fence at all. */
  readonly technique: string | null;
  readonly requires: Requirement;
  /** Architectures for which the library has this rung; left out: all. */
  readonly on?: readonly Arch[];
  /** What this rung is, where no technique stands for it. */
  readonly ends?: "full fences" | "no need" | "feature off";
  /** Crashes or refuses here instead of going on when what it requires is refused. */
  readonly insists?: boolean;
  /** Locks the page, and goes on with a page that may be evicted when that is refused. */
  readonly ignoresMlock?: boolean;
}

/** One library. */
export interface Ladder {
  readonly library: string;
  readonly need: "ordering" | "core-sync" | "rseq-restart";
  readonly source: string;
  /** How it finds out what there is. */
  readonly detection: string;
  readonly rungs: readonly Rung[];
  /** What a user should know. */
  readonly note: string;
}

const PRIVATE = { membarrier: "membarrier-private-expedited" } as const;

const membarrier: Rung = {
  name: "membarrier PRIVATE_EXPEDITED",
  technique: "membarrier-private-expedited",
  requires: PRIVATE,
};

const fences: Rung = {
  name: "full fences on both sides",
  technique: null,
  requires: "nothing",
  ends: "full fences",
};

/** All libraries, in the order in which they are shown. */
export const ladders: readonly Ladder[] = [
  {
    library: "liburcu memb",
    need: "ordering",
    source: "urcu/userspace-rcu 3849619a, src/urcu.c rcu_sys_membarrier_init()",
    detection: "QUERY in a constructor; REGISTER must succeed then, or the process aborts",
    rungs: [
      membarrier,
      {
        name: "membarrier GLOBAL (SHARED)",
        technique: "membarrier-global",
        requires: { membarrier: "membarrier-global" },
      },
      fences,
    ],
    note: "readers test a flag in each section unless built with " +
      "--disable-sys-membarrier-fallback, which aborts where membarrier is refused",
  },
  {
    library: "liburcu bp",
    need: "ordering",
    source: "urcu/userspace-rcu 3849619a, src/urcu-bp.c",
    detection: "QUERY on first use",
    rungs: [membarrier, fences],
    note: "never GLOBAL: grace periods of milliseconds were not wanted there",
  },
  {
    library: "folly",
    need: "ordering",
    source: "facebook/folly ff98381e, folly/synchronization/AsymmetricThreadFence.cpp",
    detection: "QUERY must hold PRIVATE_EXPEDITED and its registration; registers on first EPERM",
    rungs: [
      { ...membarrier, on: ["x86_64", "aarch64"] },
      { name: "mprotect RW, write, R", technique: "mprotect-folly", requires: "nothing" },
    ],
    note: "the light side is a compiler barrier on all of Linux, whatever the heavy side is; on " +
      "ppc64le membarrier is never tried, for its number is not compiled in",
  },
  {
    library: ".NET",
    need: "ordering",
    source: "dotnet/runtime src/native/minipal/memorybarrierprocesswide.c (PR 118161)",
    detection: "QUERY holds PRIVATE_EXPEDITED, then REGISTER succeeds",
    rungs: [
      membarrier,
      {
        name: "mprotect of a locked page",
        technique: "mprotect-dotnet",
        requires: "mlock",
        insists: true,
      },
    ],
    note: "no guard by architecture; where mlock is refused the runtime does not start",
  },
  {
    library: "OpenJDK",
    need: "ordering",
    source: "openjdk/jdk src/hotspot/os/linux/systemMemoryBarrier_linux.cpp",
    detection: "-XX:+UseSystemMemoryBarrier and QUERY holds both bits",
    rungs: [membarrier, fences],
    note: "a registration that fails after QUERY promised it ends the process",
  },
  {
    library: "OpenJ9",
    need: "ordering",
    source: "eclipse-openj9/openj9 issue 17988",
    detection: "none: the page is locked at start",
    rungs: [
      {
        name: "mprotect of a locked page",
        technique: "mprotect-dotnet",
        requires: "mlock",
        insists: true,
      },
    ],
    note: "crashed in containers where mlock was refused, since the result was only asserted",
  },
  {
    library: "Julia",
    need: "ordering",
    source: "JuliaLang/julia pull 60311, src/signals-unix.c jl_init_membarrier()",
    detection: "QUERY has the bits and REGISTER succeeds",
    rungs: [
      membarrier,
      {
        name: "mprotect of a locked page",
        technique: "mprotect-dotnet",
        requires: "mlock",
        on: ["x86_64", "ppc64le"],
      },
      { name: "every thread suspended by signal", technique: "signal", requires: "nothing" },
    ],
    note:
      "leaves mprotect out on arm, where it knows it to be no barrier; its last rung is sound " +
      "but slow",
  },
  {
    library: "membarrier-rs",
    need: "ordering",
    source: "jeehoonkang/membarrier-rs b70806df, src/lib.rs",
    detection: "QUERY has both bits and REGISTER succeeds, once",
    rungs: [
      membarrier,
      {
        name: "mprotect, the result of mlock ignored",
        technique: "mprotect-dotnet",
        requires: "nothing",
        ignoresMlock: true,
        on: ["x86_64"],
      },
      fences,
    ],
    note: "the light side looks at run time which way was chosen, so that fences are possible",
  },
  {
    library: "tcmalloc",
    need: "rseq-restart",
    source: "google/tcmalloc fce3f55d, tcmalloc/internal/percpu.cc",
    detection: "REGISTER_PRIVATE_EXPEDITED_RSEQ succeeds",
    rungs: [
      {
        name: "membarrier RSEQ, one CPU or all",
        technique: "membarrier-rseq",
        requires: { membarrier: "membarrier-rseq" },
      },
      {
        name: "SlowFence: moves to every CPU",
        technique: "affinity-walk",
        requires: "nothing",
      },
    ],
    note: "SlowFence needs /proc/self/cpuset and CPUs numbered without gaps",
  },
  {
    library: "wasmtime",
    need: "core-sync",
    source: "bytecodealliance/wasmtime crates/jit-icache-coherence/src/libc.rs",
    detection: "calls; EPERM registers and tries again, EINVAL goes on to GLOBAL",
    rungs: [
      {
        name: "nothing: x86-64 keeps instructions coherent",
        technique: null,
        requires: "nothing",
        on: ["x86_64"],
        ends: "no need",
      },
      {
        name: "nothing: not compiled in",
        technique: null,
        requires: "nothing",
        on: ["ppc64le"],
        ends: "feature off",
      },
      {
        name: "membarrier SYNC_CORE",
        technique: "membarrier-sync-core",
        requires: { membarrier: "membarrier-sync-core" },
      },
      {
        name: "membarrier GLOBAL",
        technique: "membarrier-global",
        requires: { membarrier: "membarrier-global" },
        insists: true,
      },
    ],
    note: "only for arm64; GLOBAL is not documented to serialise cores",
  },
  {
    library: "SpiderMonkey",
    need: "core-sync",
    source: "mozilla js/src/jit/FlushICache.cpp",
    detection: "kernel 4.16 or later and REGISTER_SYNC_CORE succeeds",
    rungs: [
      {
        name: "nothing: not compiled in",
        technique: null,
        requires: "nothing",
        on: ["x86_64", "ppc64le"],
        ends: "feature off",
      },
      {
        name: "membarrier SYNC_CORE",
        technique: "membarrier-sync-core",
        requires: { membarrier: "membarrier-sync-core" },
      },
      {
        name: "no code is replaced while other threads run",
        technique: null,
        requires: "nothing",
        ends: "feature off",
      },
    ],
    note: "only for arm and arm64",
  },
  {
    library: "musl dlopen",
    need: "ordering",
    source: "musl src/linux/membarrier.c",
    detection: "calls without registering first; any error leads to the next rung",
    rungs: [
      membarrier,
      { name: "every thread by signal", technique: "signal", requires: "nothing" },
    ],
    note: "the first EPERM that strace shows is normal",
  },
];

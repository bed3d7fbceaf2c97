/**
 * Flavours of userspace RCU as data: what the reader and the writer do for the fence between them.
 *
 * The core's table (ffi/core/rcu/grace.c) holds the same identifiers in the same order; a test
 * compares them.
 */

/** One flavour. */
export interface Flavour {
  readonly id: string;
  /** The technique that is the writer's heavy fence. */
  readonly technique: string;
  /** What a reader executes at each end of a section. */
  readonly reader: string;
  /** Whether its order is documented, so that a stale reader is a defect of the host. */
  readonly promised: boolean;
}

const barrier = "compiler barriers";

/** All flavours, in the order in which they are run and shown. */
export const flavours = [
  { id: "mb", technique: "fence", reader: "full fences", promised: true },
  { id: "mb-mfence", technique: "fence", reader: "full fences, MFENCE each", promised: true },
  { id: "signal", technique: "signal", reader: barrier, promised: true },
  {
    id: "membarrier",
    technique: "membarrier-private-expedited",
    reader: barrier,
    promised: true,
  },
  {
    id: "membarrier-dyncheck",
    technique: "membarrier-private-expedited",
    reader: "a test in each section, then compiler barriers",
    promised: true,
  },
  { id: "membarrier-global", technique: "membarrier-global", reader: barrier, promised: true },
  { id: "mprotect", technique: "mprotect", reader: barrier, promised: false },
  { id: "munmap", technique: "munmap", reader: barrier, promised: false },
  {
    id: "qsbr",
    technique: "fence",
    reader: "nothing; a quiescent state now and then",
    promised: true,
  },
] as const satisfies readonly Flavour[];

/** The identifier of a flavour. */
export type FlavourId = typeof flavours[number]["id"];

/** All identifiers, in the order of {@linkcode flavours}. */
export const flavourIds: readonly FlavourId[] = flavours.map(({ id }) => id);

/** The flavour of that name. */
export function flavourOf(id: FlavourId): Flavour {
  return flavours.find((flavour) => flavour.id === id)!;
}

/**
 * What the core reports about a host: files of /proc and /sys as text, and a few numbers.
 *
 * Everything else in this folder is a pure function of these facts, so that a fixture recorded on
 * one machine tests the code on every other.
 *
 * @module
 */
import { z } from "zod";
import { parseReply } from "../format/reply.ts";

const CpuNumbers = z.array(z.int().nonnegative());

/** The form of the core's `environment` reply. */
export const HostFactsSchema = z.object({
  uname: z.object({
    sysname: z.string(),
    release: z.string(),
    version: z.string(),
    machine: z.string(),
    nodename: z.string(),
  }),
  /** What runs this program, as far as it can see; see translator.ts. */
  program: z.object({
    /** What it was compiled for. */
    arch: z.string(),
    /** Where it lies, as the process is told, and what the kernel runs in its place. */
    path: z.string().nullable(),
    runBy: z.string().nullable(),
    /** `e_machine` of the latter. */
    runByMachine: z.int().nonnegative().nullable(),
    auxvFits: z.boolean().nullable(),
    /** Empty but on x86-64. */
    cpuidBrand: z.string(),
    cpuidHypervisor: z.string(),
    /** System calls that answer ENOSYS, of those that translators are known to lack. */
    lacks: z.array(z.string()),
  }),
  uid: z.int().nonnegative(),
  /** Effective capabilities, hexadecimal as in /proc/self/status; empty where that is hidden. */
  capEff: z.string().regex(/^[0-9a-fA-F]{0,16}$/, "Not a hexadecimal capability set"),
  /** Bytes. */
  pageSize: z.int().positive(),
  /** Empty where /sys is hidden, as in some sandboxes. */
  online: CpuNumbers,
  possible: CpuNumbers,
  /** The affinity mask the core was started with. */
  allowed: CpuNumbers.min(1),
  /** Soft limits; null is unlimited. memlock is in bytes, the others are RLIMIT values. */
  limits: z.object({
    memlock: z.number().nonnegative().nullable(),
    rtprio: z.number().nonnegative().nullable(),
    nice: z.number().nonnegative().nullable(),
  }),
  /** Whole text of each file that could be read, by absolute path. */
  files: z.record(z.string(), z.string()),
  /** Name of the errno for each file that could not be read, by absolute path. */
  errors: z.record(z.string(), z.string()),
  /** The clock that times samples: cost of one read and smallest step seen, both in nanoseconds. */
  clock: z.object({
    source: z.string(),
    readNs: z.number().nonnegative(),
    stepNs: z.number().nonnegative(),
  }),
});

/** What the core reports about a host; `online` and `possible` hold one CPU at least. */
export type HostFacts = z.infer<typeof HostFactsSchema>;

/**
 * Checks an `environment` reply of the core.
 *
 * Where the host hides its CPU lists, the CPUs the core may run on stand in for them.
 *
 * @param json The reply: JSON text, or the value parsed from it.
 * @param where Which host answered, for messages.
 * @throws {ReplyFormatError} If the reply is not JSON or lacks a fact.
 */
export function parseHostFacts(json: unknown, where: string): HostFacts {
  const facts = parseReply(HostFactsSchema, json, "host facts", where);
  const online = facts.online.length > 0 ? facts.online : facts.allowed;
  return { ...facts, online, possible: facts.possible.length > 0 ? facts.possible : online };
}

/**
 * The text of one file of the host, without white space around it.
 *
 * @returns null if the file could not be read or is empty.
 */
export function fileText(facts: HostFacts, path: string): string | null {
  // Device-tree strings end in NUL.
  const text = facts.files[path]?.replaceAll("\0", " ").trim();
  return text === undefined || text === "" ? null : text;
}

/**
 * The whole number a file of the host holds.
 *
 * @returns null if the file could not be read or holds something else ("max", a word, nothing).
 */
export function fileNumber(facts: HostFacts, path: string): number | null {
  const text = fileText(facts, path);
  return text !== null && /^-?\d+$/.test(text) ? Number(text) : null;
}

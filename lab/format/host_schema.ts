/** What a run says of its host, and its warnings. */

import { z } from "zod";
import type { Known } from "./known.ts";

const guestSchema = z.looseObject({
  qemu: z.string().min(1).describe("QEMU's version"),
  accelerator: z.enum(["tcg", "kvm"]),
  machine: z.string().min(1),
  cpuModel: z.string().min(1),
  memoryMb: z.int().positive(),
  hostCpus: z.array(z.int().nonnegative()).describe(
    "CPU of the lab's machine for each of the guest's",
  ),
  restored: z.boolean().describe("continued from a saved state: same address layout each time"),
  tries: z.int().positive().describe("starts until one succeeded"),
  kernelPackage: z.string().nullable().describe("null: a kernel given by path"),
  kernelProblem: z.string().nullable().optional().describe(
    "why that may not be the newest kernel, all that was tried; null: nothing says so",
  ),
  kernelSha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** The host of a run. */
export const hostSchema = z.looseObject({
  name: z.string().min(1),
  via: z.enum(["local", "qemu", "command"]).describe("how the host was reached"),
  transport: z.enum(["ffi", "agent"]),
  arch: z.enum(["x86_64", "aarch64", "ppc64le"]),
  kernel: z.string().min(1),
  cpus: z.int().positive().describe("CPUs online"),
  pageSize: z.int().positive().describe("bytes"),
  emulated: z.boolean().describe("true: semantics count, times mean nothing"),
  hypervisor: z.string().nullable(),
  translator: z.looseObject({
    name: z.string().min(1).describe("qemu-user, Rosetta, box64, FEX, or that it does not say"),
    machine: z.enum(["x86_64", "aarch64", "ppc64le"]).nullable()
      .describe("architecture of the machine below; null: not known"),
  }).nullable().exactOptional().describe(
    "program that turns the core's code into that of the machine below: interrupts and return " +
      "codes are that machine's, times and orders the translator's; null: none was seen",
  ),
  guest: guestSchema.nullable().optional().describe("how the lab started it; null: it did not"),
});

/** A warning of run.json. */
export const warningSchema = z.looseObject({
  code: z.string().regex(/^W\d{3}$/, "expected a code such as W012"),
  message: z.string(),
  remedy: z.string(),
  invalidates: z.boolean().describe("true: results of this run must not be quoted"),
});

/** The host of a run; `pageSize` in bytes. */
export type Host = Known<z.infer<typeof hostSchema>>;

/** How the lab started an emulated host. */
export type Guest = Known<z.infer<typeof guestSchema>>;

/** A reason to doubt or to discard results, with a fixed code and what to do about it. */
export type Warning = Known<z.infer<typeof warningSchema>>;

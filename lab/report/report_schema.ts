/** `fencelab.report/1`: what a report says, for other programs. */

import { z } from "zod";
import { hostSchema as hostOfRun } from "../format/host_schema.ts";
import type { Known } from "../format/known.ts";
import { VERDICTS } from "../format/verdict.ts";

/** Name of the format. */
export const REPORT_SCHEMA = "fencelab.report/1";

const nanoseconds = z.number().nonnegative().nullable();
const perOperation = z.number().nonnegative().nullable();
const host = z.string().min(1).describe("a label of `hosts`");

const runSchema = z.looseObject({
  id: z.string().min(1),
  startedAt: z.iso.datetime(),
  seconds: z.number().nonnegative(),
  seed: z.int().nonnegative().optional().describe("of older reports; it meant nothing"),
  command: z.string().describe("repeats the run"),
  fencelab: z.looseObject({ version: z.string(), build: z.string() }),
  experiments: z.array(z.string()),
  shown: z.int().nonnegative().describe("results of it in this report; newer runs have the others"),
  warnings: z.array(z.looseObject({
    code: z.string(),
    message: z.string(),
    remedy: z.string(),
    invalidates: z.boolean(),
  })),
});

const hostSchema = z.looseObject({
  label: z.string().min(1).describe("unique in the report"),
  name: z.string().min(1),
  arch: z.string(),
  kernel: z.string(),
  cpus: z.int().positive(),
  emulated: z.boolean().describe("true: semantics count, times mean nothing"),
  hypervisor: z.string().nullable(),
  translator: hostOfRun.shape.translator,
  runs: z.array(runSchema).describe("newest first"),
});

/** A report in JSON; its parts stand in other documents, too. */
export const reportSchema = z.looseObject({
  schema: z.literal(REPORT_SCHEMA),
  madeAt: z.iso.datetime(),
  fencelab: z.looseObject({ version: z.string() }),
  hosts: z.array(hostSchema),
  unread: z.array(z.looseObject({
    path: z.string(),
    kind: z.enum(["damaged", "newer"]),
    problem: z.string(),
  })).describe("runs that were left out, with the reason"),
  matrix: z.array(z.looseObject({
    technique: z.string(),
    cells: z.array(z.looseObject({
      host,
      available: z.boolean().nullable().describe("null: not tried, or failed"),
      failed: z.string().nullable().exactOptional().describe("what went wrong; null: nothing"),
      interruptsPerOp: perOperation,
      promised: z.string(),
      verdict: z.string().nullable(),
      p50Ns: nanoseconds.describe("median cost of the caller beside a running sibling"),
      siblingNs: nanoseconds.describe("median time that the interrupt takes from the sibling"),
      emulated: z.boolean(),
    })),
  })),
  verdicts: z.array(z.looseObject({
    host,
    run: z.string(),
    experiment: z.string(),
    technique: z.string(),
    context: z.string(),
    expected: z.enum(["ordered", "not-ordered"]).nullable(),
    verdict: z.enum(VERDICTS),
    why: z.string(),
  })),
  ladders: z.array(z.looseObject({
    host,
    library: z.string(),
    situation: z.string(),
    rung: z.string(),
    technique: z.string().nullable(),
    soundness: z.string(),
    why: z.string(),
    costNs: nanoseconds,
    interruptsPerOp: perOperation,
  })),
  advice: z.array(z.looseObject({
    need: z.string(),
    title: z.string(),
    rungs: z.array(z.looseObject({
      technique: z.string(),
      why: z.string(),
      costs: z.array(z.looseObject({
        host,
        ns: nanoseconds,
        available: z.boolean().nullable(),
        failed: z.string().nullable().exactOptional(),
        emulated: z.boolean(),
      })),
    })),
    bottom: z.string(),
  })),
  measurements: z.array(z.looseObject({
    run: z.string(),
    host,
    experiment: z.string(),
    technique: z.string(),
    metric: z.string(),
    value: z.union([z.number(), z.string(), z.boolean()]),
    unit: z.string(),
    context: z.string(),
    emulated: z.boolean(),
  })),
}).meta({ title: "fencelab report", description: "What `lab report` says of some runs" });

/** The content of a report in JSON. */
export type ReportJson = Known<z.infer<typeof reportSchema>>;

/** Reads a report in JSON. @throws {z.ZodError} If it is none. */
export function parseReport(text: string): ReportJson {
  return reportSchema.parse(JSON.parse(text));
}

/** The JSON Schema of a report (draft 2020-12), for other tools. */
export function reportJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(reportSchema, { io: "input" }) };
}

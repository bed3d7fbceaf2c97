/** `hosts.json`: machines that are reached by a command, as their owner describes them. */

import { z } from "zod";

import { normaliseArch } from "../../environment/arch.ts";
import { tryCpuList } from "../../text/cpu_list.ts";
import { printable } from "../../text/printable.ts";
import { nearest } from "../../text/nearest.ts";
import { isGuestName } from "../guest/guest_name.ts";
import { HostError } from "../../format/host_error.ts";

/** Name of the format. */
export const HOSTS_SCHEMA = "fencelab.hosts/1";

const cpuList = z.string().refine((text) => (tryCpuList(text)?.length ?? 0) > 0, {
  error: "expected CPUs as in '1-3,5'",
});

const seconds = z.number().min(1).max(86_400);

const machineSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,47}$/, {
    error: "expected letters, digits, '.', '_' and '-', at most 48",
  }).describe("what --host calls it"),
  command: z.array(
    z.string().min(1).refine((word) => !word.includes("\0"), {
      error: "holds a NUL character",
    }),
  ).min(1).describe("program and arguments that run a shell there: 'sh' is put after them"),
  labels: z.record(z.string().min(1), z.string()).optional().describe("for its owner's use"),
  cpus: cpuList.optional().describe("CPUs there that plans may use; all by default"),
  housekeeping: cpuList.optional().describe("CPUs there for everything but measuring"),
  arch: z.string().refine((text) => normaliseArch(text) !== null, {
    error: "expected x86_64, aarch64 or ppc64le, or another name of one of them",
  }).optional().describe("architecture; asked by default"),
  machine: z.string().min(1).max(200).optional().describe(
    "hosts of one machine do not run at once if they share CPUs; 'this machine' is the lab's own",
  ),
  agentDir: z.string().regex(/^\/[^\p{Cc}]*$/u, {
    error: "expected an absolute path",
  }).optional().describe("folder there that keeps agents; ~/.cache/fencelab by default"),
  connectSeconds: seconds.default(60).describe("how long the command may take to reach it"),
  silenceSeconds: seconds.max(3600).default(15).describe(
    "after how long a silence either side takes the other for lost",
  ),
}).refine(({ command }) => !command[0]?.includes("/") || command[0].startsWith("/"), {
  path: ["command", 0],
  error: "expected the name of a program or an absolute path",
}).refine(({ cpus, housekeeping }) => !overlap(cpus, housekeeping), {
  path: ["housekeeping"],
  error: "expected other CPUs than those of cpus",
});

const hostsFileSchema = z.strictObject({
  schema: z.literal(HOSTS_SCHEMA),
  hosts: z.array(machineSchema),
});

/** One machine of a hosts file. */
export type MachineEntry = z.infer<typeof machineSchema>;

function overlap(a: string | undefined, b: string | undefined): boolean {
  const cpus = tryCpuList(a) ?? [];
  return (tryCpuList(b) ?? []).some((cpu) => cpus.includes(cpu));
}

/**
 * Reads machines from the text of a hosts file.
 *
 * @param where The file's name, for messages.
 * @throws {HostError} Naming file, place, cause and remedy.
 */
export function parseHostsFile(text: string, where: string): MachineEntry[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw problem(where, null, `it is not JSON (${why})`, "correct it", cause);
  }
  const parsed = hostsFileSchema.safeParse(json);
  if (!parsed.success) throw problemOf(where, parsed.error);
  const names = new Set<string>();
  for (const [place, { name }] of parsed.data.hosts.entries()) {
    const at = `hosts[${place}].name`;
    if (name === "local" || isGuestName(name)) {
      throw problem(where, at, `'${name}' is the name of a built-in host`, "choose another name");
    }
    if (names.has(name)) {
      throw problem(where, at, `'${name}' is named twice`, "give each host a name of its own");
    }
    names.add(name);
  }
  return parsed.data.hosts;
}

/** The JSON Schema of `hosts.json` (draft 2020-12), for editors and other tools. */
export function hostsJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(hostsFileSchema, { io: "input" }) };
}

const LOOK =
  "compare it with the example in web/guide/hosts.md, or with 'deno task lab hosts schema'";

/** Keys that are known at a place, by whether it is within a host. */
const KEYS = {
  file: Object.keys(hostsFileSchema.shape),
  host: Object.keys(machineSchema.shape),
} as const;

function problemOf(where: string, error: z.ZodError): HostError {
  const issue = error.issues[0];
  const at = issue && issue.path.length > 0 ? pathText(issue.path) : null;
  if (issue?.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const near = nearest(key, issue.path.length > 0 ? KEYS.host : KEYS.file, 1)[0]!;
    return problem(where, at, `the key '${key}' is not known`, `did you mean '${near}'?`, error);
  }
  return problem(where, at, issue?.message ?? "it is no hosts file", LOOK, error);
}

function problem(
  where: string,
  at: string | null,
  why: string,
  remedy: string,
  cause?: unknown,
): HostError {
  const place = at === null ? "" : `at ${at}: `;
  return new HostError(
    printable(`Cannot read the hosts file '${where}': ${place}${why}. Remedy: ${remedy}`),
    { cause },
  );
}

/** `hosts[1].command[0]` */
function pathText(path: readonly PropertyKey[]): string {
  return path.map((key) => typeof key === "number" ? `[${key}]` : `.${String(key)}`).join("")
    .replace(/^\./, "");
}

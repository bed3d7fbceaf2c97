/** Stores of runs for the tests of reports. */

import { formatRun, type Run } from "../../lab/experiments/run/run_schema.ts";
import { emulatedArm64, fullRun, hostOf } from "../../lab/report/testdata/runs.ts";

/** A store in a directory of its own, removed at the end. */
export class ReportPlace implements Disposable {
  readonly path: string = Deno.makeTempDirSync({ prefix: "fencelab-report-" });
  readonly store: string = `${this.path}/runs`;

  constructor() {
    Deno.mkdirSync(this.store);
  }

  /** Writes a run as it is, without the checks of saving. @returns Its directory. */
  put(run: Run): string {
    const directory = `${this.store}/${run.id}`;
    Deno.mkdirSync(directory);
    Deno.writeTextFileSync(`${directory}/run.json`, formatRun(run));
    return directory;
  }

  /** The path of a file beside the store. */
  file(name: string): string {
    return `${this.path}/${name}`;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** A run on each kind of host. */
export function crossArchitecture(): Run[] {
  return [
    fullRun({ id: "20261121T010000Z-local-0001", startedAt: "2026-11-21T01:00:00Z" }),
    fullRun({
      id: "20261121T020000Z-qemu-arm64-0002",
      startedAt: "2026-11-21T02:00:00Z",
      host: emulatedArm64,
    }),
    fullRun({
      id: "20261121T030000Z-qemu-ppc64le-0003",
      startedAt: "2026-11-21T03:00:00Z",
      host: { ...emulatedArm64, name: "qemu-ppc64le", arch: "ppc64le" },
    }),
  ];
}

/** What a name must not do to a report. */
export const HOSTILE = [
  "<script>globalThis.pwned = 1</script>",
  '"><img src=x onerror="globalThis.pwned = 1">',
  "</script><script>globalThis.pwned = 1</script>",
  "[link](javascript:globalThis.pwned=1) `code` | cell",
  "\u202egnp.exe\u2066 hidden\u200b",
  '=HYPERLINK("http://example.org")',
  "x".repeat(5000),
  "]]> <!-- --> & &amp; \u0000 \ud800",
] as const;

/** Runs whose every text is hostile. */
export function hostileRuns(): Run[] {
  return HOSTILE.map((text, at): Run => {
    const second = String(at).padStart(2, "0");
    const run = fullRun({
      id: `20261121T0400${second}Z-evil-00${second}`,
      startedAt: `2026-11-21T04:00:${second}Z`,
      command: text,
      host: hostOf({ name: text, kernel: text, hypervisor: text }),
      warnings: [{ code: "W001", message: text, remedy: text, invalidates: true }],
      environment: { cpu: { model: text }, kernel: { cmdline: text } },
      fencelab: { version: text, build: text },
    });
    return { ...run, results: run.results.map((result) => hostile(result, text)) };
  });
}

/** A result in which texts that come from the host are replaced. */
function hostile(result: Run["results"][number], text: string): Run["results"][number] {
  switch (result.experiment) {
    case "conformance":
      return {
        ...result,
        cases: result.cases.map((one) => ({ ...one, name: text, note: text, pass: false })),
      };
    case "cost":
      return result.available ? result : { ...result, technique: text, reason: text, errno: text };
    case "ordering":
      return { ...result, arrangement: text, why: text, observation: text };
    case "rseq":
      return { ...result, technique: text, why: text, holds: text };
    case "core-sync":
    case "disturbance":
      return { ...result, technique: text, why: text };
    case "shapes":
      return { ...result, shapes: result.shapes.map((one) => ({ ...one, shape: text })) };
    case "rcu":
      return result.mode === "torture"
        ? { ...result, verdict: "no-stale-readers", holds: text }
        : { ...result, available: false, reason: text };
    case "capture":
      return {
        ...result,
        techniques: result.techniques.map((one) => ({
          ...one,
          technique: text,
          functions: [text],
        })),
      };
    default: // an experiment without texts of the host
      return result;
  }
}

import { assert, assertEquals, assertStringIncludes } from "@std/assert";

import { RequestError } from "../ffi/session.ts";
import { parseRun, type Run } from "../lab/run_schema.ts";
import type { CapturedTechnique, CaptureResult } from "../lab/schema/capture_schema.ts";
import { build, testBothDoors } from "./doors.ts";
import { lab } from "./lab_process.ts";
import { cpus, isRoot, needs } from "./needs.ts";

const instances = "/sys/kernel/tracing/instances";

/** Instances of the lab; empty where tracefs is not mounted, since then nobody sees them. */
function ownInstances(): string[] {
  try {
    return [...Deno.readDirSync(instances)].map(({ name }) => name)
      .filter((name) => /^fencelab-\d+-\d+$/.test(name));
  } catch {
    return [];
  }
}

const tracing = {
  root: isRoot,
  "two CPUs": cpus >= 2,
  "x86-64": build.arch === "x86_64",
};

async function captureRun(store: string, ...args: string[]): Promise<{ run: Run; stderr: string }> {
  const { code, stdout, stderr } = await lab([
    ...["run", "--experiment", "capture", "--json", "--out", store],
    ...args,
  ]);
  assertEquals(code, 0, stderr);
  return { run: parseRun(stdout, "stdout"), stderr };
}

function captureOf(run: Run): CaptureResult {
  for (const result of run.results) if (result.experiment === "capture") return result;
  throw new Error("the run holds no capture");
}

/** Interrupts per operation on x86-64 with one sibling; the trace and perf must both say so. */
const expected: Readonly<Record<string, number>> = {
  "membarrier-private-expedited": 1,
  munmap: 1,
  mprotect: 2,
  getppid: 0,
  "mprotect-untouched": 0,
};

Deno.test({
  ...needs(
    "a captured run shows whom each technique interrupted, and its trace says the same",
    tracing,
  ),
  async fn(): Promise<void> {
    const store = await Deno.makeTempDir();
    try {
      const techniques = Object.keys(expected).flatMap((id) => ["--technique", id]);
      const raw = `${store}/raw`;
      const { run } = await captureRun(store, ...techniques, "--raw", raw);
      const capture = captureOf(run);
      assertEquals([capture.available, capture.ladder, capture.lost], [true, "csd", 0]);
      assert(capture.matched >= 0.999 * capture.sends, `${capture.matched} of ${capture.sends}`);
      for (const [id, value] of Object.entries(expected)) {
        const row = capture.techniques.find(({ technique }) => technique === id)!;
        assertEquals([row.available, row.ops], [true, 1000], id);
        checkInterrupts(row, value);
      }
      const membarrier = capture.techniques[0]!;
      assertEquals([membarrier.targets, membarrier.functions.includes("ipi_mb")], [[1], true]);
      const munmap = capture.techniques[1]!;
      assert(munmap.functions.includes("flush_tlb_func"), munmap.functions.join());

      const sql = "SELECT count(*) AS n FROM slice WHERE category = 'fencelab.op'";
      const query = await lab(["query", run.id, sql, "--json", "--out", store]);
      assertEquals([query.code, JSON.parse(query.stdout)], [0, [{ n: 5000 }]], query.stderr);
      const shown = await lab(["show", run.id, "--out", store]);
      assertStringIncludes(shown.stdout, "What the kernel did (capture)");

      // What was kept beside the run converts to the same trace again
      const output = `${store}/again.pftrace`;
      const converted = await lab(["convert", raw, "--output", output, "--json"]);
      assertEquals(converted.code, 0, converted.stderr);
      assertEquals(JSON.parse(converted.stdout).events, capture.events);
      assertEquals(
        Deno.readFileSync(output),
        Deno.readFileSync(`${store}/${run.id}/capture.pftrace`),
      );
      assertEquals(ownInstances(), []);
    } finally {
      await Deno.remove(store, { recursive: true });
    }
  },
});

function checkInterrupts(row: CapturedTechnique, value: number): void {
  const tolerance = 0.05;
  for (const count of [row.ipisPerOp, row.countedPerOp?.perf ?? null]) {
    assert(count !== null && Math.abs(count - value) <= tolerance, `${row.technique}: ${count}`);
  }
  assertEquals(row.sendToEntryNs === null, value === 0, row.technique);
}

Deno.test({
  ...needs("a capture stops at the first operation above the threshold and keeps it", tracing),
  async fn(): Promise<void> {
    const store = await Deno.makeTempDir();
    try {
      const { run } = await captureRun(store, "--technique", "munmap", "--stop-above", "1us");
      const capture = captureOf(run);
      assertEquals(capture.stoppedBy?.technique, "munmap");
      assert(capture.stoppedBy!.ns > 1000);
      assertEquals(capture.techniques[0]!.ops, 1, "any munmap takes longer than 1 us");
      const files = [...Deno.readDirSync(store)].map(({ name }) => name);
      assertEquals(files.filter((name) => name.startsWith(".scratch")), []);
    } finally {
      await Deno.remove(store, { recursive: true });
    }
  },
});

Deno.test({
  ...needs("without tracefs a run completes and says why it has no trace", {
    root: isRoot,
    "two CPUs": cpus >= 2,
  }),
  async fn(): Promise<void> {
    const { openCommandChannel } = await import("../lab/hosts/command_channel.ts");
    const { Session } = await import("../ffi/session.ts");
    // Without capabilities tracefs can neither be read nor mounted
    const command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    await using session = await Session.open(
      openCommandChannel("an agent without rights", [...command, build.agent]),
    );
    const [reply] = await session.request(
      "capture",
      { techniques: "munmap", "sibling-cpus": [1] },
      {
        onFile: () => {
          throw new Error("no file may come");
        },
      },
    );
    assertEquals(reply!.result["available"], false);
    assertStringIncludes(reply!.result["reason"], "tracefs");
  },
});

testBothDoors("a capture that is cancelled leaves no tracefs instance", async (session) => {
  if (!isRoot || cpus < 2) return;
  const abort = new AbortController();
  const running = session.request("capture", {
    techniques: "getppid",
    "sibling-cpus": [1],
    ops: 10_000_000,
    "budget-ms": 60_000,
  }, { signal: abort.signal, onFile: () => {} });
  const seen = new Promise<void>((resolve, reject) => {
    const end = setTimeout(() => reject(new Error("no instance in 10 s")), 10_000);
    const timer = setInterval(() => {
      if (ownInstances().length === 0) return;
      clearInterval(timer);
      clearTimeout(end);
      resolve();
    }, 20);
  });
  running.catch(() => {}); // awaited below
  await seen;
  abort.abort();
  try {
    await running;
    throw new Error("it was not cancelled");
  } catch (error) {
    assert(error instanceof DOMException, String(error));
  }
  assertEquals(ownInstances(), []);
});

testBothDoors("bad capture requests are refused", async (session) => {
  const bad: [Record<string, string>, string][] = [
    [{ "sibling-cpus": "1" }, "techniques names none"],
    [{ techniques: "nope", "sibling-cpus": "1" }, "'nope'"],
    [{ techniques: "none" }, "sibling-cpus names no CPU"],
    [{ techniques: "none", "sibling-cpus": "0", "caller-cpu": "0" }, "CPU 0"],
    [{ techniques: "none", "sibling-cpus": "1", "buffer-kb": "1" }, "buffer-kb=1"],
  ];
  for (const [parameters, reason] of bad) {
    try {
      await session.request("capture", parameters, { onFile: () => {} });
      throw new Error(`${JSON.stringify(parameters)} was accepted`);
    } catch (error) {
      assert(error instanceof RequestError && error.message.includes(reason), String(error));
    }
  }
});

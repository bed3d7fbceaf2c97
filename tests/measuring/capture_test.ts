import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";

import { RequestError, Session } from "../../ffi/session.ts";
import { openCommandChannel } from "../../lab/hosts/command_channel.ts";
import { parseRun, type Run } from "../../lab/experiments/run/run_schema.ts";
import type {
  CapturedTechnique,
  CaptureResult,
} from "../../lab/experiments/capture/capture_schema.ts";
import { build, type Door, doors, testBothDoors } from "../fixtures/doors.ts";
import { lab, labCommand } from "../fixtures/lab_process.ts";
import { cpus, isRoot, needs } from "../fixtures/needs.ts";
import { alive, familyOf, until } from "../fixtures/processes.ts";
import { noInstancesOf, orphanedInstances } from "../fixtures/tracing_instances.ts";

const instances = "/sys/kernel/tracing/instances";

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

const tracing = {
  root: isRoot,
  "two CPUs": cpus >= 2,
  "x86-64": build.arch === "x86_64",
  "tracefs mounted": isDirectory(instances),
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

      // What was kept beside the run converts to the same trace and index again
      const output = `${store}/again.pftrace`;
      const converted = await lab(["convert", raw, "--output", output, "--json"]);
      assertEquals(converted.code, 0, converted.stderr);
      assertEquals(JSON.parse(converted.stdout).events, capture.events);
      assertEquals(
        Deno.readFileSync(output),
        Deno.readFileSync(`${store}/${run.id}/capture.pftrace`),
      );
      assertEquals(
        Deno.readFileSync(`${store}/again.pfindex`),
        Deno.readFileSync(`${store}/${run.id}/capture.pfindex`),
      );
      assertEquals(orphanedInstances(), []);
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

Deno.test({
  ...needs("a disk that fills up costs the trace, not the run", tracing),
  async fn(): Promise<void> {
    const store = await Deno.makeTempDir();
    const mount = (...args: string[]): Promise<Deno.CommandOutput> =>
      new Deno.Command(args[0]!, { args: args.slice(1) }).output();
    await mount("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", store);
    try {
      const args = ["--experiment", "conformance", "--technique", "munmap"];
      const { run } = await captureRun(store, ...args);
      assertEquals(run.results.map(({ experiment }) => experiment), ["capture", "conformance"]);
      const capture = captureOf(run);
      assertEquals([capture.available, capture.errno, capture.trace], [false, "ENOSPC", null]);
      assertStringIncludes(capture.reason!, "Remedy");
      assert(run.warnings.some(({ code }) => code === "W039"));
      const left = [...Deno.readDirSync(store)].map(({ name }) => name);
      assertEquals(left.filter((name) => !name.startsWith(".index")), [run.id]);
      assertEquals(orphanedInstances(), []);
    } finally {
      await mount("umount", "--lazy", store);
      await Deno.remove(store, { recursive: true });
    }
  },
});

Deno.test({
  ...needs(
    "SIGKILL of the lab in the middle of a capture leaves no instance and no process",
    tracing,
  ),
  async fn(): Promise<void> {
    const store = await Deno.makeTempDir();
    try {
      const child = labCommand([
        ...["run", "--experiment", "capture", "--technique", "getppid", "--out", store],
        ...["--seconds", "60", "--stop-above", "10s"],
      ]).spawn();
      await until("there is an instance", () => !noInstancesOf(familyOf(child.pid)));
      const family = familyOf(child.pid);
      const controller = family.find(({ name, parent }) =>
        parent === child.pid && name.startsWith("deno")
      );
      Deno.kill(controller!.pid, "SIGKILL");
      await Promise.all([child.stdout.cancel(), child.stderr.cancel(), child.status]);
      await until("every process is gone", () => !family.some(alive));
      await until("the instance is gone", () => orphanedInstances().length === 0);
      const runs = [...Deno.readDirSync(store)].filter(({ name }) => !name.startsWith("."));
      assertEquals(runs, []);
    } finally {
      await Deno.remove(store, { recursive: true });
    }
  },
});

for (const door of Object.keys(doors) as Door[]) {
  Deno.test({
    ...needs(`a capture that is cancelled leaves no tracefs instance (${door})`, tracing),
    async fn(): Promise<void> {
      await using session = await Session.open(doors[door]());
      const abort = new AbortController();
      const running = session.request("capture", {
        techniques: "getppid",
        "sibling-cpus": [1],
        ops: 10_000_000,
        "budget-ms": 60_000,
      }, { signal: abort.signal, onFile: () => {} });
      const ended = assertRejects(() => running, DOMException);
      await until("there is an instance", () => !noInstancesOf(familyOf(Deno.pid)));
      abort.abort();
      await ended;
      assertEquals(orphanedInstances(), []);
    },
  });
}

Deno.test({
  ...needs("an instance whose owner was killed is removed by the next capture", tracing),
  async fn(): Promise<void> {
    // A process id that cannot be: the owner is dead
    Deno.mkdirSync(`${instances}/fencelab-4194305-1`);
    Deno.mkdirSync(`${instances}/fencelab-notes`);
    try {
      await using session = await Session.open(doors.agent());
      const request = { techniques: "none", "sibling-cpus": [1], ops: 1 };
      await session.request("capture", request, { onFile: () => {} });
      assertEquals(orphanedInstances(), []);
      assert(isDirectory(`${instances}/fencelab-notes`), "not one of the lab's own");
    } finally {
      Deno.removeSync(`${instances}/fencelab-notes`);
    }
  },
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

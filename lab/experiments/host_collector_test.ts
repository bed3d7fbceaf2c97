import { assertEquals } from "@std/assert";
import type { Run } from "./run/run_schema.ts";
import { sampleCapture, sampleCaptured, sampleCost } from "../testdata/sample_run.ts";
import { HostCollector } from "./host_collector.ts";
import { clip, type HostView } from "./run/host_view.ts";
import { emulatedArm64, fullRun, hostOf } from "../report/testdata/runs.ts";

function views(...runs: Run[]): HostView[] {
  const collector = new HostCollector();
  for (const run of runs) collector.add(run);
  return collector.views();
}

const old: Partial<Run> = { id: "20261120T010000Z-local-0001", startedAt: "2026-11-20T01:00:00Z" };
const late: Partial<Run> = { id: "20261121T010000Z-local-0002", startedAt: "2026-11-21T01:00:00Z" };

Deno.test("HostCollector completes the newest run from older ones of the same host", () => {
  const older = fullRun({
    ...old,
    results: [sampleCost({ seconds: 1 }), sampleCost({ technique: "munmap" })],
  });
  const newer = fullRun({ ...late, results: [sampleCost({ seconds: 2 })] });
  for (const order of [[older, newer], [newer, older]]) {
    const [host, ...others] = views(...order);
    assertEquals(others, []);
    assertEquals(
      host!.run.results.map((one) => one.experiment === "cost" && [one.technique, one.seconds]),
      [["mprotect", 2], ["munmap", 0.3]],
    );
    assertEquals(host!.runs.map(({ id, shown }) => [id, shown]), [[newer.id, 1], [older.id, 1]]);
    assertEquals([...host!.origin.values()], [newer.id, older.id]);
  }
});

Deno.test("HostCollector keeps apart what is not the same place of measuring", () => {
  const one = sampleCost();
  const other = sampleCost({ siblings: 2 });
  const [host] = views(
    fullRun({ ...late, results: [one] }),
    fullRun({ ...old, results: [other] }),
  );
  assertEquals(host!.run.results, [one, other]);
});

Deno.test("HostCollector keeps two results of one run that have the same subject", () => {
  const [host] = views(fullRun({ ...late, results: [sampleCost(), sampleCost({ seconds: 9 })] }));
  assertEquals(host!.run.results.length, 2);
});

Deno.test("HostCollector takes from older captures the techniques that newer ones lack", () => {
  const captured = ["munmap", "mprotect"].map((technique) => sampleCaptured({ technique }));
  const [host] = views(
    fullRun({ ...old, results: [sampleCapture({ techniques: captured })] }),
    fullRun({ ...late, results: [sampleCapture({ techniques: [captured[0]!] })] }),
  );
  const techniques = host!.run.results.map((one) =>
    one.experiment === "capture" && one.techniques.map(({ technique }) => technique)
  );
  assertEquals(techniques, [["munmap"], ["mprotect"]]);
});

Deno.test("HostCollector tells hosts of one name apart, and shows real ones first", () => {
  const hosts = views(
    fullRun({ id: "20261122T010000Z-q-0001", host: emulatedArm64 }),
    fullRun({ ...old, host: hostOf({ kernel: "6.1" }) }),
    fullRun({ ...late, host: hostOf({ kernel: "6.12" }) }),
    fullRun({
      id: "20261119T010000Z-l-0003",
      startedAt: "2026-11-19T01:00:00Z",
      host: hostOf({ kernel: "6.12", cpus: 64 }),
    }),
  );
  assertEquals(hosts.map(({ label }) => label), [
    "local (6.12)",
    "local (6.1)",
    "local (6.12) #2",
    "qemu-arm64",
  ]);
  assertEquals(hosts.map(({ run }) => run.host.name), hosts.map(({ label }) => label));
});

Deno.test("HostCollector mixes no two builds of a kernel, nor two command lines", () => {
  const booted = (id: string, kernel: Record<string, string>): Run =>
    fullRun({ id, environment: { cpu: { model: "AMD EPYC" }, kernel } });
  const hosts = views(
    booted("20261121T010000Z-l-0001", { version: "#1", cmdline: "quiet" }),
    booted("20261121T010000Z-l-0002", { version: "#2", cmdline: "quiet" }),
    booted("20261121T010000Z-l-0003", { version: "#2", cmdline: "quiet nopv" }),
    fullRun({ id: "20261121T010000Z-l-0004", host: hostOf({ arch: "aarch64" }) }),
  );
  assertEquals(hosts.map(({ runs }) => runs.length), [1, 1, 1, 1]);
});

Deno.test("clip() shortens by whole characters", () => {
  assertEquals(clip("😀😀😀", 3), "😀😀😀");
  assertEquals(clip("😀😀😀😀", 3), "😀😀…");
});

import { assert, assertEquals } from "@std/assert";

import type { Kernel } from "../../lab/environment/kernel.ts";
import { wentOn } from "../../lab/experiments/rseq/rseq_verdict.ts";
import { parseRun } from "../../lab/experiments/run/run_schema.ts";
import { guestNeed, GuestPlace } from "./place.ts";
import { lab } from "../fixtures/lab_process.ts";
import { needs } from "../fixtures/needs.ts";

/** Kernels beside the standard ones, and what a run says of them. */
const FLAVOURS = {
  "qemu-arm64@6.12-rt": {
    kernel: "aarch64-6.12-rt",
    says: { pageSize: 4096, preemption: "PREEMPT_RT", realtime: true },
  },
  "qemu-ppc64le@6.12-64k": {
    kernel: "ppc64le-6.12-64k",
    says: { pageSize: 65_536, preemption: null, realtime: false },
  },
} as const;

for (const host of ["qemu-arm64@6.12-rt", "qemu-ppc64le@6.12-64k"] as const) {
  const { kernel, says } = FLAVOURS[host];
  Deno.test({
    ...needs(`${host} boots, and its run says what is special about it`, guestNeed(host)),
    async fn(): Promise<void> {
      using place = new GuestPlace(kernel);
      const { code, stdout, stderr } = await lab(
        [
          ...["run", "--host", host, "--experiment", "conformance", "--experiment", "cost"],
          ...["--technique", "membarrier-private-expedited", "--seconds", "0.1"],
          ...["--out", place.store, "--json"],
        ],
        { env: { XDG_CACHE_HOME: place.home } },
      );
      assertEquals(code, 0, stderr);
      const run = parseRun(stdout.trim(), "stdout");
      const { preemption, realtime } = run.environment["kernel"] as Kernel;
      assertEquals({ pageSize: run.host.pageSize, preemption, realtime }, says);
      for (const result of run.results) {
        if (result.experiment === "conformance") {
          const failed = result.cases.filter((one) => !one.pass && !one.skipped);
          // A defect of Linux that fencelab found; see ffi/core/kit/lazy.c
          assert(failed.every(({ name }) => name.startsWith("GLOBAL_EXPEDITED")), stdout);
        } else if (result.experiment === "cost" && result.siblings === 1) {
          assertEquals(Math.round(result.ipisPerOp?.value ?? NaN), 1);
        }
      }
      const restarting = await lab(
        [
          ...["run", "--host", host, "--experiment", "rseq", "--technique", "membarrier-rseq"],
          ...["--seconds", "0.3", "--out", place.store, "--json"],
        ],
        { env: { XDG_CACHE_HOME: place.home } },
      );
      for (const result of parseRun(restarting.stdout.trim(), "stdout").results) {
        if (result.experiment !== "rseq") continue;
        assert(result.available, result.reason ?? "");
        assertEquals(wentOn(result.called), 0, "a call left a section running");
      }
    },
  });
}

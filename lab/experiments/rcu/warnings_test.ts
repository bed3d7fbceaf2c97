import { sampleRcu } from "../../testdata/sample_rcu.ts";
import { factsOf } from "../../environment/testdata/fixtures.ts";
import { testCases, type WarningCase } from "../../warnings/testdata/warning_cases.ts";

function after(changes: Parameters<typeof sampleRcu>[0]): WarningCase {
  return { facts: factsOf("xeon"), results: [sampleRcu({ mode: "torture", ...changes })] };
}

testCases({
  W047: {
    on: [after({ stale: 1 }), after({ stale: 1, flavour: "qsbr" })],
    off: [
      after({}),
      after({ stale: 9, mutant: true }),
      after({ stale: 1, flavour: "munmap" }),
    ],
  },
  W048: {
    on: [after({ stale: 1, flavour: "mprotect" })],
    off: [after({ flavour: "mprotect" }), after({ stale: 1 })],
  },
});

import { factsOf } from "../../environment/testdata/fixtures.ts";
import { cost, testCases } from "../../warnings/testdata/warning_cases.ts";
import type { CostResult } from "./cost_schema.ts";

function median(p50: number): Pick<CostResult, "ns"> {
  return { ns: { min: p50, p50, p90: p50, p99: p50, p999: p50, max: p50, mean: p50 } };
}

testCases({
  W029: {
    on: [{ facts: factsOf("kvm"), results: [cost({ technique: "getppid", ...median(20) })] }],
    off: [
      { facts: factsOf("kvm"), results: [cost()] },
      { facts: factsOf("kvm"), results: [cost({ ...median(factsOf("kvm").clock.readNs) })] },
      { facts: factsOf("kvm"), results: [cost({ ...median(20), opsPerSample: 100 })] },
      { facts: factsOf("kvm"), results: [cost({ technique: "none", ...median(1) })] },
      { facts: factsOf("kvm"), results: [cost({ count: 0, dropped: 0, ns: null })] },
    ],
  },
  W054: {
    on: [{
      facts: factsOf("kvm"),
      results: [cost({ calls: 1000, failures: [{ answer: "EINTR", count: 1 }] })],
    }],
    off: [
      { facts: factsOf("kvm"), results: [cost({ calls: 1000, failures: [] })] },
      { facts: factsOf("kvm"), results: [cost()] },
    ],
  },
  W038: {
    on: [{ facts: factsOf("kvm"), results: [cost({ count: 700, dropped: 300 })] }],
    off: [
      { facts: factsOf("kvm"), results: [cost({ count: 800, dropped: 200 })] },
      { facts: factsOf("qemuPower"), results: [cost({ count: 700, dropped: 300 })] },
      { facts: factsOf("kvm"), results: [cost({ count: 0, dropped: 0, ns: null })] },
      { facts: factsOf("kvm"), results: [{ experiment: "conformance", cases: [] }] },
    ],
  },
});

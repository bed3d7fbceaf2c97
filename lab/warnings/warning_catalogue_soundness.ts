/**
 * The warnings about what was seen not to order, and about tests that should have seen it.
 *
 * @module
 */
import type { CatalogueEntry } from "./warning_catalogue.ts";

/** Part of the catalogue; see there. */
export const SOUNDNESS_WARNINGS = {
  W042: {
    reason: "no verdict about order can be trusted, since nothing orders more than that",
    remedy: "Report it with the run: the processor, the hypervisor or the lab is at fault",
    invalidates: true,
  },
  W043: {
    reason: "where missing order does not show, its absence says nothing: no technique gets the " +
      "verdict ordered",
    remedy: "Free both CPUs of other work and run again; under emulation this may happen",
    invalidates: false,
  },
  W044: {
    reason: "it is documented to order memory and did not",
    remedy: "Do not rely on it in this situation; private-expedited may do in its place",
    invalidates: false,
  },
  W045: {
    reason: "a technique broken on purpose passed for a sound one, so verdicts may be wrong",
    remedy: "Report it with the run: the test is blind for that mistake here",
    invalidates: true,
  },
  W046: {
    reason: "what is known not to order others looked as if it did",
    remedy: "Look at its interrupts per operation: if there are some, it is no control here",
    invalidates: false,
  },
  W047: {
    reason: "grace periods ended too early although the order of both fences is documented",
    remedy:
      "Report it with the run: the processor, the hypervisor, the kernel or the lab is at fault",
    invalidates: true,
  },
  W048: {
    reason: "it does not order readers here, which no documentation promised",
    remedy: "Do not build RCU on it; membarrier-private-expedited may do in its place",
    invalidates: false,
  },
} as const satisfies Record<string, CatalogueEntry>;

/** All experiments: one line for each. */

export { capture } from "./capture/capture.ts";
export { conformance } from "./conformance/conformance.ts";
export { coreSync } from "./core_sync/core_sync.ts";
export { cost } from "./cost/cost.ts";
export { disturbance } from "./disturbance/disturbance.ts";
export { ordering } from "./ordering/ordering.ts";
export { rcu } from "./rcu/rcu.ts";
export { rseq } from "./rseq/rseq.ts";

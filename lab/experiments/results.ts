/** The results that experiments have in a run, by the schema of each: one line for each. */

export { captureSchema as capture } from "./capture/capture_schema.ts";
export { conformanceSchema as conformance } from "./conformance/conformance_schema.ts";
export { coreSyncSchema as coreSync } from "./core_sync/core_sync_schema.ts";
export { costSchema as cost } from "./cost/cost_schema.ts";
export { disturbanceSchema as disturbance } from "./disturbance/disturbance_schema.ts";
export { orderingSchema as ordering } from "./ordering/ordering_schema.ts";
export { rcuSchema as rcu } from "./rcu/rcu_schema.ts";
export { rseqSchema as rseq } from "./rseq/rseq_schema.ts";
export { shapesSchema as shapes } from "./ordering/shapes_schema.ts";

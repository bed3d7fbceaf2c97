// Saves a run whose trace comes from a pipe, so that a test can stop it in the middle.
// Arguments: store, id of the run, pipe.
import { sampleRun } from "../../schema/sample_run.ts";
import { RunStore } from "../run_store.ts";

const [store, id, pipe] = Deno.args;
const trace = { experiment: "capture", trace: "a.pftrace", events: 1, lost: 0, techniques: [] };
const run = sampleRun({ id: id!, results: [{ ...trace, experiment: "capture" }] });
await new RunStore(store!).save(run, new Map([["a.pftrace", pipe!]]));

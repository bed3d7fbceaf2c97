// Saves a run whose trace comes from a pipe, so that a test can stop it in the middle.
// Arguments: store, id of the run, pipe.
import { sampleCapture, sampleRun } from "../../testdata/sample_run.ts";
import { RunStore } from "../run_store.ts";

const [store, id, pipe] = Deno.args;
const run = sampleRun({ id: id!, results: [sampleCapture({ trace: "a.pftrace" })] });
await new RunStore(store!).save(run, new Map([["a.pftrace", pipe!]]));

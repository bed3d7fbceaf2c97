// Prints the ids of the runs of a store, each on a line. Argument: store.
import { RunStore } from "../run_store.ts";

const rows = new RunStore(Deno.args[0]!).list();
await Deno.stdout.write(new TextEncoder().encode(rows.map((row) => `${row.id}\n`).join("")));

/**
 * Removes what a lab that was killed left in its store; started by the launcher, which outlives it.
 *
 * Argument: the store's directory, which it may read and write.
 */

import { sweep } from "./store/scratch.ts";

await sweep(Deno.args[0]!);

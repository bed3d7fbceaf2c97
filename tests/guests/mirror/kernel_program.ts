/**
 * Prepares the kernels of emulated hosts and prints what was done as JSON.
 *
 * Arguments: the cache, then the hosts. A program of its own for the tests, which run it as another
 * user and with no more permissions than the lab has.
 */

import { parseGuestName } from "../../../lab/hosts/guest/guest_name.ts";
import { prepareGuests } from "../../../lab/hosts/guest/prepare.ts";

const [cache, ...hosts] = Deno.args;
const done = await prepareGuests(hosts.map(parseGuestName), { cache: cache! });
const shown = done.map(({ error, ...rest }) => ({ ...rest, error: error && error.message }));
Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(shown)}\n`));

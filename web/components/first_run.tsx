import type { JSX } from "hono/jsx/jsx-runtime";
import { printable } from "../../lab/text/printable.ts";

/** What an empty store says: what would be here, and how to get it. */
export function FirstRun({ store }: { store: string }): JSX.Element {
  return (
    <section class="empty" aria-labelledby="first-run">
      <h2 id="first-run">There is no run yet</h2>
      <p>
        The store <code>{printable(store)}</code>{" "}
        is empty. Make a first run here, which takes about a minute and changes no setting of the
        machine:
      </p>
      <pre tabindex={0}><code>deno task lab</code></pre>
      <p>All experiments:</p>
      <pre tabindex={0}><code>deno task lab run --plan full</code></pre>
      <p>Other architectures, as emulated guests:</p>
      <pre tabindex={0}><code>deno task lab run --host qemu-arm64 --host qemu-ppc64le</code></pre>
      <p>
        Runs that were made elsewhere show up when their directories are copied into the store. Load
        this page again then.
      </p>
    </section>
  );
}

import type { JSX } from "hono/jsx/jsx-runtime";
import { needsIsland } from "../base/island.ts";

/** Where files are dropped or chosen; the page names the island `upload`. */
export function UploadForm(): JSX.Element {
  return (
    <section class="upload" id="upload" aria-labelledby="upload-title">
      <h2 id="upload-title">Add from elsewhere</h2>
      <p>
        Drop a run archive (<code>tar cz</code>{" "}
        of a run directory) or a Perfetto trace onto this page, or choose one:
      </p>
      <p>
        <label>
          File{" "}
          <input
            type="file"
            accept=".pftrace,.perfetto-trace,.tar,.gz,.tgz"
            {...needsIsland("upload")}
          />
        </label>
      </p>
      <p role="status"></p>
      <noscript>
        <p>
          Without JavaScript: <code>curl --data-binary @FILE SERVER/api/uploads</code>
        </p>
      </noscript>
    </section>
  );
}

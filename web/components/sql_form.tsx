import type { JSX } from "hono/jsx/jsx-runtime";

/** Where SQL is written; it works without JavaScript, and the island adds to it. */
export function SqlForm({ traceKey, sql }: { traceKey: string; sql: string }): JSX.Element {
  return (
    <form class="sql" method="post" action={`/traces/${encodeURIComponent(traceKey)}/sql`}>
      <label for="sql-text">PerfettoSQL</label>
      <textarea
        id="sql-text"
        name="sql"
        rows={8}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        required
      >
        {sql}
      </textarea>
      <p class="actions">
        <button type="submit" name="format" value="html">Run</button>
        <button type="submit" name="format" value="csv">Download CSV</button>
      </p>
    </form>
  );
}

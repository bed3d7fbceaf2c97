import type { JSX } from "hono/jsx/jsx-runtime";
import { printable } from "../../lab/text/printable.ts";
import { formatNs, formatSeconds } from "../../lab/text/units.ts";
import type { LiveView, Sampled } from "../live/live_view.ts";

const BAR_WIDTH = 4;
const HEIGHT = 60;

/** The runs in progress; the live page's island puts it in place again and again. */
export function LiveList({ runs }: { runs: readonly LiveView[] }): JSX.Element {
  if (runs.length === 0) {
    return (
      <p>
        No run is in progress here. Begin one with{" "}
        <code>deno task lab run --experiment cost</code>, and it shows up by itself.
      </p>
    );
  }
  return <>{runs.map((run) => <LiveRunCard run={run} />)}</>;
}

function LiveRunCard({ run }: { run: LiveView }): JSX.Element {
  const percent = Math.floor(run.fraction * 100);
  const title = `live-${run.id}`;
  return (
    <article class="live-run" aria-labelledby={title}>
      <h2 id={title}>{printable(run.host)}</h2>
      <p class="faint">
        <code>{printable(run.command)}</code>, since{" "}
        <time datetime={run.startedAt}>
          {run.startedAt.replace(/\.\d+/, "").replace("T", " ")}
        </time>
      </p>
      {run.end === null ? <Progress run={run} percent={percent} /> : <End run={run} />}
      {run.sampling && <Distribution sampled={run.sampling} growing />}
      {run.results.length > 0 && (
        <p>
          Results so far: {run.results.map(({ experiment, count }) => `${count} ${experiment}`)
            .join(", ")}.
        </p>
      )}
      {run.measured.length > 0 && (
        <div class="distributions">
          {run.measured.map((sampled) => <Distribution sampled={sampled} />)}
        </div>
      )}
    </article>
  );
}

function Progress({ run, percent }: { run: LiveView; percent: number }): JSX.Element {
  return (
    <>
      <progress max="100" value={percent} aria-label={`Progress of ${printable(run.host)}`}>
        {`${percent} %`}
      </progress>
      <p>
        {`${percent} %, ${formatSeconds(run.elapsedSeconds)} elapsed`}
        {run.remainingSeconds === null
          ? ""
          : `, about ${formatSeconds(run.remainingSeconds)} left`}: {printable(run.label)}
      </p>
    </>
  );
}

function End({ run: { end } }: { run: LiveView }): JSX.Element {
  return end?.run
    ? (
      <p class="good">
        Done: <a href={`/runs/${encodeURIComponent(end.run)}`}>{printable(end.run)}</a>
      </p>
    )
    : <p class="bad">Ended without a run: {printable(end?.problem ?? "nothing is known")}</p>;
}

function Distribution(
  { sampled, growing = false }: { sampled: Sampled; growing?: boolean },
): JSX.Element {
  const { bars, count, p50, p99, lowNs, highNs } = sampled;
  const name = printable(sampled.technique ?? "samples");
  const [low, high, middle, tail] = [lowNs, highNs, p50, p99].map((ns) => formatNs(ns, {}));
  const said = `${name}: ${count} samples from ${low} to ${high}, median ${middle}, p99 ${tail}`;
  return (
    <figure class={growing ? "distribution growing" : "distribution"}>
      <figcaption>
        <strong>{name}</strong>
        <span class="faint">
          {` ${growing ? "so far " : ""}${count} samples, p50 ${middle}, p99 ${tail}`}
        </span>
      </figcaption>
      <svg
        role="img"
        aria-label={said}
        viewBox={`0 0 ${bars.length * BAR_WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
      >
        {bars.map((share, at) => {
          const height = share === 0 ? 0 : Math.max(1, share * HEIGHT);
          return (
            <rect
              x={at * BAR_WIDTH}
              y={HEIGHT - height}
              width={BAR_WIDTH - 1}
              height={height}
            />
          );
        })}
      </svg>
      <p class="axis faint" aria-hidden="true">
        <span>{low}</span>
        <span>{high}</span>
      </p>
    </figure>
  );
}

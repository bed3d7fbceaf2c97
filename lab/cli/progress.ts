import { printable } from "../text/printable.ts";

/** How far the work is. */
export interface ProgressState {
  /** Share of the work that is done, 0 to 1. */
  fraction: number;
  /** Seconds since the start. */
  elapsed: number;
  /** What is being done. */
  label: string;
}

/** Where progress goes. */
export interface ProgressTarget {
  /** Writes text as it is, to stderr. */
  write: (text: string) => void;
  /** Whether a person watches: one line that changes, instead of a line for every tenth. */
  tty: boolean;
  /** Columns of the terminal. */
  width: number;
  /** Milliseconds of a clock that never steps back; `performance.now` when left out. */
  now?: () => number;
}

/** Below this an estimate of the remaining time would be a guess. */
const LEAST_FRACTION = 0.02;

/** One line: "42 %  0:12 elapsed, 0:17 left  cost mprotect". */
export function renderProgress(state: ProgressState): string {
  const percent = String(Math.floor(state.fraction * 100)).padStart(3);
  const remaining = state.fraction < LEAST_FRACTION
    ? ""
    : `, ${formatClock(state.elapsed * (1 - state.fraction) / state.fraction)} left`;
  const clock = formatClock(state.elapsed);
  return `${percent} %  ${clock} elapsed${remaining}  ${printable(state.label)}`;
}

function formatClock(seconds: number): string {
  const whole = Math.round(seconds);
  const pad = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${pad(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(whole % 60)}`;
}

/** Shows progress: on a terminal a line that is rewritten, in a pipe a line for every 10 %. */
export class ProgressLine {
  readonly #target: ProgressTarget;
  readonly #start: number;
  #lastTenth = -1;

  constructor(target: ProgressTarget) {
    this.#target = target;
    this.#start = this.#now();
  }

  /**
   * @param fraction Share of the work that is done, 0 to 1.
   * @param label What is being done.
   */
  update(fraction: number, label: string): void {
    // Not Math.max: no work at all makes a fraction of 0/0.
    const bounded = fraction > 0 ? Math.min(1, fraction) : 0;
    const elapsed = (this.#now() - this.#start) / 1000;
    const text = renderProgress({ fraction: bounded, elapsed, label });
    if (this.#target.tty) {
      // A line as wide as the terminal would break and could not be rewritten.
      const visible = [...text].slice(0, this.#target.width - 1).join("");
      this.#target.write(`\r${visible}\x1b[K`);
      return;
    }
    const tenth = Math.floor(bounded * 10);
    if (tenth <= this.#lastTenth) return;
    this.#lastTenth = tenth;
    this.#target.write(`${text}\n`);
  }

  /** Writes a line that stays, above the progress. */
  notice(text: string): void {
    this.finish();
    this.#target.write(`${printable(text)}\n`);
  }

  /** Takes the line off a terminal, so that results or errors start on a clean one. */
  finish(): void {
    if (this.#target.tty) this.#target.write("\r\x1b[K");
  }

  #now(): number {
    return this.#target.now?.() ?? performance.now();
  }
}

/** Shows the mean of all hosts, and what is being done on those that run. */
export class CampaignProgress {
  readonly #line: ProgressLine;
  readonly #hosts: number;
  readonly #running = new Map<string, { fraction: number; label: string }>();
  #done = 0;

  /** @param hosts How many there will be. */
  constructor(line: ProgressLine, hosts: number) {
    this.#line = line;
    this.#hosts = hosts;
  }

  /** @param fraction Share of this host's work, 0 to 1. */
  update(host: string, fraction: number, label: string): void {
    this.#running.set(host, { fraction, label });
    const running = [...this.#running];
    const sum = running.reduce((total, [, one]) => total + one.fraction, this.#done);
    const text = this.#hosts === 1
      ? label
      : running.map(([name, one]) => `${name}: ${one.label}`).join(" | ");
    this.#line.update(sum / this.#hosts, text);
  }

  /** Shows a line that stays. */
  notice(text: string): void {
    this.#line.notice(text);
  }

  /** A host is done with, well or not; results may be printed. */
  finish(host: string): void {
    if (this.#running.delete(host)) this.#done++;
    this.#line.finish();
  }
}

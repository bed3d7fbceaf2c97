/** Progress of a plan on several hosts in one line. */

import type { ProgressLine } from "./progress.ts";

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

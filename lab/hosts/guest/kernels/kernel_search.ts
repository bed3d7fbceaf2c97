/**
 * Which packages may serve as a kernel, best first.
 *
 * Mirrors are often at odds with themselves for hours: an index that does not fit its hash, packages
 * that the index has and the pool has not. So there is always a next one to be tried.
 */

import { OTHER_MIRROR } from "./apt_problem.ts";
import type { AptPackage, AptState, ListedVersion, SuiteSource } from "./apt_state.ts";
import { compareVersions } from "./debian_version.ts";
import { KernelProblem, NoKernel } from "./kernel_problem.ts";
import { isKernelOf, isVersionOf, type Metapackage, type NamedKernel } from "./metapackage.ts";

/** A package that may be tried. */
export interface Candidate extends AptPackage {
  /** The suite that lists it. */
  readonly suite: string;
  /** Whether it is what was looked for first, not what is taken for want of that. */
  readonly best: boolean;
}

/** What is looked for, and where. */
export interface SearchPlace {
  readonly state: AptState;
  readonly kernel: NamedKernel;
  readonly metapackage: Metapackage;
  /** The suite's archive, then its security updates if they are asked. */
  readonly sources: readonly SuiteSource[];
  readonly onReading: (source: SuiteSource, fraction: number, label: string) => void;
}

/** A search; remembers what failed. */
export class KernelSearch {
  readonly #place: SearchPlace;
  /** What failed, as "Cannot read the list of trixie: …"; also what others find. */
  readonly #tried: string[] = [];
  #remedy: string | null = null;
  readonly #offered = new Set<string>();
  /** Sources that would not be read any better a further time. */
  readonly #settled = new Set<SuiteSource>();
  /** Why the metapackage leads nowhere, or `null`. */
  #lacking: string | null = null;

  constructor(place: SearchPlace) {
    this.#place = place;
  }

  /** All that failed so far, in its order. */
  get tried(): readonly string[] {
    return this.#tried;
  }

  /** Whether there were packages, good or not. */
  get foundSome(): boolean {
    return this.#offered.size > 0;
  }

  /** Takes note of something that failed; the first remedy is the one that is told. */
  failed(problem: KernelProblem): void {
    this.#tried.push(`${problem.task}: ${problem.reason}`);
    this.#remedy ??= problem.remedy;
  }

  /**
   * Packages to be tried until one is good: what is the newest; what is the newest once all lists
   * were read again; older ones; those of other suites, which are read only then. If one version
   * is wanted, only packages of that.
   *
   * @throws {KernelProblem} If the archive cannot be asked at all.
   */
  async *candidates(): AsyncGenerator<Candidate> {
    const { sources, metapackage } = this.#place;
    for (const source of sources) await this.#add(source);
    yield* this.#fresh(await this.#best(), true);
    for (const source of sources.filter((one) => !this.#settled.has(one))) {
      await this.#read(source, [true]);
    }
    yield* this.#fresh(await this.#best(), true);
    if (this.#lacking !== null) {
      this.#tried.push(this.#lacking);
      this.#remedy ??= OTHER_MIRROR;
    }
    yield* this.#fresh(await this.#listed(), false);
    for (const suite of metapackage.otherSuites) {
      await this.#add({ name: suite, suite, source: sources[0]!.source });
      yield* this.#fresh(await this.#listed(), false);
    }
    const { kernel: { version, ...series } } = this.#place;
    if (version === undefined) return;
    const others = await this.#listed(series);
    const known = [...new Set(others.map((one) => one.version))].join(", ");
    const there = known === "" ? "there is none" : `there are ${known}`;
    this.#tried.push(`no ${this.foundSome ? "other " : ""}suite has ${version}; ${there}`);
    this.#remedy = "name a version that is there, or give a mirror that has it with --mirror";
  }

  /** The error once nothing is left. */
  nothingLeft(task: string, cause?: unknown): NoKernel {
    return new NoKernel(task, this.#tried, this.#remedy ?? OTHER_MIRROR, cause);
  }

  async #add(source: SuiteSource): Promise<void> {
    await this.#place.state.add(source);
    await this.#read(source, [false, true]);
  }

  /**
   * Reads a source. One that cannot be read is passed over and told; what is known of it from
   * before still counts.
   *
   * @param tries For each whether it is a further one.
   */
  async #read(source: SuiteSource, tries: readonly boolean[]): Promise<void> {
    const { state, sources, onReading, metapackage } = this.#place;
    const list = source.name === "security"
      ? `the list of ${metapackage.suite}'s security updates`
      : `the list of ${source.suite}`;
    for (const again of tries) {
      const label = `reading ${list}${again ? " again" : ""}`;
      try {
        onReading(source, 0, label);
        await state.update(source.name, `Cannot read ${list}`, again, (fraction) => {
          onReading(source, fraction, label);
        });
        return;
      } catch (problem) {
        if (!(problem instanceof KernelProblem)) throw problem;
        const { fault } = problem;
        if (fault === "lists") await state.forget(source);
        const mayHeal = fault === "offer" || fault === "lists";
        if (fault === "disk" || (source === sources[0] && !mayHeal)) throw problem;
        this.#settled.add(source);
        if (mayHeal && !again) continue;
        this.failed(problem);
        return;
      }
    }
  }

  /** Those that were not offered before. */
  async *#fresh(listed: readonly ListedVersion[], best: boolean): AsyncGenerator<Candidate> {
    for (const { name, version, suite } of listed) {
      const key = `${name} ${version}`;
      if (this.#offered.has(key)) continue;
      this.#offered.add(key);
      const found = await this.#place.state.find(name, version);
      if (found !== null) yield { ...found, suite, best };
    }
  }

  /** What the metapackage stands for now; if one version is wanted, all that have it. */
  async #best(): Promise<ListedVersion[]> {
    const { state, kernel, metapackage: { name, suite, arch } } = this.#place;
    if (kernel.version !== undefined) return await this.#listed();
    const metapackage = await state.find(name);
    // "linux-image-6.12.48+deb13-cloud-arm64 (= 6.12.48-1), …"
    const [, image, version] =
      /(?:^|, )(linux-image-\S+) \(= ([^)]+)\)/.exec(metapackage?.depends ?? "") ?? [];
    const known = image === undefined ? [] : await state.versions([image]);
    const newest = known.filter((one) => one.version === version);
    const lacking = image ?? (metapackage ? `kernel behind ${name}` : name);
    this.#lacking = newest.length > 0 ? null : `${suite} has no ${lacking} for ${arch} there`;
    return newest;
  }

  /** All packages of the series and flavour, or of one version, that the lists have; newest first. */
  async #listed(kernel: NamedKernel = this.#place.kernel): Promise<ListedVersion[]> {
    const { state, metapackage } = this.#place;
    const names = await state.names("linux-image-");
    const listed = await state.versions(names.filter((name) => isKernelOf(metapackage, name)));
    return listed.filter(({ version }) => isVersionOf(kernel, version))
      .sort((one, other) => compareVersions(other.version, one.version));
  }
}

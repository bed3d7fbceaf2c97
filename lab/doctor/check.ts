/**
 * What doctor examines, and the form of its findings.
 *
 * @module
 */
import type { Capabilities } from "../environment/capabilities.ts";
import type { HostFacts } from "../environment/facts.ts";
import type { Tools } from "./tools.ts";

/** How far a part of the lab works. */
export type CheckState = "ok" | "limited" | "missing";

/** What a check came to. */
export type Finding = {
  state: CheckState;
  /** What is there, in a few words. */
  detail: string;
  /** Why it is not all there; null if it is. */
  reason: string | null;
  /** What to do about it; null if there is nothing to do. */
  remedy: string | null;
};

/** One finding of doctor. */
export type Check = Finding & {
  /** Fixed name, for scripts that read `--json`. */
  id: string;
  title: string;
};

/** Whether the C core is built and works. */
export type BuildStatus = {
  /** `failed`: the library could not be loaded or did not answer. */
  state: "fresh" | "missing" | "failed";
  /** The library; null if there is none. */
  path: string | null;
  /** What failed; null if nothing did. */
  reason: string | null;
};

/** What the core says of the host it runs on. */
export type Surveyed = { facts: HostFacts; capabilities: Capabilities };

/** All that doctor looks at. */
export type Examined = {
  /** null if the core could not be asked. */
  surveyed: Surveyed | null;
  tools: Tools;
  build: BuildStatus;
};

/** Nothing to complain about. */
export function fine(detail: string): Finding {
  return { state: "ok", detail, reason: null, remedy: null };
}

/**
 * Whether the local lab can run at all; if not, doctor ends with exit code 77.
 *
 * Everything but the core itself can be done without: what a host refuses is left out of a run.
 */
export function canRun(checks: readonly Check[]): boolean {
  return checks.some((check) => check.id === "core" && check.state !== "missing");
}

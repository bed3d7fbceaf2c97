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

/** One finding of doctor. */
export type Check = {
  /** Fixed name, for scripts that read `--json`. */
  id: string;
  title: string;
  state: CheckState;
  /** What was found. */
  detail: string;
  /** Why it is not all there; null if it is. */
  reason: string | null;
  /** What to do about it; null if there is nothing to do. */
  remedy: string | null;
};

/** Whether the C core is built from the sources that are there. */
export type BuildStatus = {
  /** `failed`: the compiler refused, or the library could not be loaded or did not answer. */
  state: "fresh" | "stale" | "missing" | "failed";
  /** The library; null if there is none. */
  path: string | null;
  /** What failed, or what is newer than the library; null if it is fresh. */
  reason: string | null;
};

/** All that doctor looks at. */
export type Examined = {
  /** null if the core could not be asked. */
  facts: HostFacts | null;
  /** null if the core could not be asked. */
  capabilities: Capabilities | null;
  tools: Tools;
  build: BuildStatus;
};

/** A finding without anything to complain about. */
export function fine(id: string, title: string, detail: string): Check {
  return { id, title, state: "ok", detail, reason: null, remedy: null };
}

/** A finding for what could not be found out. */
export function unasked(id: string, title: string): Check {
  return {
    id,
    title,
    state: "missing",
    detail: "not known",
    reason: "The core could not be asked",
    remedy: "See 'C core' above",
  };
}

/**
 * Doctor's checks of membarrier(2): what the kernel offers, and what really works.
 *
 * @module
 */
import type { Capabilities } from "../environment/capabilities.ts";
import { familyOf } from "../format/techniques.ts";
import { WARNING_CATALOGUE } from "../warnings/warning_catalogue.ts";
import { type Check, fine } from "./check.ts";

/** The commands in the mask that QUERY answers, with the kernel that brought them. */
const COMMANDS = [
  { bit: 1 << 0, name: "GLOBAL", missing: "from 4.3 on, not under nohz_full" },
  { bit: 1 << 1, name: "GLOBAL_EXPEDITED", missing: "from 4.16 on" },
  { bit: 1 << 2, name: "REGISTER_GLOBAL_EXPEDITED", missing: "from 4.16 on" },
  { bit: 1 << 3, name: "PRIVATE_EXPEDITED", missing: "from 4.14 on" },
  { bit: 1 << 4, name: "REGISTER_PRIVATE_EXPEDITED", missing: "from 4.14 on" },
  {
    bit: 1 << 5,
    name: "PRIVATE_EXPEDITED_SYNC_CORE",
    missing: "from 4.16 on, later on ppc64le",
  },
  {
    bit: 1 << 6,
    name: "REGISTER_PRIVATE_EXPEDITED_SYNC_CORE",
    missing: "from 4.16 on, later on ppc64le",
  },
  { bit: 1 << 7, name: "PRIVATE_EXPEDITED_RSEQ", missing: "from 5.10 on with CONFIG_RSEQ" },
  {
    bit: 1 << 8,
    name: "REGISTER_PRIVATE_EXPEDITED_RSEQ",
    missing: "from 5.10 on with CONFIG_RSEQ",
  },
  { bit: 1 << 9, name: "GET_REGISTRATIONS", missing: "from 6.3 on" },
] as const;

/** The two checks of membarrier(2). */
export function membarrierChecks({ membarrier, techniques }: Capabilities): Check[] {
  return [commandsCheck(membarrier), usableCheck(techniques)];
}

function commandsCheck(membarrier: Capabilities["membarrier"]): Check {
  const id = "membarrier";
  const title = "membarrier commands";
  if (membarrier.state !== "native") return notNative(id, title, membarrier);
  const mask = `0x${membarrier.mask.toString(16)}`;
  const offered = COMMANDS.filter(({ bit }) => (membarrier.mask & bit) !== 0);
  const detail = `${mask}: ${offered.map(({ name }) => name).join(", ") || "none"}`;
  const missing = COMMANDS.filter(({ bit }) => (membarrier.mask & bit) === 0);
  if (missing.length === 0) return fine(id, title, detail);
  return {
    id,
    title,
    state: "limited",
    detail,
    reason: `Not offered: ${missing.map((entry) => `${entry.name} (${entry.missing})`).join(", ")}`,
    remedy: "Use a newer kernel where a missing command is needed",
  };
}

const STATE_WARNINGS = {
  "filtered-eperm": WARNING_CATALOGUE.W022,
  "filtered-enosys": WARNING_CATALOGUE.W023,
  "filtered-kill": WARNING_CATALOGUE.W024,
  "absent": WARNING_CATALOGUE.W025,
  "error": WARNING_CATALOGUE.W026,
} as const;

function notNative(id: string, title: string, membarrier: Capabilities["membarrier"]): Check {
  const { state, errno, reason } = membarrier;
  const remedy = state === "native" ? null : STATE_WARNINGS[state].remedy;
  return { id, title, state: "missing", detail: state, reason: reason ?? errno, remedy };
}

/** The probe registers and calls each; QUERY's answer is no proof that this works. */
function usableCheck(techniques: Capabilities["techniques"]): Check {
  const id = "membarrier-use";
  const title = "membarrier registration and use";
  const tried = techniques.filter(({ id }) => familyOf(id) === "membarrier");
  const usable = tried.filter((technique) => technique.available).map((technique) => technique.id);
  const refused = tried.filter((technique) => !technique.available);
  const detail = usable.length === 0 ? "none works" : usable.join(", ");
  if (refused.length === 0 && usable.length > 0) return fine(id, title, detail);
  return {
    id,
    title,
    state: usable.length === 0 ? "missing" : "limited",
    detail,
    reason: refused.map(describeRefusal).join("; ") || "The probe tried none",
    remedy: "See 'membarrier' above",
  };
}

/** What refused a technique: "membarrier-rseq: EINVAL, not built into this kernel". */
export function describeRefusal(technique: Capabilities["techniques"][number]): string {
  const { id, errno, reason } = technique;
  const why = [errno, reason].filter((part) => part !== null).join(", ");
  return why === "" ? `${id}: refused` : `${id}: ${why}`;
}

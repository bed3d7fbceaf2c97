/**
 * Doctor's checks of what the lab may do on this host.
 *
 * @module
 */
import type { Architecture } from "../../ffi/toolchain.ts";
import { normaliseArch } from "../environment/arch.ts";
import type { Capabilities } from "../environment/capabilities.ts";
import { environmentOf } from "../environment/environment.ts";
import { privilegesOf } from "../environment/privileges.ts";
import { familyOf } from "../format/techniques.ts";
import { formatCpuList } from "../text/cpu_list.ts";
import { THRESHOLDS, WARNING_CATALOGUE } from "../warnings/warning_catalogue.ts";
import { type Check, type CheckState, type Finding, fine, type Surveyed } from "./check.ts";

interface HostCheck {
  readonly id: string;
  readonly title: string;
  readonly find: (surveyed: Surveyed) => Finding;
}

const HOST_CHECKS: readonly HostCheck[] = [
  { id: "processor", title: "Processor", find: processor },
  { id: "cpus", title: "CPUs", find: cpus },
  { id: "membarrier", title: "membarrier commands", find: commands },
  { id: "membarrier-use", title: "membarrier registration and use", find: membarrierUse },
  { id: "techniques", title: "Other techniques", find: techniques },
  { id: "counting", title: "Interrupt counting", find: counting },
  { id: "tracefs", title: "Tracing", find: tracefs },
  { id: "mlock", title: "Locked memory", find: mlock },
  { id: "realtime", title: "Real-time priority", find: realtime },
  { id: "autogroup", title: "Own autogroup", find: autogroup },
];

const UNASKED: Finding = {
  state: "missing",
  detail: "not known",
  reason: "The core could not be asked",
  remedy: "See 'C core' above",
};

/** Checks that need the core; each is there, as not known, when the core could not be asked. */
export function hostChecks(surveyed: Surveyed | null): Check[] {
  return HOST_CHECKS.map(({ id, title, find }) => ({
    id,
    title,
    ...(surveyed === null ? UNASKED : find(surveyed)),
  }));
}

/** Whether the lab's code runs on a processor, and on which. */
function processor({ facts }: Surveyed): Finding {
  const { arch, cpu, translation } = environmentOf(facts);
  if (translation.state === "none") return fine(`${arch}, ${cpu.model ?? "model not known"}`);
  const { reason, remedy } = WARNING_CATALOGUE[translation.state === "seen" ? "W051" : "W052"];
  const { by, machine, evidence } = translation;
  const detail = translation.state === "seen"
    ? `${arch}, translated by ${by} on ${machine ?? "another machine"}`
    : `${arch}, not known whether it is translated`;
  const found = evidence.length === 0 ? "" : ` (${evidence.join("; ")})`;
  return { state: "limited", detail, reason: sentence(`${reason}${found}`), remedy };
}

function cpus({ facts }: Surveyed): Finding {
  const online = new Set(facts.online);
  const usable = facts.allowed.filter((cpu) => online.has(cpu));
  const detail = `${formatCpuList(usable)} of ${formatCpuList(facts.online)}`;
  if (usable.length > 1) return fine(detail);
  const { reason, remedy } = WARNING_CATALOGUE.W001;
  return { state: "limited", detail, reason: sentence(reason), remedy };
}

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

function commands({ capabilities: { membarrier } }: Surveyed): Finding {
  const { state, mask, errno, reason } = membarrier;
  if (state !== "native") {
    const { remedy } = STATE_WARNINGS[state];
    return { state: "missing", detail: state, reason: reason ?? errno, remedy };
  }
  const offered = COMMANDS.filter(({ bit }) => (mask & bit) !== 0).map(({ name }) => name);
  const detail = `0x${mask.toString(16)}: ${offered.join(", ") || "none"}`;
  const missing = COMMANDS.filter(({ bit }) => (mask & bit) === 0);
  if (missing.length === 0) return fine(detail);
  return {
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

/** Techniques that the probe tried, by whether they are commands of membarrier(2). */
function tried({ techniques }: Capabilities, membarrier: boolean): {
  readonly usable: readonly string[];
  readonly refused: readonly Capabilities["techniques"][number][];
} {
  const all = techniques.filter(({ id }) => (familyOf(id) === "membarrier") === membarrier);
  return {
    usable: all.filter(({ available }) => available).map(({ id }) => id),
    refused: all.filter(({ available }) => !available),
  };
}

/** The probe registers and calls each; QUERY's answer is no proof that this works. */
function membarrierUse({ capabilities }: Surveyed): Finding {
  const { usable, refused } = tried(capabilities, true);
  const detail = usable.join(", ") || "none works";
  if (refused.length === 0 && usable.length > 0) return fine(detail);
  return {
    state: usable.length === 0 ? "missing" : "limited",
    detail,
    reason: refused.map(describeRefusal).join("; ") || "The probe tried none",
    remedy: "See 'membarrier' above",
  };
}

function techniques({ capabilities }: Surveyed): Finding {
  const { usable, refused } = tried(capabilities, false);
  const detail = `${usable.length} of ${usable.length + refused.length}`;
  if (refused.length === 0) return fine(detail);
  return {
    state: usable.length === 0 ? "missing" : "limited",
    detail,
    reason: refused.map(describeRefusal).join("; "),
    remedy: "See 'Locked memory' below and the limits of this process (ulimit -a)",
  };
}

/** What refused a technique: "membarrier-rseq: EINVAL, not built into this kernel". */
function describeRefusal(technique: Capabilities["techniques"][number]): string {
  const { id, errno, reason } = technique;
  const why = [errno, reason].filter((part) => part !== null).join(", ");
  return why === "" ? `${id}: refused` : `${id}: ${why}`;
}

function counting({ capabilities: { counting } }: Surveyed): Finding {
  if (!counting.available) return refused("missing", "impossible", counting, "W019");
  if (counting.source !== "perf") {
    return refused("limited", "from /proc/interrupts", counting, "W018");
  }
  return fine(`perf: ${counting.events.join(", ")}`);
}

/** Event groups that show an interrupt from sender to handler. */
const TRACE_GROUPS: Record<Architecture, readonly string[]> = {
  x86_64: ["ipi", "csd", "irq_vectors", "tlb"],
  aarch64: ["ipi", "csd"],
  ppc64le: ["ipi", "csd", "powerpc"],
};

function tracefs({ facts, capabilities: { tracefs } }: Surveyed): Finding {
  if (!tracefs.available) return refused("missing", "impossible", tracefs, "W020");
  const arch = normaliseArch(facts.uname.machine);
  const wanted = arch === null ? ["ipi", "csd"] : TRACE_GROUPS[arch];
  const lacking = wanted.filter((group) => !tracefs.groups.includes(group));
  const detail = `${tracefs.path ?? "tracefs"}: ${tracefs.groups.join(", ") || "no event group"}`;
  if (lacking.length === 0) return fine(detail);
  const reason = `Event groups not in this kernel: ${lacking.join(", ")}`;
  return { state: "limited", detail, reason, remedy: "Use a kernel from 6.12 on" };
}

function mlock({ facts, capabilities: { mlock } }: Surveyed): Finding {
  const { memlockBytes, capabilities } = privilegesOf(facts);
  const detail = memlockBytes === null
    ? "RLIMIT_MEMLOCK unlimited"
    : `RLIMIT_MEMLOCK ${memlockBytes} bytes`;
  if (!mlock.available) return refused("missing", detail, mlock, "W015");
  const needed = THRESHOLDS.lockedPages * facts.pageSize;
  if (memlockBytes === null || memlockBytes >= needed) return fine(detail);
  // The limit does not bind who has the capability.
  if (capabilities.includes("CAP_IPC_LOCK")) return fine(`${detail}, CAP_IPC_LOCK`);
  const reason = `Less than ${THRESHOLDS.lockedPages} pages (${needed} bytes)`;
  return { state: "limited", detail, reason, remedy: WARNING_CATALOGUE.W014.remedy };
}

function realtime({ capabilities: { realtime } }: Surveyed): Finding {
  return realtime.available
    ? fine("SCHED_FIFO is allowed")
    : refused("limited", "refused", realtime, "W010");
}

function autogroup({ capabilities: { autogroup } }: Surveyed): Finding {
  return autogroup.available
    ? fine("a negative nice value is allowed")
    : refused("limited", "refused", autogroup, "W011");
}

/** What was refused, with the remedy that the warning of the same matter has. */
function refused(
  state: CheckState,
  detail: string,
  { errno, reason }: { readonly errno: string | null; readonly reason: string | null },
  code: keyof typeof WARNING_CATALOGUE,
): Finding {
  const { remedy } = WARNING_CATALOGUE[code];
  if (reason === null) return { state, detail, reason: errno, remedy };
  const said = errno === null || reason.includes(errno) ? sentence(reason) : `${errno}: ${reason}`;
  return { state, detail, reason: said, remedy };
}

function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

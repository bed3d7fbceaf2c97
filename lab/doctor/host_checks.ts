/**
 * Doctor's checks of what the lab may do on this host.
 *
 * @module
 */
import type { Architecture } from "../../ffi/toolchain.ts";
import { normaliseArch } from "../environment/arch.ts";
import type { Capabilities } from "../environment/capabilities.ts";
import { formatCpuList } from "../text/cpu_list.ts";
import type { HostFacts } from "../environment/facts.ts";
import { familyOf } from "../format/techniques.ts";
import { privilegesOf } from "../environment/privileges.ts";
import { THRESHOLDS, WARNING_CATALOGUE } from "../warnings/warning_catalogue.ts";
import { type Check, type CheckState, type Examined, fine, unasked } from "./check.ts";
import { describeRefusal, membarrierChecks } from "./membarrier_check.ts";

/** Checks that need the core; each is there, as not known, when the core could not be asked. */
export function hostChecks({ facts, capabilities }: Examined): Check[] {
  return [
    facts === null ? unasked("cpus", CPUS) : cpusCheck(facts),
    ...(capabilities === null
      ? [
        unasked("membarrier", "membarrier commands"),
        unasked("membarrier-use", "membarrier registration and use"),
        unasked("techniques", TECHNIQUES),
        unasked("counting", COUNTING),
        unasked("tracefs", TRACEFS),
      ]
      : [
        ...membarrierChecks(capabilities),
        techniquesCheck(capabilities),
        countingCheck(capabilities),
        tracefsCheck(capabilities, facts),
      ]),
    facts === null || capabilities === null
      ? unasked("mlock", MLOCK)
      : mlockCheck(facts, capabilities),
    ...(capabilities === null
      ? [unasked("realtime", REALTIME), unasked("autogroup", AUTOGROUP)]
      : [realtimeCheck(capabilities), autogroupCheck(capabilities)]),
  ];
}

const CPUS = "CPUs";
const TECHNIQUES = "Other techniques";
const COUNTING = "Interrupt counting";
const TRACEFS = "Tracing";
const MLOCK = "Locked memory";
const REALTIME = "Real-time priority";
const AUTOGROUP = "Own autogroup";

function cpusCheck(facts: HostFacts): Check {
  const online = new Set(facts.online);
  const usable = facts.allowed.filter((cpu) => online.has(cpu));
  const detail = `${formatCpuList(usable)} of ${formatCpuList(facts.online)}`;
  if (usable.length > 1) return fine("cpus", CPUS, detail);
  const { reason, remedy } = WARNING_CATALOGUE.W001;
  return { id: "cpus", title: CPUS, state: "limited", detail, reason: sentence(reason), remedy };
}

function techniquesCheck({ techniques }: Capabilities): Check {
  const id = "techniques";
  const tried = techniques.filter(({ id }) => familyOf(id) !== "membarrier");
  const refused = tried.filter((technique) => !technique.available);
  const usable = tried.length - refused.length;
  const detail = `${usable} of ${tried.length}`;
  if (refused.length === 0) return fine(id, TECHNIQUES, detail);
  return {
    id,
    title: TECHNIQUES,
    state: usable === 0 ? "missing" : "limited",
    detail,
    reason: refused.map(describeRefusal).join("; "),
    remedy: "See 'Locked memory' below and the limits of this process (ulimit -a)",
  };
}

function countingCheck({ counting }: Capabilities): Check {
  const id = "counting";
  const why = whyOf(counting);
  if (!counting.available) {
    return refusal(id, COUNTING, "missing", "impossible", why, WARNING_CATALOGUE.W019.remedy);
  }
  if (counting.source !== "perf") {
    const { remedy } = WARNING_CATALOGUE.W018;
    return refusal(id, COUNTING, "limited", "from /proc/interrupts", why, remedy);
  }
  return fine(id, COUNTING, `perf: ${counting.events.join(", ")}`);
}

/** Event groups that show an interrupt from sender to handler. */
const TRACE_GROUPS: Record<Architecture, readonly string[]> = {
  x86_64: ["ipi", "csd", "irq_vectors", "tlb"],
  aarch64: ["ipi", "csd"],
  ppc64le: ["ipi", "csd", "powerpc"],
};

function tracefsCheck({ tracefs }: Capabilities, facts: HostFacts | null): Check {
  const id = "tracefs";
  if (!tracefs.available) {
    const { remedy } = WARNING_CATALOGUE.W020;
    return refusal(id, TRACEFS, "missing", "impossible", whyOf(tracefs), remedy);
  }
  const arch = facts === null ? null : normaliseArch(facts.uname.machine);
  const wanted = arch === null ? ["ipi", "csd"] : TRACE_GROUPS[arch];
  const lacking = wanted.filter((group) => !tracefs.groups.includes(group));
  const detail = `${tracefs.path ?? "tracefs"}: ${tracefs.groups.join(", ") || "no event group"}`;
  if (lacking.length === 0) return fine(id, TRACEFS, detail);
  const reason = `Event groups not in this kernel: ${lacking.join(", ")}`;
  return refusal(id, TRACEFS, "limited", detail, reason, "Use a kernel from 6.12 on");
}

function mlockCheck(facts: HostFacts, { mlock }: Capabilities): Check {
  const id = "mlock";
  const { memlockBytes, capabilities } = privilegesOf(facts);
  const detail = memlockBytes === null
    ? "RLIMIT_MEMLOCK unlimited"
    : `RLIMIT_MEMLOCK ${memlockBytes} bytes`;
  if (!mlock.available) {
    return refusal(id, MLOCK, "missing", detail, whyOf(mlock), WARNING_CATALOGUE.W015.remedy);
  }
  const needed = THRESHOLDS.lockedPages * facts.pageSize;
  if (memlockBytes === null || memlockBytes >= needed) return fine(id, MLOCK, detail);
  // The limit does not bind who has the capability.
  if (capabilities.includes("CAP_IPC_LOCK")) return fine(id, MLOCK, `${detail}, CAP_IPC_LOCK`);
  const reason = `Less than ${THRESHOLDS.lockedPages} pages (${needed} bytes)`;
  return refusal(id, MLOCK, "limited", detail, reason, WARNING_CATALOGUE.W014.remedy);
}

function realtimeCheck({ realtime }: Capabilities): Check {
  if (realtime.available) return fine("realtime", REALTIME, "SCHED_FIFO is allowed");
  const { remedy } = WARNING_CATALOGUE.W010;
  return refusal("realtime", REALTIME, "limited", "refused", whyOf(realtime), remedy);
}

function autogroupCheck({ autogroup }: Capabilities): Check {
  if (autogroup.available) return fine("autogroup", AUTOGROUP, "a negative nice value is allowed");
  const { remedy } = WARNING_CATALOGUE.W011;
  return refusal("autogroup", AUTOGROUP, "limited", "refused", whyOf(autogroup), remedy);
}

function refusal(
  id: string,
  title: string,
  state: CheckState,
  detail: string,
  reason: string | null,
  remedy: string,
): Check {
  return { id, title, state, detail, reason, remedy };
}

function whyOf(ability: { errno: string | null; reason: string | null }): string | null {
  const { errno, reason } = ability;
  if (reason === null) return errno;
  return errno === null || reason.includes(errno) ? sentence(reason) : `${errno}: ${reason}`;
}

function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/**
 * Which hypervisor a host runs under, from what its kernel shows.
 *
 * @module
 */
import type { Architecture } from "../../ffi/toolchain.ts";
import { normaliseArch } from "./arch.ts";
import { type CpuInfo, parseCpuInfo } from "./cpuinfo.ts";
import { fileText, type HostFacts } from "./facts.ts";

/** A virtual machine whose monitor does not say who it is. */
export const UNKNOWN_HYPERVISOR = "unknown";

const DMI = "/sys/class/dmi/id/";
const CLOCKSOURCES = "/sys/devices/system/clocksource/clocksource0/available_clocksource";

/** Firmware tables that name a monitor; QEMU's need a second look and are not here. */
const DMI_NAMES: readonly { file: string; starts: string; product?: string; name: string }[] = [
  // Microsoft also sells bare-metal machines: only this product is the hypervisor.
  {
    file: "sys_vendor",
    starts: "Microsoft Corporation",
    product: "Virtual Machine",
    name: "hyperv",
  },
  { file: "sys_vendor", starts: "VMware", name: "vmware" },
  { file: "sys_vendor", starts: "Xen", name: "xen" },
  { file: "sys_vendor", starts: "innotek GmbH", name: "virtualbox" },
  { file: "sys_vendor", starts: "Parallels", name: "parallels" },
  { file: "sys_vendor", starts: "Apple Inc.", product: "Apple Virtualization", name: "apple" },
  { file: "bios_vendor", starts: "BHYVE", name: "bhyve" },
  { file: "sys_vendor", starts: "Google", product: "Google Compute Engine", name: "kvm" },
  { file: "sys_vendor", starts: "Alibaba Cloud", name: "kvm" },
  { file: "sys_vendor", starts: "DigitalOcean", name: "kvm" },
  { file: "sys_vendor", starts: "Hetzner", product: "vServer", name: "kvm" },
  { file: "sys_vendor", starts: "OpenStack Foundation", name: "kvm" },
  { file: "sys_vendor", starts: "Red Hat", product: "KVM", name: "kvm" },
];

/**
 * The hypervisor of a host.
 *
 * @param arch Of the machine, which is not that of uname where the core is translated.
 * @returns "kvm", "hyperv", "xen", "vmware", "virtualbox", "bhyve", "parallels", "apple", "powervm",
 * "qemu-tcg", "unknown" for a virtual machine that does not say more, or null on bare metal. An
 * arm64 machine that shows neither firmware tables nor a device tree counts as bare metal: that
 * architecture has no flag for guests.
 */
export function hypervisorOf(
  facts: HostFacts,
  arch: Architecture | null = normaliseArch(facts.uname.machine),
): string | null {
  if (fileText(facts, "/sys/hypervisor/type") === "xen") return "xen";
  const cpu = parseCpuInfo(fileText(facts, "/proc/cpuinfo"), arch);
  return BY_ARCH[arch ?? "x86_64"](facts, cpu);
}

/**
 * Whether a Xen guest is, or may be, a paravirtual one, whose page tables the hypervisor owns.
 *
 * @returns false where the kernel or the firmware says that it is not.
 */
export function mayBeXenPv(facts: HostFacts): boolean {
  const type = fileText(facts, "/sys/hypervisor/guest_type");
  if (type !== null) return type === "PV";
  return fileText(facts, `${DMI}product_name`) !== "HVM domU";
}

const BY_ARCH: Record<Architecture, (facts: HostFacts, cpu: CpuInfo) => string | null> = {
  x86_64: x86Hypervisor,
  aarch64: armHypervisor,
  ppc64le: powerHypervisor,
};

function x86Hypervisor(facts: HostFacts, cpu: CpuInfo): string | null {
  // Clouds put their name into the DMI tables of bare-metal machines too: the CPU's flag decides.
  if (cpu.flags !== null && !cpu.flags.hypervisor) return null;
  const named = nameFromDmi(facts);
  if (named !== null) return named;
  const clocks = fileText(facts, CLOCKSOURCES)?.split(/\s+/) ?? [];
  if (clocks.includes("kvm-clock")) return "kvm";
  if (clocks.some((clock) => clock.startsWith("hyperv"))) return "hyperv";
  if (clocks.includes("xen")) return "xen";
  if (cpu.model?.includes("TCG") === true) return "qemu-tcg";
  if (fileText(facts, `${DMI}sys_vendor`) === "QEMU") {
    // Under KVM the kernel registers kvm-clock unless the command line forbids it.
    const hidden = /(^|\s)(no-kvmclock|nopv)(\s|$)/.test(fileText(facts, "/proc/cmdline") ?? "");
    return hidden ? UNKNOWN_HYPERVISOR : "qemu-tcg";
  }
  return cpu.flags === null ? null : UNKNOWN_HYPERVISOR;
}

function armHypervisor(facts: HostFacts): string | null {
  const product = fileText(facts, `${DMI}product_name`);
  if (product === "KVM Virtual Machine") return "kvm";
  if (product === "QEMU Virtual Machine") return "qemu-tcg";
  const vendor = fileText(facts, `${DMI}sys_vendor`);
  if (vendor === "Amazon EC2") return product?.includes(".metal") === true ? null : "kvm";
  const named = nameFromDmi(facts);
  if (named !== null) return named;
  const compatible = fileText(facts, "/proc/device-tree/hypervisor/compatible");
  if (compatible?.includes("xen,xen") === true) return "xen";
  if (vendor === "QEMU") return UNKNOWN_HYPERVISOR;
  // The "virt" board of QEMU, Firecracker, crosvm and kvmtool, emulated or not.
  return fileText(facts, "/proc/device-tree/model") === "linux,dummy-virt"
    ? UNKNOWN_HYPERVISOR
    : null;
}

function powerHypervisor(facts: HostFacts, cpu: CpuInfo): string | null {
  const compatible = fileText(facts, "/proc/device-tree/hypervisor/compatible");
  // QEMU adds this node only when KVM runs the guest.
  if (compatible?.includes("linux,kvm") === true) return "kvm";
  const machine = `${cpu.machine ?? ""} ${fileText(facts, "/proc/device-tree/model") ?? ""}`;
  if (machine.includes("emulated by qemu")) return "qemu-tcg";
  return cpu.platform === "pSeries" ? "powervm" : null;
}

function nameFromDmi(facts: HostFacts): string | null {
  const product = fileText(facts, `${DMI}product_name`) ?? "";
  for (const entry of DMI_NAMES) {
    const text = fileText(facts, `${DMI}${entry.file}`);
    if (text?.startsWith(entry.starts) !== true) continue;
    if (entry.product === undefined || product.startsWith(entry.product)) return entry.name;
  }
  return null;
}

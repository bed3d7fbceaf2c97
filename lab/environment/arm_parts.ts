/**
 * Names of Arm cores: /proc/cpuinfo of arm64 prints codes only.
 *
 * Codes are those of arch/arm64/include/asm/cputype.h.
 *
 * @module
 */

const ARM_LIMITED: ReadonlyMap<number, string> = new Map([
  [0xd03, "Cortex-A53"],
  [0xd04, "Cortex-A35"],
  [0xd05, "Cortex-A55"],
  [0xd07, "Cortex-A57"],
  [0xd08, "Cortex-A72"],
  [0xd09, "Cortex-A73"],
  [0xd0a, "Cortex-A75"],
  [0xd0b, "Cortex-A76"],
  [0xd0c, "Neoverse-N1"],
  [0xd40, "Neoverse-V1"],
  [0xd49, "Neoverse-N2"],
  [0xd4f, "Neoverse-V2"],
]);

const PARTS: ReadonlyMap<number, ReadonlyMap<number, string>> = new Map([
  [0x41, ARM_LIMITED],
  [0x43, new Map([[0x0af, "Cavium ThunderX2"]])],
  [0x48, new Map([[0xd01, "HiSilicon TSV110"]])],
  [0xc0, new Map([[0xac3, "Ampere-1"], [0xac4, "Ampere-1a"]])],
]);

/** Implementers whose parts change too often to list; the part number is quoted instead. */
const IMPLEMENTERS: ReadonlyMap<number, string> = new Map([[0x61, "Apple"]]);

/**
 * The name of an Arm core.
 *
 * @param implementer As printed: "0x41".
 * @param part As printed: "0xd0c".
 * @returns Such as "Neoverse-N1", or the codes where the core is not a well-known one.
 */
export function armModelName(implementer: string, part: string): string {
  const name = PARTS.get(Number(implementer))?.get(Number(part));
  if (name !== undefined) return name;
  const maker = IMPLEMENTERS.get(Number(implementer));
  if (maker !== undefined) return `${maker} part ${part}`;
  return `implementer ${implementer} part ${part}`;
}

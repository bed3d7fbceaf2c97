import type { ReadableRow } from "../store/run_row.ts";
import { StoreError } from "../store/store_error.ts";

/** What a set of runs may be told by. */
const KEYS = ["host", "kernel", "arch"] as const;

/** One of the keys of a set. */
export type SetKey = typeof KEYS[number];

/** Whether a reference means a set, such as `host=local` or `host=local,kernel=6.12`. */
export function isSet(reference: string): boolean {
  return KEYS.some((key) => reference.startsWith(`${key}=`));
}

/**
 * The conditions of a set; a run has to meet all.
 *
 * @throws {StoreError} If a part is no condition.
 */
export function parseSet(reference: string): [SetKey, string][] {
  return reference.split(",").map((part) => {
    const [key, ...value] = part.split("=");
    const known = KEYS.find((one) => one === key);
    if (known !== undefined && value.join("=") !== "") return [known, value.join("=")];
    throw new StoreError(
      `Cannot understand the set '${reference}': '${part}' is not a condition`,
      `write ${KEYS.map((one) => `${one}=…`).join(", ")}, joined by commas`,
    );
  });
}

/** Whether a run meets a condition. A kernel's release begins so: 6.1 means 6.1.9, not 6.12. */
export function meets(row: ReadableRow, key: SetKey, value: string): boolean {
  if (key !== "kernel") return row[key] === value;
  const cutsNumber = /\d$/.test(value) && /^\d/.test(row.kernel.slice(value.length));
  return row.kernel.startsWith(value) && !cutsNumber;
}

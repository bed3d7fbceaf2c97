import { RingBufferError } from "./errors.ts";

/** How a field's bytes are to be taken. */
export type FieldKind =
  /** A number of 1, 2, 4 or 8 bytes. */
  | "integer"
  /** An address: an unsigned number that means a place in the kernel. */
  | "pointer"
  /** `char name[N]`: text that ends at the first NUL or the field's end. */
  | "text"
  /** `__data_loc char[] name`, or `char name[]` at the event's end: text of any length. */
  | "dynamic-text"
  /** A cpumask or bitmask whose words are elsewhere in the event (`__data_loc cpumask_t`). */
  | "cpumask"
  /** Numbers one after the other, of fixed count. */
  | "array"
  /** Numbers elsewhere in the event, of any count. */
  | "dynamic-array"
  /** Anything else: bytes. */
  | "bytes";

/** How a field whose content is elsewhere says where that is. */
export type Locator = "none" | "data-loc" | "rel-loc" | "to-end";

/** One field of an event. */
export interface EventField {
  readonly name: string;
  /** C type as the format file writes it. */
  readonly type: string;
  /** Bytes from the event's begin. */
  readonly offset: number;
  /** Bytes in the event's fixed part. */
  readonly size: number;
  readonly signed: boolean;
  readonly kind: FieldKind;
  readonly locator: Locator;
  /** Bytes of one number; 0 for kinds without numbers. */
  readonly elementBytes: number;
}

/** What a format file (`events/SYSTEM/EVENT/format`) says. */
export interface EventFormat {
  readonly system: string;
  readonly name: string;
  /** Number in the event's first field. */
  readonly id: number;
  /** Fields that all events have (`common_type`, `common_pid`, …). */
  readonly common: readonly EventField[];
  /** Fields of this event. */
  readonly fields: readonly EventField[];
  readonly printFormat: string;
  /** Bytes that an event must have at least for all its fixed fields. */
  readonly minimumBytes: number;
}

const FIELD =
  /^\s*field:\s*([^;\n]{1,500});\s*offset:(\d{1,6});\s*size:(\d{1,6});(?:\s*signed:([01]);)?/;
/** Events have a 16-bit number (struct trace_entry, include/linux/trace_events.h). */
const MAX_ID = 0xffff;
/** More fields than any kernel event has; guards against a hostile file. */
const MAX_FIELDS = 256;

/**
 * Reads one event's format file.
 *
 * @param system Folder it was in, such as `ipi`.
 * @throws {RingBufferError} If name, number or a field cannot be read.
 */
export function parseEventFormat(system: string, text: string): EventFormat {
  const name = /^name:\s*(\S{1,200})\s*$/m.exec(text)?.[1];
  const id = Number(/^ID:\s*(\d{1,9})\s*$/m.exec(text)?.[1] ?? NaN);
  if (name === undefined || !Number.isInteger(id) || id > MAX_ID) {
    throw new RingBufferError(
      `Cannot read a format of system '${system}': no 'name:' or no 'ID:' up to ${MAX_ID}`,
    );
  }
  const fields: EventField[] = [];
  for (const line of text.split("\n")) {
    if (!/^\s*field:/.test(line)) continue;
    const field = parseField(line);
    if (field === undefined || fields.length === MAX_FIELDS) {
      throw new RingBufferError(
        `Cannot read the format of ${system}:${name}: its line '${line.trim()}' describes no field, ` +
          `or more than ${MAX_FIELDS} fields are there`,
      );
    }
    fields.push(field);
  }
  const isCommon = (field: EventField): boolean => field.name.startsWith("common_");
  return {
    system,
    name,
    id,
    common: fields.filter(isCommon),
    fields: fields.filter((field) => !isCommon(field)),
    printFormat: /^print fmt:\s*(.*)$/ms.exec(text)?.[1]?.trim() ?? "",
    minimumBytes: fields.reduce((most, { offset, size }) => Math.max(most, offset + size), 0),
  };
}

function parseField(line: string): EventField | undefined {
  const found = FIELD.exec(line);
  if (found === null) return undefined;
  const declaration = /^(.*?[\s*])([A-Za-z_]\w*)\s*((?:\[[^\]]*\])*)$/.exec(found[1]!.trim());
  if (declaration === null) return undefined;
  const [, before, name, brackets] = declaration;
  const type = (before!.trim() + brackets!).replace(/\s+/g, " ");
  const size = Number(found[3]);
  const signed = found[4] === undefined ? !type.includes("unsigned") : found[4] === "1";
  return { name: name!, type, offset: Number(found[2]), size, signed, ...classify(type, size) };
}

type Classified = Pick<EventField, "kind" | "locator" | "elementBytes">;

function classify(type: string, size: number): Classified {
  // The place of content elsewhere is always a 32-bit word
  const locator = /^__data_loc\b/.test(type) && size === 4
    ? "data-loc"
    : /^__rel_loc\b/.test(type) && size === 4
    ? "rel-loc"
    : /\[\]$/.test(type) && size === 0
    ? "to-end"
    : "none";
  const bare = type.replace(/^__(data|rel)_loc /, "").replace(/\bconst |\bvolatile /g, "");
  const element = bare.replace(/\[[^\]]*\]$/, "").trim();
  if (locator !== "none") return { locator, ...classifyDynamic(element) };
  if (bare.includes("[")) return { locator, ...classifyArray(bare, size) };
  if (bare.endsWith("*") && (size === 4 || size === 8)) {
    return { locator, kind: "pointer", elementBytes: size };
  }
  return [1, 2, 4, 8].includes(size)
    ? { locator, kind: "integer", elementBytes: size }
    : { locator, kind: "bytes", elementBytes: 0 };
}

function classifyDynamic(element: string): Omit<Classified, "locator"> {
  if (element === "char") return { kind: "dynamic-text", elementBytes: 0 };
  if (/^(cpumask_t|struct cpumask)\b/.test(element)) return { kind: "cpumask", elementBytes: 0 };
  const bytes = elementSize(element);
  return bytes > 0
    ? { kind: "dynamic-array", elementBytes: bytes }
    : { kind: "bytes", elementBytes: 0 };
}

function classifyArray(type: string, size: number): Omit<Classified, "locator"> {
  if (/^char\s*\[/.test(type)) return { kind: "text", elementBytes: 0 };
  // The count tells the size of an element: `long` has four bytes on 32-bit kernels
  const bytes = size / Number(/\[(\d+)\]$/.exec(type)?.[1] ?? NaN);
  return [1, 2, 4, 8].includes(bytes)
    ? { kind: "array", elementBytes: bytes }
    : { kind: "bytes", elementBytes: 0 };
}

/** Bytes of one element by its C type; 0 if unknown. */
function elementSize(type: string): number {
  if (/\b(__)?[us]8\b|\bu?int8_t\b|\bchar\b|\bbool\b/.test(type)) return 1;
  if (/\b(__)?[us]16\b|\bu?int16_t\b|\bshort\b|\b__[bl]e16\b/.test(type)) return 2;
  if (/\b(__)?[us]64\b|\bu?int64_t\b|\blong\b|\*$|\bsize_t\b|\b__[bl]e64\b/.test(type)) return 8;
  if (/\b(__)?[us]32\b|\bu?int32_t\b|\bint\b|\bunsigned\b|_t$|\b__[bl]e32\b/.test(type)) return 4;
  return 0;
}

import type { EventField, EventFormat } from "../ring_buffer/event_format.ts";
import { typedEvents } from "./ftrace_types.ts";
import { bytesTag, ProtoWriter, varintTag } from "../protobuf/proto_writer.ts";

/** What is done with a field; small numbers, since one switch for each field decides the speed. */
export const Op = {
  uint8: 0,
  int8: 1,
  uint16: 2,
  int16: 3,
  uint32: 4,
  int32: 5,
  uint64: 6,
  symbol: 7,
  symbol32: 8,
  string: 9,
  string32: 10,
  text: 11,
  dynamicText: 12,
  cpumask: 13,
  repeated: 14,
  list: 15,
  hex: 16,
} as const;

/** Writing one field of an event. */
export interface Step {
  readonly op: number;
  /** Tag of the field in protobuf. */
  readonly tag: number;
  readonly field: EventField;
  readonly offset: number;
  readonly size: number;
}

/** How an event of one kind is written, worked out once from its format. */
export interface EventPlan {
  readonly format: EventFormat;
  /** Field of `FtraceEvent`. */
  readonly fieldId: number;
  /** Tag of that field, ready to be copied. */
  readonly tag: Uint8Array;
  readonly steps: readonly Step[];
  /** Bytes that an event must have for its fixed fields. */
  readonly minimumBytes: number;
  /** Bytes that it can at most take in the trace, without text of any length. */
  readonly reserve: number;
  readonly pidOffset: number;
  /** For generic events: the serialised descriptor that describes them. */
  readonly descriptor: Uint8Array | undefined;
}

/** Ids of FtraceEvent reserved for events that describe themselves: 65536 to 131072. */
const GENERIC_BASE = 65536;
/** Fields of a generic event: numbers must be below 32 (perfetto v55.3, generic_ftrace). */
const GENERIC_FIELDS = 31;
/** Pointers and numbers with these names are places in the kernel's code. */
const CODE_FIELDS = new Set(["callsite", "callback", "func", "function", "caller", "call_site"]);
/** Text in fields below this size has one byte for its length. */
const SMALL_TEXT = 128;
/** FieldDescriptorProto.Type (google/protobuf/descriptor.proto). */
const TYPE_INT64 = 3;
const TYPE_UINT64 = 4;
const TYPE_STRING = 9;
const LABEL_OPTIONAL = 1;

/**
 * Plans how events of one format are written.
 *
 * @param generic Does without Perfetto's own message even if there is one.
 */
export function planEvent(format: EventFormat, generic = false): EventPlan {
  const typed = generic ? undefined : typedEvents[`${format.system}:${format.name}`];
  const fieldId = typed?.field ?? GENERIC_BASE + format.id;
  const steps = typed === undefined
    ? format.fields.slice(0, GENERIC_FIELDS).map((field, index) =>
      genericStep(field, index + 1, format)
    )
    : format.fields.flatMap((field) => typedStep(field, typed.fields[field.name]));
  const tag = new ProtoWriter(8);
  tag.varint(bytesTag(fieldId));
  const pidOffset = format.common.find(({ name }) => name === "common_pid")?.offset ?? 4;
  const fixed = format.fields.reduce((sum, { size }) => sum + 24 + 3 * size, 0);
  return {
    format,
    fieldId,
    tag: tag.written.slice(),
    steps,
    minimumBytes: Math.max(8, pidOffset + 4, format.minimumBytes),
    reserve: 64 + fixed,
    pidOffset,
    descriptor: typed === undefined ? describe(format.name, steps) : undefined,
  };
}

function typedStep(field: EventField, number: number | undefined): Step[] {
  if (number === undefined) return [];
  const isList = field.kind === "array" && field.elementBytes >= 4;
  const op = isList ? Op.repeated : chooseOp(field, false, false);
  return [step(field, op, number)];
}

function genericStep(field: EventField, number: number, { printFormat }: EventFormat): Step {
  const isMask = new RegExp(`__get_(rel_)?(bit|cpu)mask\\(${field.name}\\)`).test(printFormat);
  return step(field, chooseOp(field, CODE_FIELDS.has(field.name), isMask), number);
}

function step(field: EventField, op: number, number: number): Step {
  const tag = isNumeric(op) ? varintTag(number) : bytesTag(number);
  return { op, tag, field, offset: field.offset, size: field.size };
}

function chooseOp(field: EventField, isCode: boolean, isMask: boolean): number {
  const { kind, signed, elementBytes, size } = field;
  if (isMask || kind === "cpumask") return Op.cpumask;
  switch (kind) {
    case "pointer":
      if (/\bchar \*$/.test(field.type)) return size === 8 ? Op.string : Op.string32;
      if (isCode) return size === 8 ? Op.symbol : Op.symbol32;
      return size === 8 ? Op.uint64 : Op.uint32;
    case "integer":
      if (isCode && size === 8) return Op.symbol;
      if (elementBytes === 8) return Op.uint64;
      if (elementBytes === 4) return signed ? Op.int32 : Op.uint32;
      if (elementBytes === 2) return signed ? Op.int16 : Op.uint16;
      return signed ? Op.int8 : Op.uint8;
    case "text":
      return size < SMALL_TEXT ? Op.text : Op.dynamicText;
    case "dynamic-text":
      return Op.dynamicText;
    case "array":
    case "dynamic-array":
      return Op.list;
    default:
      return Op.hex;
  }
}

/** Whether a step writes a varint; {@linkcode Op.repeated} writes several. */
function isNumeric(op: number): boolean {
  return op <= Op.uint64 || op === Op.repeated;
}

/** DescriptorProto of a generic event: name=1, field=2 {name=1, number=3, label=4, type=5}. */
function describe(name: string, steps: readonly Step[]): Uint8Array {
  const writer = new ProtoWriter(1024);
  writer.text(1, name);
  for (const { op, tag, field } of steps) {
    const begin = writer.open(2);
    writer.text(1, field.name);
    writer.number(3, tag >>> 3);
    writer.number(4, LABEL_OPTIONAL);
    writer.number(5, isNumeric(op) ? (field.signed ? TYPE_INT64 : TYPE_UINT64) : TYPE_STRING);
    writer.close(begin);
  }
  return writer.written.slice();
}

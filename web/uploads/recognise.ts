/** What an uploaded file is, by its content. */

import { readVarint } from "../../traces/protobuf/proto_reader.ts";
import { Problem } from "../base/problem.ts";

/** What can be taken. */
export type UploadKind = "trace" | "tar" | "tar.gz";

/** A record of tar; its magic stands at 257 (POSIX ustar, GNU). */
const TAR_RECORD = 512;
const TAR_MAGIC_AT = 257;
/** Trace.packet = 1, length-delimited: what every Perfetto trace begins with, and every packet. */
const PACKET_TAG = 0x0a;
/** RFC 1952. */
const GZIP_MAGIC = [0x1f, 0x8b];
/** A length of 32 bits has at most so many bytes as a varint. */
const LONGEST_VARINT = 5;

/**
 * Says what a file is.
 *
 * A trace is walked from packet to packet, so that no other file passes for one.
 *
 * @throws {Problem} If it is none of what can be taken, or a trace that was cut off.
 */
export function recognise(path: string): UploadKind {
  using file = Deno.openSync(path);
  const head = new Uint8Array(TAR_RECORD);
  const size = readAt(file, head, 0);
  const magic = new TextDecoder().decode(head.subarray(TAR_MAGIC_AT, TAR_MAGIC_AT + 5));
  if (size === TAR_RECORD && magic === "ustar") return "tar";
  if (head[0] === GZIP_MAGIC[0] && head[1] === GZIP_MAGIC[1]) return "tar.gz";
  if (head[0] === PACKET_TAG) {
    checkPackets(file);
    return "trace";
  }
  throw new Problem(
    415,
    "The upload is neither a Perfetto trace nor a tar archive",
    "send a .pftrace, or `tar cz` of one run directory",
  );
}

/** Walks over all packets; only their lengths are read. */
function checkPackets(file: Deno.FsFile): void {
  const { size } = file.statSync();
  const window = new Uint8Array(65_536);
  let begin = 0;
  let held = 0;
  for (let at = 0; at < size;) {
    const needed = Math.min(size, at + 1 + LONGEST_VARINT);
    if (at < begin || needed > begin + held) {
      begin = at;
      held = readAt(file, window, at);
    }
    const packet = window.subarray(at - begin, held);
    const from = at;
    const length = readVarint(packet.subarray(0, 1 + LONGEST_VARINT), 1);
    if (length !== null) at += length.end + length.value;
    if (packet[0] !== PACKET_TAG || length === null || at > size) {
      throw new Problem(
        400,
        `The upload begins like a Perfetto trace, but no packet stands at byte ${from}, or it was ` +
          "cut off",
        "send the whole file",
      );
    }
  }
}

function readAt(file: Deno.FsFile, into: Uint8Array, at: number): number {
  file.seekSync(at, Deno.SeekMode.Start);
  let read = 0;
  while (read < into.length) {
    const more = file.readSync(into.subarray(read));
    if (more === null) break;
    read += more;
  }
  return read;
}

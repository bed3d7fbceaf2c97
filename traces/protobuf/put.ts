/** Varints into a buffer that has place for them: the innermost loops of all that writes protobuf. */

const TWO_28 = 2 ** 28;

/** Writes an unsigned 32-bit number; returns the place behind it. */
export function putUint32(to: Uint8Array, at: number, value: number): number {
  let rest = value;
  while (rest > 0x7f) {
    to[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  to[at++] = rest;
  return at;
}

/** Writes a signed 32-bit number as int32: negative ones take ten bytes. */
export function putInt32(to: Uint8Array, at: number, value: number): number {
  return value >= 0 ? putUint32(to, at, value) : putUint64(to, at, 0xffffffff, value >>> 0);
}

/** Writes 64 bits, given as two unsigned halves. */
export function putUint64(to: Uint8Array, at: number, high: number, low: number): number {
  if (high === 0) return putUint32(to, at, low);
  to[at++] = (low & 0x7f) | 0x80;
  to[at++] = ((low >>> 7) & 0x7f) | 0x80;
  to[at++] = ((low >>> 14) & 0x7f) | 0x80;
  to[at++] = ((low >>> 21) & 0x7f) | 0x80;
  const middle = ((high << 4) | (low >>> 28)) & 0x7f;
  const rest = high >>> 3;
  if (rest === 0) {
    to[at++] = middle;
    return at;
  }
  to[at++] = middle | 0x80;
  return putUint32(to, at, rest);
}

/**
 * Writes a time, in ns relative to a base that is a multiple of 2^32 ns.
 *
 * @param baseHigh Upper half of the base.
 */
export function putTime(to: Uint8Array, at: number, time: number, baseHigh: number): number {
  const upper = Math.floor(time / TWO_28);
  const lower = time - upper * TWO_28;
  const rest = upper + baseHigh * 16;
  if (rest === 0) return putUint32(to, at, lower);
  to[at++] = (lower & 0x7f) | 0x80;
  to[at++] = ((lower >>> 7) & 0x7f) | 0x80;
  to[at++] = ((lower >>> 14) & 0x7f) | 0x80;
  to[at++] = (lower >>> 21) | 0x80;
  // Up to 2^36: one step more than fits into 32 bits
  if (rest < 0x80000000) return putUint32(to, at, rest);
  to[at++] = (rest % 128) | 0x80;
  return putUint32(to, at, Math.floor(rest / 128));
}

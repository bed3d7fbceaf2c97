/** One integer; those of eight bytes as bigint. */
export function readInteger(
  view: DataView,
  at: number,
  bytes: number,
  signed: boolean,
  littleEndian: boolean,
): number | bigint {
  switch (bytes) {
    case 1:
      return signed ? view.getInt8(at) : view.getUint8(at);
    case 2:
      return signed ? view.getInt16(at, littleEndian) : view.getUint16(at, littleEndian);
    case 4:
      return signed ? view.getInt32(at, littleEndian) : view.getUint32(at, littleEndian);
    default:
      return signed ? view.getBigInt64(at, littleEndian) : view.getBigUint64(at, littleEndian);
  }
}

/** What turns addresses of the recording kernel into text; UTF-8 ready to be written. */
export interface AddressResolver {
  /**
   * The function at an address.
   *
   * @param high Upper half of the address.
   * @param low Lower half.
   * @returns `name`, `name+0x1f`, or the address in hexadecimal if there is none.
   */
  symbol(high: number, low: number): Uint8Array;
  /** The constant text at an address (`const char *` fields), or the address in hexadecimal. */
  string(high: number, low: number): Uint8Array;
}

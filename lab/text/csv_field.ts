/**
 * One field of CSV (RFC 4180). Spreadsheets run what begins like a formula: an apostrophe in front
 * makes it text (OWASP, CSV injection).
 */
export function csvField(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

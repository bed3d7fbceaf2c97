/** Colours of slices: always the same for a name, and shades for how busy a bucket was. */

/** Different colours; the page defines `--line0` … for both schemes. */
export const COLOURS = 12;
/** Shades of each, from hardly busy to busy throughout. */
export const SHADES = 32;
/** What was busy for a moment must still be seen. */
const FAINTEST = 0.3;

/** A colour as red, green, blue, 0..255. */
export type Rgb = readonly [number, number, number];

/** The colour of a name, 0..COLOURS-1: FNV-1a, whose bits are good enough for this. */
export function colourOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  }
  // The low bits of FNV hang together: fold the high ones in
  return ((hash ^ (hash >>> 15)) >>> 0) % COLOURS;
}

/** Reads `#rrggbb`. @throws {Error} If it is anything else. */
export function parseHex(text: string): Rgb {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text.trim());
  if (match === null) throw new Error(`Cannot read colour '${text}': expected #rrggbb`);
  return [parseInt(match[1]!, 16), parseInt(match[2]!, 16), parseInt(match[3]!, 16)];
}

/**
 * All shades of all colours as pixels of an ImageData (alpha, blue, green, red on the
 * little-endian machines that browsers run on).
 *
 * @param paper What is behind the slices.
 */
export function shadesOf(colours: readonly Rgb[], paper: Rgb): Uint32Array {
  const shades = new Uint32Array(colours.length * SHADES);
  colours.forEach((colour, index) => {
    for (let shade = 0; shade < SHADES; shade++) {
      const share = FAINTEST + (1 - FAINTEST) * shade / (SHADES - 1);
      const [red, green, blue] = [0, 1, 2].map((part) =>
        Math.round(colour[part]! * share + paper[part]! * (1 - share))
      );
      shades[index * SHADES + shade] = (0xff000000 | blue! << 16 | green! << 8 | red!) >>> 0;
    }
  });
  return shades;
}

/// <reference lib="dom" />

/** A canvas that has one pixel for each pixel of the screen. */
export class Surface {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  /** Pixels of the screen per CSS pixel. */
  ratio = 1;
  /** CSS pixels. */
  width = 0;
  /** CSS pixels. */
  height = 0;

  /** @throws {Error} If the browser has no 2D canvas. */
  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d", { alpha: false });
    if (context === null) throw new Error("Cannot draw: the browser has no 2D canvas");
    this.canvas = canvas;
    this.context = context;
  }

  /** Pixels of the screen across. */
  get columns(): number {
    return this.canvas.width;
  }

  /**
   * Takes a size, CSS pixels.
   *
   * @returns Whether it is another one; the canvas is blank then.
   */
  resize(width: number, height: number): boolean {
    const ratio = devicePixelRatio;
    if (width === this.width && height === this.height && ratio === this.ratio) return false;
    this.ratio = ratio;
    this.width = width;
    this.height = height;
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
    return true;
  }

  /** Paints in CSS pixels from now on. */
  useCssPixels(): void {
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
  }

  /** Paints in the screen's pixels from now on. */
  useScreenPixels(): void {
    this.context.setTransform(1, 0, 0, 1, 0, 0);
  }
}

/** The part of D3 that the pictures use. */

/** A scale of numbers; see d3-scale. */
export interface Scale {
  (value: number): number;
  domain(ends: readonly [number, number]): this;
  range(ends: readonly [number, number]): this;
  range(): [number, number];
  ticks(count: number): number[];
  tickFormat(count: number, specifier?: string): (value: number) => string;
}

/** A generator of paths; see d3-shape. */
export interface PathGenerator<T> {
  (data: readonly T[]): string | null;
  x(place: (datum: T) => number): this;
  y(place: (datum: T) => number): this;
}

/** A generator of outlines; see d3-shape. */
export interface AreaGenerator<T> {
  (data: readonly T[]): string | null;
  x(place: (datum: T) => number): this;
  y0(place: (datum: T) => number): this;
  y1(place: (datum: T) => number): this;
}

/** What it exports. */
export interface D3 {
  scaleLinear(): Scale;
  scaleLog(): Scale;
  line<T>(): PathGenerator<T>;
  area<T>(): AreaGenerator<T>;
}

/** Returns D3, evaluated at the first call. */
export function loadD3(): D3;

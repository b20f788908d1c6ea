/**
 * A chart described once and drawn twice: as vectors in a PDF, as SVG on the page. Geometry only: y grows downwards,
 * lengths are points, texts are ready to be shown.
 */
export interface Chart {
  readonly width: number
  readonly height: number
  readonly shapes: readonly Shape[]
  /** What it shows, in words, for those who do not see it. */
  readonly description: string
}

/** What a shape is there for; each medium has its own colours. */
export type Tone = 'series' | 'second' | 'third' | 'negative' | 'soft' | 'area' | 'grid' | 'axis'

export type Shape =
  | {
      readonly kind: 'rect'
      readonly x: number
      readonly y: number
      readonly width: number
      readonly height: number
      readonly tone: Tone
    }
  | { readonly kind: 'line'; readonly points: readonly Point[]; readonly tone: Tone; readonly thickness: number }
  | { readonly kind: 'area'; readonly points: readonly Point[]; readonly tone: Tone }
  | {
      readonly kind: 'text'
      readonly x: number
      readonly y: number
      readonly text: string
      readonly size: number
      readonly anchor: Anchor
      readonly width: number
    }

type Anchor = 'start' | 'middle' | 'end'
export type Point = readonly [x: number, y: number]

export interface Size {
  readonly width: number
  readonly height: number
}

/** One bar: `value` decides the geometry, `label` names it, `text` is the number as it is shown where it is. */
export interface Datum {
  readonly label: string
  readonly value: number
  readonly text?: string
}

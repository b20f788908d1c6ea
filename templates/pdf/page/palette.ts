import type { Ink } from './canvas.ts'

/** The colours of a document, all from the account's one; every text colour is readable on what it stands on. */
export interface Palette {
  /** The brand itself, for areas. */
  readonly brand: Ink
  /** For text on the brand. */
  readonly onBrand: Ink
  /** The brand dark enough for text and bars on white. */
  readonly accent: Ink
  readonly tint: Ink
  readonly stripe: Ink
  /** Bars and areas behind the ones that matter. */
  readonly soft: Ink
  readonly area: Ink
  readonly grid: Ink
  readonly ink: Ink
  readonly muted: Ink
  readonly rule: Ink
  /** A third line beside the accent and the warning, told apart from both whatever the brand. */
  readonly third: Ink
  readonly good: Ink
  readonly bad: Ink
  readonly warnTint: Ink
  readonly warn: Ink
}

type Rgb = readonly [red: number, green: number, blue: number]

const OURS = '#1f4fa3'
const THIRDS: readonly Rgb[] = [
  [21, 112, 62],
  [31, 79, 163],
  [96, 48, 140],
]
const WHITE: Rgb = [255, 255, 255]
const BLACK: Rgb = [22, 26, 34]

/** `brandColor` is `#rrggbb`; anything else is taken for ours. */
export function paletteOf(brandColor: string | undefined): Palette {
  const brand = rgbOf(brandColor) ?? (rgbOf(OURS) as Rgb)
  const accent = darken(brand)
  return {
    brand: inkOf(brand),
    onBrand: inkOf(contrast(brand, WHITE) >= 4.5 ? WHITE : BLACK),
    accent: inkOf(accent),
    tint: inkOf(mix(accent, WHITE, 0.92)),
    stripe: inkOf(mix(accent, WHITE, 0.965)),
    soft: inkOf(mix(accent, WHITE, 0.55)),
    area: inkOf(mix(accent, WHITE, 0.85)),
    grid: inkOf([232, 234, 239]),
    ink: inkOf(BLACK),
    muted: inkOf([92, 99, 112]),
    rule: inkOf([214, 218, 226]),
    third: inkOf(furthestFrom(accent, THIRDS)),
    good: inkOf([21, 112, 62]),
    bad: inkOf([180, 35, 24]),
    warnTint: inkOf([255, 245, 224]),
    warn: inkOf([138, 75, 0]),
  }
}

function furthestFrom(color: Rgb, candidates: readonly Rgb[]): Rgb {
  const distance = (other: Rgb) => color.reduce((sum, part, i) => sum + (part - (other[i] as number)) ** 2, 0)
  return [...candidates].sort((a, b) => distance(b) - distance(a))[0] as Rgb
}

function rgbOf(hex: string | undefined): Rgb | undefined {
  const parts = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex ?? '')
  return parts ? ([1, 2, 3].map((i) => Number.parseInt(parts[i] as string, 16)) as unknown as Rgb) : undefined
}

function darken(color: Rgb): Rgb {
  let dark = color
  for (let step = 0; contrast(dark, WHITE) < 4.5; step++) dark = mix(color, BLACK, Math.min(1, step / 20))
  return dark
}

const mix = (a: Rgb, b: Rgb, share: number): Rgb =>
  a.map((part, i) => part + ((b[i] as number) - part) * share) as unknown as Rgb

function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((part) => {
    const share = part / 255
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const inkOf = (color: Rgb): Ink => color.map((part) => Math.round((part / 255) * 1000) / 1000).join(' ')

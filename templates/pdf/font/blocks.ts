/**
 * Stretches of a face that are always embedded whole, so that their subset is made and compressed once per process.
 * A document gets those it uses a glyph of; every other glyph is subset per document.
 */
export const BLOCKS = ['latin', 'extended', 'vietnamese', 'greek', 'cyrillic'] as const
export type Block = (typeof BLOCKS)[number]

type Range = readonly [from: number, to: number]

const RANGES: Record<Block, readonly Range[]> = {
  latin: [
    [0x20, 0x7e],
    [0xa0, 0xa0], // no-break space: some locales group digits with it
    [0xa3, 0xa3],
    [0xa5, 0xa5],
    [0xb7, 0xb7],
    [0xd7, 0xd7],
    [0x2013, 0x2014],
    [0x2018, 0x2019],
    [0x201c, 0x201d],
    [0x2026, 0x2026],
    [0x202f, 0x202f],
    [0x20ac, 0x20ac],
    [0x2212, 0x2212],
    [0xfffd, 0xfffd],
  ],
  extended: [
    [0xa1, 0xa2],
    [0xa4, 0xa4],
    [0xa6, 0xac],
    [0xae, 0xb6],
    [0xb8, 0xd6],
    [0xd8, 0x17f],
    [0x218, 0x21b],
    [0x2010, 0x2012],
    [0x201a, 0x201a],
    [0x201e, 0x201e],
    [0x2022, 0x2022],
    [0x2039, 0x203a],
    [0x20a9, 0x20a9],
    [0x20b9, 0x20b9],
    [0x20ba, 0x20ba],
    [0x20bd, 0x20bd],
    [0x2122, 0x2122],
  ],
  vietnamese: [
    [0x1a0, 0x1a1],
    [0x1af, 0x1b0],
    [0x1e9e, 0x1ef9],
  ],
  greek: [
    [0x384, 0x38a],
    [0x38c, 0x38c],
    [0x38e, 0x3a1],
    [0x3a3, 0x3ce],
  ],
  cyrillic: [
    [0x400, 0x45f],
    [0x490, 0x491],
  ],
}

const blocks = new Map(BLOCKS.flatMap((block) => codePointsOf(block).map((codePoint) => [codePoint, block])))

/** Undefined for what is subset per document. */
export const blockOf = (codePoint: number): Block | undefined => blocks.get(codePoint)

/** The code points of a block, in order. */
export function codePointsOf(block: Block): number[] {
  return RANGES[block].flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i))
}

import type { Font } from 'fontkit'

/** What places marks in fontkit 2.0.4, as far as it is mended here. */
interface Positioning {
  applyLookup: (type: number, table: unknown) => boolean
  getAnchor: (anchor: object | null) => { x: number; y: number }
}

class NoAnchor extends Error {}

/**
 * A font may say that a letter has no place for a mark: the lookup then does not apply, and the next one may. fontkit
 * reads the missing place and throws, for ڢ alone and at a word's end among others: one name would cost a whole report.
 */
export function tolerateMissingAnchors(font: Font): Font {
  const { _layoutEngine } = font as unknown as { _layoutEngine?: { engine?: { GPOSProcessor?: Positioning | null } } }
  const positioning = _layoutEngine?.engine?.GPOSProcessor
  if (!positioning) return font
  const getAnchor = positioning.getAnchor.bind(positioning)
  const applyLookup = positioning.applyLookup.bind(positioning)
  positioning.getAnchor = (anchor) => {
    if (!anchor) throw new NoAnchor()
    return getAnchor(anchor)
  }
  positioning.applyLookup = (type, table) => {
    try {
      return applyLookup(type, table)
    } catch (error) {
      if (error instanceof NoAnchor) return false // nothing has been moved yet
      throw error
    }
  }
  return font
}

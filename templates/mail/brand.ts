const OURS = '#1f4fa3'

/** The account's colour, or ours where it has none, and the ink that can be read on it (WCAG contrast). */
export function brandColors(color: string | undefined): { brand: string; onBrand: string } {
  const brand = /^#[0-9a-f]{6}$/i.test(color ?? '') ? (color as string) : OURS
  const light = luminance(brand)
  return { brand, onBrand: 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? '#ffffff' : '#000000' }
}

/** WCAG 2 relative luminance, 0 to 1. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    linear(Number.parseInt(color.slice(at, at + 2), 16) / 255),
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const linear = (channel: number) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4)

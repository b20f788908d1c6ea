// Building a formatter takes a hundred times as long as using it, so each is built once; one is as good as another.
const numberFormats = new Map<string, Intl.NumberFormat>()
const dateFormats = new Map<string, Intl.DateTimeFormat>()

/** Numbers by locale. */
export function numbers(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return kept(numberFormats, locale, options, () => new Intl.NumberFormat(safeLocale(locale), options))
}

/** Dates by locale in the Gregorian calendar. */
export function dates(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const gregorian = { calendar: 'gregory', ...options }
  return kept(dateFormats, locale, options, () => new Intl.DateTimeFormat(safeLocale(locale), gregorian))
}

function kept<Format>(formats: Map<string, Format>, locale: string, options: object, build: () => Format): Format {
  const key = `${locale} ${JSON.stringify(options)}`
  const format = formats.get(key) ?? build()
  formats.set(key, format)
  return format
}

/** The locale if this machine can write it ("pt_BR" is read as "pt-BR"), else en-US. */
export function safeLocale(text: string | null | undefined): string {
  const known = safe.get(text ?? '')
  if (known) return known
  const locale = supported((text ?? '').replaceAll('_', '-')) ?? 'en-US'
  safe.set(text ?? '', locale)
  return locale
}

const safe = new Map<string, string>()

function supported(text: string): string | undefined {
  try {
    return Intl.NumberFormat.supportedLocalesOf(text)[0]
  } catch {
    return undefined // not even the shape of a locale
  }
}

// Building a formatter takes a hundred times as long as using it, so each is built once; one is as good as another.
const numberForms = new Map<string, NumberForm>()
const dateForms = new Map<string, DateForm>()

export interface NumberForm {
  readonly format: (value: number | bigint | Intl.StringNumericLiteral) => string
}

export interface DateForm {
  readonly format: (at: Date | number) => string
  readonly formatRange: (from: Date | number, to: Date | number) => string
  /** What the zone is called in it. */
  readonly zoneName: (at: Date | number) => string
}

/** Numbers by locale. */
export function numbers(locale: string, options: Intl.NumberFormatOptions): NumberForm {
  return kept(numberForms, locale, options, () => {
    const form = new Intl.NumberFormat(safeLocale(locale), options)
    const same = SAME_NUMBERS[safeLocale(locale)]
    return { format: same ? (value) => same(form.format(value)) : (value) => form.format(value) }
  })
}

/** Dates by locale in the Gregorian calendar. */
export function dates(locale: string, options: Intl.DateTimeFormatOptions): DateForm {
  return kept(dateForms, locale, options, () => {
    const form = new Intl.DateTimeFormat(safeLocale(locale), { calendar: 'gregory', ...options })
    const same = safeLocale(locale).split('-')[0] === 'ko' ? koreanHalves : plainSpaces
    return {
      format: (at) => same(form.format(at)),
      formatRange: (from, to) => same(form.formatRange(from, to)),
      zoneName: (at) => form.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '',
    }
  })
}

/*
 * What runtimes word differently, in one form, so that a statement drawn again on another machine is the same file. Node 20
 * to 26 (ICU 78) agree on everything else that is shown in the languages of test/templates/pinned.test.ts, which holds that.
 */

/** Swiss French: Node 20.20.2 groups with a narrow space, the others with an apostrophe. */
const SAME_NUMBERS: Readonly<Record<string, (text: string) => string>> = {
  'fr-CH': (text) => text.replace(/(?<=\d)\u202f(?=\d)/g, "'"),
}

/** V8 has long taken the narrow space out of times; since Node 26 also out of ranges, but not out of parts. */
const plainSpaces = (text: string): string => (text.includes('\u202f') ? text.replaceAll('\u202f', ' ') : text)

/** Node 20.20.2 has the halves of the day in English. */
const koreanHalves = (text: string): string =>
  plainSpaces(text)
    .replace(/\bAM (?=\d)/, '오전 ')
    .replace(/\bPM (?=\d)/, '오후 ')

function kept<Form>(forms: Map<string, Form>, locale: string, options: object, build: () => Form): Form {
  const key = `${locale} ${JSON.stringify(options)}`
  const form = forms.get(key) ?? build()
  forms.set(key, form)
  return form
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

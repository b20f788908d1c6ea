import { COMPACT, DATES, LOCALES, MONEY, NUMBERS } from './data.ts'
import type { CompactForms, DateForms, MoneyForms, NumberForms } from './forms.ts'

/** How a locale writes: pinned data, so that a statement drawn again on any runtime is the same file. */
export interface Locale {
  /** BCP 47, for `lang` attributes: the nearest one that there are data for. */
  readonly tag: string
  readonly numbers: NumberForms
  readonly money: MoneyForms
  readonly compact: CompactForms
  readonly dates: DateForms
}

const FALLBACK = 'en-US'
const found = new Map<string, Locale>()

/** The locale that a text names ("pt_BR" is read as "pt-BR"); en-US for a language that Bursar does not speak, and for what is no locale. */
export function localeOf(text: string | null | undefined): Locale {
  const known = found.get(text ?? '')
  if (known) return known
  const locale = readLocale(text ?? '')
  found.set(text ?? '', locale)
  return locale
}

function readLocale(text: string): Locale {
  const tag = canonical(text.replaceAll('_', '-')) ?? FALLBACK
  const bare = tag.replace(/-[a-z0-9]-.*/i, '')
  const latin = tag.includes('-nu-latn') ? nearest(`${bare}-u-nu-latn`) : undefined
  const key = latin ?? nearest(bare)
  if (!key) return localeOf(FALLBACK)
  const [numbers, money, compact, dates] = LOCALES[key] ?? []
  return {
    tag: bare,
    numbers: at(NUMBERS, numbers),
    money: at(MONEY, money),
    compact: at(COMPACT, compact),
    dates: at(DATES, dates),
  }
}

function canonical(text: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(text)[0]
  } catch {
    return undefined // not even the shape of a locale
  }
}

/** A tag of data.ts: the text itself, or what is left of it without its last parts. */
function nearest(tag: string): string | undefined {
  const [bare = '', extension = ''] = tag.split('-u-')
  for (let parts = bare.split('-'); parts.length > 0; parts = parts.slice(0, -1)) {
    const key = parts.join('-') + (extension && `-u-${extension}`)
    if (key in LOCALES) return key
  }
  return undefined
}

function at<T>(list: readonly T[], index: number | undefined): T {
  const value = list[index ?? -1]
  if (value === undefined) throw new Error(`templates/locale/data.ts is not whole: ${index}`)
  return value
}

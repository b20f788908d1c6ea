/** A member of the sample program as the roster has it; what they did is made up from the seed. */
export interface Person {
  readonly id: string
  readonly name: string
  readonly country: string
  readonly locale: string
  readonly type: 'referral' | 'reseller' | 'distributor'
}

type Line = readonly [id: string, name: string, country: string, locale: string]

/** Half of them refer, some resell, a few distribute; the names are in the scripts that partners write. */
export const HALYARD_PARTNERS: readonly Person[] = [
  ...people('referral', [
    ['brightline', 'Brightline Media', 'US', 'en-US'],
    ['oconnor', 'Siobhán O’Connor', 'IE', 'en-IE'],
    ['gorski', 'Łukasz Górski – Blog o sprzedaży', 'PL', 'pl-PL'],
    ['zolc', 'Zażółć gęślą jaźń sp. z o.o.', 'PL', 'pl-PL'],
    ['papadopoulos', 'Παπαδόπουλος & Υιοί', 'GR', 'el-GR'],
    ['athina', 'Ψηφιακή Αθήνα', 'GR', 'el-GR'],
    ['ivanova', 'Иванова Мария Сергеевна', 'KZ', 'ru-KZ'],
    ['kyiv-digital', 'Київ Діджитал', 'UA', 'uk-UA'],
    ['nour', 'مدونة نور التقنية', 'EG', 'ar-EG'],
    ['shalom', 'שלום תקשורת בע״מ', 'IL', 'he-IL'],
    ['lantian', '蓝天数字营销', 'CN', 'zh-CN'],
    ['hoshi', '星野 さくら', 'JP', 'ja-JP'],
    ['haneul', '하늘 마케팅', 'KR', 'ko-KR'],
    ['rocket', 'Rocket 🚀 Reviews', 'US', 'en-US'],
    ['coffee', '☕ Café con Leche ☕', 'ES', 'es-ES'],
    ['muller', 'Jürgen Müller Online-Marketing', 'DE', 'de-DE'],
    ['lefevre', 'Élodie Lefèvre', 'FR', 'fr-FR'],
    ['nguyen', 'Nguyễn Thị Minh Khai', 'VN', 'vi-VN'],
    ['oz', 'Özgür Yıldız Dijital', 'TR', 'tr-TR'],
    ['aasen', 'Åsen & Bjørk', 'NO', 'nb-NO'],
    ['silva', 'João da Silva Conteúdo', 'BR', 'pt-BR'],
    ['comma', 'Smith, "The Closer", & Sons', 'US', 'en-US'],
    ['novak', 'Novák a Dvořák s.r.o.', 'CZ', 'cs-CZ'],
    ['chatguide', 'The Chat Guide', 'GB', 'en-GB'],
    ['harbor', 'Harbor & Pine', 'US', 'en-US'],
    ['supportly', 'Supportly Newsletter', 'CA', 'en-CA'],
  ]),
  ...people('reseller', [
    ['meridian', 'Meridian Systems LLC', 'US', 'en-US'],
    ['bluefin', 'Bluefin Consulting', 'AU', 'en-AU'],
    ['kowalscy', 'Kowalscy Integracje', 'PL', 'pl-PL'],
    ['volga', 'Волга Системы', 'KZ', 'ru-KZ'],
    ['alnoor', 'شركة النور للحلول البرمجية', 'AE', 'ar-AE'],
    ['carmel', 'כרמל פתרונות', 'IL', 'he-IL'],
    ['huaxin', '华信科技有限公司', 'CN', 'zh-CN'],
    ['sakura', '株式会社さくらシステム', 'JP', 'ja-JP'],
    ['hansol', '한솔 솔루션', 'KR', 'ko-KR'],
    ['thessaloniki', 'Λύσεις Θεσσαλονίκης ΑΕ', 'GR', 'el-GR'],
    ['tejidos', 'Soluciones Ibáñez', 'MX', 'es-MX'],
    ['castelli', 'Castelli e Figli S.r.l.', 'IT', 'it-IT'],
    ['dutchdesk', 'Dutch Desk B.V.', 'NL', 'nl-NL'],
    ['lakshmi', 'लक्ष्मी Infotech', 'IN', 'en-IN'],
    ['northgate', 'Northgate IT Services', 'GB', 'en-GB'],
    ['helvetia', 'Helvetia Support AG', 'CH', 'de-CH'],
  ]),
  ...people('distributor', [
    ['atlas', 'Atlas Cloud Distribution', 'US', 'en-US'],
    ['baltic', 'Baltic Software Hub', 'LT', 'lt-LT'],
    ['iberia', 'Ibéria Distribuição', 'PT', 'pt-PT'],
    ['wisla', 'Wisła Dystrybucja S.A.', 'PL', 'pl-PL'],
    ['dongfang', '东方软件分销', 'CN', 'zh-CN'],
    ['nile', 'موزعو النيل', 'EG', 'ar-EG'],
    ['rheinland', 'Rheinland Softwarehandel GmbH', 'DE', 'de-DE'],
    ['pacific', 'Pacific Rim Distribution', 'NZ', 'en-NZ'],
  ]),
]

export const KUMO_PARTNERS: readonly Person[] = [
  ...people('referral', [
    ['yamada', '山田 太郎', 'JP', 'ja-JP'],
    ['suzuki-lab', 'スズキ・ラボ', 'JP', 'ja-JP'],
    ['fuji-note', '富士ノート 🗻', 'JP', 'ja-JP'],
    ['tokyo-expat', 'Tokyo Expat Weekly', 'JP', 'en-US'],
  ]),
  ...people('reseller', [
    ['osaka-it', '大阪ITサービス株式会社', 'JP', 'ja-JP'],
    ['seoul-link', '서울링크', 'KR', 'ko-KR'],
    ['taipei-soft', '台北軟體股份有限公司', 'TW', 'zh-TW'],
  ]),
  ...people('distributor', [
    ['nippon-dist', '日本ソフト流通株式会社', 'JP', 'ja-JP'],
    ['warsaw-east', 'Wschód–Zachód Handel', 'PL', 'pl-PL'],
  ]),
]

function people(type: Person['type'], lines: readonly Line[]): Person[] {
  return lines.map(([id, name, country, locale]) => ({ id, name, country, locale, type }))
}

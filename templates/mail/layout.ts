const SOFT = 'color:#556070;font-size:13px;line-height:19px'
const BREAK = 'word-break:break-word;overflow-wrap:anywhere'
const CELL = 'padding-top:7px;padding-bottom:7px;border-bottom:1px solid #e4e8ee;vertical-align:top'
const HEAD =
  'padding-top:7px;padding-bottom:7px;border-bottom:1px solid #c3cad5;font-weight:600;color:#556070;font-size:12px'

/**
 * The one page all mails share, in MJML; `{{ }}` is filled per mail by Eta, which escapes what it writes. Tables, inline
 * style, 600 px, dark mode; nothing is fetched from anywhere. Conditions hold no `<`, `>` or `&`: this is XML.
 */
export const LAYOUT = `
<mjml lang="en" dir="ltr">
  <mj-head>
    <mj-title>{{= it.subject }}</mj-title>
    <mj-preview>{{= it.preheader }}</mj-preview>
    <mj-raw>
      <meta name="color-scheme" content="light dark" />
      <meta name="supported-color-schemes" content="light dark" />
      <meta name="format-detection" content="telephone=no,date=no,address=no,email=no" />
    </mj-raw>
    <mj-attributes>
      <mj-all font-family="-apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" />
      <mj-text color="#1c2430" font-size="15px" line-height="22px" padding="0" />
      <mj-table color="#1c2430" font-size="14px" line-height="20px" padding="0" />
      <mj-section background-color="#ffffff" padding="0 28px" />
      <mj-column padding="0" />
    </mj-attributes>
    <mj-style>
      :root { color-scheme: light dark; supported-color-schemes: light dark; }
      @media (prefers-color-scheme: dark) {
        body, div[role=article], .page, .page table { background-color: #12161c !important; }
        .paper, .paper table { background-color: #1b212a !important; }
        .paper td, .paper div, .paper th, .paper p, .paper strong { color: #e9edf3 !important; }
        .paper .soft, .paper .soft div, .paper .cells th { color: #a9b4c2 !important; }
        .paper .cells td, .paper .cells th { border-color: #343d4a !important; }
        .paper .tile, .paper .tile td { background-color: #252d38 !important; }
        .paper .note, .paper .note table, .paper .note td { background-color: #3a3112 !important; }
        .paper .note div, .paper .note strong { color: #f6e7b4 !important; }
        .paper a { color: #8ab8ff !important; }
        .foot div, .foot a { color: #a9b4c2 !important; }
        .band, .band td { background-color: {{= it.brand }} !important; }
        .band div { color: {{= it.onBrand }} !important; }
      }
      @media (max-width: 479px) {
        .tile { margin-bottom: 8px !important; }
      }
    </mj-style>
  </mj-head>
  <mj-body width="600px" background-color="#eef1f5" css-class="page">
    <mj-section background-color="#eef1f5" padding="12px 0 0" css-class="page" />
    <mj-section background-color="{{= it.brand }}" padding="22px 28px" border-radius="8px 8px 0 0" css-class="band">
      <mj-column>
        <mj-text color="{{= it.onBrand }}" font-size="15px" font-weight="600"><span dir="auto">{{= it.account }}</span></mj-text>
        <mj-text color="{{= it.onBrand }}" font-size="24px" line-height="30px" font-weight="700" padding-top="4px">{{= it.title }}</mj-text>
        <mj-text color="{{= it.onBrand }}">{{= it.period }}</mj-text>
      </mj-column>
    </mj-section>
    <mj-section padding="22px 28px 10px" css-class="paper">
      <mj-column>
        <mj-text font-weight="600"><span dir="auto">{{= it.subjectName }}</span></mj-text>
        <mj-text padding-top="4px">{{= it.lead }}</mj-text>
      </mj-column>
    </mj-section>
    <mj-raw>{{ it.notes.forEach(function (note) { }}</mj-raw>
    <mj-section padding="4px 28px 8px" css-class="paper">
      <mj-column background-color="#fff5d6" border-radius="6px" padding="10px 14px" css-class="note">
        <mj-text color="#574400"><strong>{{= note.title }}</strong> {{= note.text }}</mj-text>
      </mj-column>
    </mj-section>
    <mj-raw>{{ }) }}</mj-raw>
    <mj-section padding="8px 22px 14px" css-class="paper">
      <mj-raw>{{ it.headlines.forEach(function (figure) { }}</mj-raw>
      <mj-column width="33.33%" padding="6px" css-class="column">
        <mj-table css-class="tile" cellpadding="0" cellspacing="0">
          <tr><td style="background-color:#f3f5f9;border-radius:6px;padding:12px 14px">
            <div class="soft" style="${SOFT}">{{= figure.label }}</div>
            <div style="font-size:{{= it.figureSize }}px;line-height:27px;font-weight:700">{{= figure.value }}</div>
            <div class="soft" style="${SOFT}">{{= figure.note }}</div>
          </td></tr>
        </mj-table>
      </mj-column>
      <mj-raw>{{ }) }}</mj-raw>
    </mj-section>
    <mj-raw>{{ it.tables.forEach(function (table) { }}</mj-raw>
    <mj-section padding="6px 28px 14px" css-class="paper">
      <mj-column>
        <mj-text font-size="16px" font-weight="700" padding-bottom="4px">{{= table.title }}</mj-text>
        <mj-table css-class="cells">
          {{ if (table.heads.length) { }}<tr>{{ table.heads.forEach(function (head, at) { }}<th scope="col" style="${HEAD}" align="{{= table.align(at) }}">{{= head }}</th>{{ }) }}</tr>{{ } }}
          {{ table.rows.forEach(function (row) { }}<tr>{{ row.forEach(function (cell, at) { }}<td align="{{= table.align(at) }}" style="${CELL};{{= table.wrap(at, cell) }}"><span dir="auto">{{= cell }}</span></td>{{ }) }}</tr>{{ }) }}
        </mj-table>
        <mj-text css-class="soft" color="#556070" font-size="13px" padding-top="6px">{{= table.more }}</mj-text>
      </mj-column>
    </mj-section>
    <mj-raw>{{ }) }}</mj-raw>
    <mj-raw>{{ if (it.files.length) { }}</mj-raw>
    <mj-section padding="6px 28px 14px" css-class="paper">
      <mj-column>
        <mj-text font-size="16px" font-weight="700" padding-bottom="4px">{{= it.filesTitle }}</mj-text>
        <mj-table css-class="cells">
          {{ it.files.forEach(function (file) { }}<tr><td style="${CELL};${BREAK}"><strong>{{ if (file.url) { }}<a href="{{= file.url }}">{{= file.name }}</a>{{ } else { }}{{= file.name }}{{ } }}</strong>
            <div class="soft" style="${SOFT}">{{= file.about }}</div><div class="soft" style="${SOFT};${BREAK}">SHA-256 {{= file.sha256 }}</div></td></tr>{{ }) }}
        </mj-table>
      </mj-column>
    </mj-section>
    <mj-raw>{{ } }}</mj-raw>
    <mj-section padding="2px 28px 22px" border-radius="0 0 8px 8px" css-class="paper">
      <mj-column>
        <mj-text css-class="soft" color="#556070" font-size="13px">{{= it.seal }}</mj-text>
      </mj-column>
    </mj-section>
    <mj-section background-color="#eef1f5" padding="16px 28px 28px" css-class="page foot">
      <mj-column>
        <mj-text align="center" color="#556070" font-size="12px" line-height="18px">{{= it.foot }}{{ if (it.unsubscribeUrl) { }}<br /><a href="{{= it.unsubscribeUrl }}" style="color:#556070">Unsubscribe from this report</a>{{ } }}</mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>`

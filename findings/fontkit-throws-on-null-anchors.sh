#!/usr/bin/env bash
# fontkit 2.0.4 lays out some Arabic letters of Noto Sans Arabic (@expo-google-fonts/noto-sans-arabic 0.4.3) only beside others.
#
# Guessed before it was run: every letter that the font's cmap names has glyphs, alone as in a word; a mark that has no place
# for its anchor stays where it is, for OpenType allows a NULL anchor offset in MarkBasePos (GPOS, "BaseRecord").
# Seen: the letters U+06A2, U+06A3 and U+06A5 alone end in a TypeError, "Cannot read properties of null (reading 'xCoordinate')".
# Whoever draws names with it has to draw such a text another way, or one name costs a whole document.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact fontkit@2.0.4 @expo-google-fonts/noto-sans-arabic@0.4.3

cat >letters.mjs <<'JS'
import { openSync } from 'fontkit'

const font = openSync('node_modules/@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf')
for (const code of [0x0628, 0x06a2, 0x06a3, 0x06a5]) {
  const name = `U+0${code.toString(16).toUpperCase()} ${font.hasGlyphForCodePoint(code) ? 'in the font' : 'not in the font'}`
  try {
    console.log(name, 'glyphs:', font.layout(String.fromCodePoint(code)).glyphs.length > 0)
  } catch (error) {
    console.log(name, error.constructor.name, error.message)
  }
}
JS
seen=$(node letters.mjs)
expected="U+0628 in the font glyphs: true
U+06A2 in the font TypeError Cannot read properties of null (reading 'xCoordinate')
U+06A3 in the font TypeError Cannot read properties of null (reading 'xCoordinate')
U+06A5 in the font TypeError Cannot read properties of null (reading 'xCoordinate')"
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }

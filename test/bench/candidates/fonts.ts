import { createRequire } from 'node:module'

const resolve = createRequire(import.meta.url).resolve

/** The faces that our PDF embeds, for the others to embed too. */
export const REGULAR = resolve('@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf')
export const BOLD = resolve('@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf')

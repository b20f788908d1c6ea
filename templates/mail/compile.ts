import { writeCompiled } from './compiled.ts'

/** `npm run build` runs this after the compiler. */
await writeCompiled()

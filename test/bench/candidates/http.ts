import pino from 'pino'
import { startApp } from '../../../worker/app.ts'
import { openBase } from '../../../worker/base.ts'
import { readConfig } from '../../../worker/config.ts'
import { answerQuestions } from '../child.ts'

/** `start` as the environment says; answers where HTTP listens. */
const base = await openBase(readConfig(process.env), pino({ level: 'error' }), () => new Date())
const { address } = await startApp(base)

answerQuestions(
  async () => address,
  () => base.closers.close(),
)

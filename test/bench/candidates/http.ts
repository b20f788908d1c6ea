import pino from 'pino'
import { startApp } from '../../../worker/app/app.ts'
import { readConfig } from '../../../worker/config/config.ts'
import { openConnections } from '../../../worker/runtime/connections.ts'
import { answerQuestions } from '../child.ts'

/** `start` as the environment says; answers where HTTP listens. */
const connections = await openConnections(readConfig(process.env), pino({ level: 'error' }), () => new Date())
const { address } = await startApp(connections)

answerQuestions(
  async () => address,
  () => connections.closers.close(),
)

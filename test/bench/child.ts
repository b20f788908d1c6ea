import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A program of the bench in a process of its own, answering one question at a time over Node's channel. */
export interface Child {
  readonly ask: <Answer>(question: unknown) => Promise<Answer>
  readonly process: ChildProcess
  readonly close: () => Promise<void>
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Keep it, and whatever it starts, on this one core (Linux). */
  readonly core?: number
}

const TASKSET = '/usr/bin/taskset'
export const canPin = (): boolean => existsSync(TASKSET)

/** `file` is relative to this folder, without its ending; the child calls `answerQuestions`. */
export function openChild(file: string, { env = {}, core }: ChildOptions = {}): Child {
  const script = fileURLToPath(new URL(`./${file}.js`, import.meta.url))
  const [command, ...args] = pinned([process.execPath, script], core)
  const child = spawn(command as string, args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production', ...env },
  })
  const ended = once(child, 'exit')
  const ask = <Answer>(question: unknown) =>
    new Promise<Answer>((answer, fail) => {
      const onExit = () => fail(new Error(`${file} ended before it answered`))
      child.once('exit', onExit)
      child.once('message', (message: { answer: Answer } | { error: string }) => {
        child.off('exit', onExit)
        if ('error' in message) fail(new Error(`${file}: ${message.error}`))
        else answer(message.answer)
      })
      child.send({ question })
    })
  const close = async () => {
    if (child.connected) child.disconnect()
    await ended
  }
  return { ask, process: child, close }
}

/** The command on one core, where that can be had. */
export const pinned = (command: readonly string[], core: number | undefined): string[] =>
  core !== undefined && canPin() ? [TASKSET, '-c', String(core), ...command] : [...command]

/** In the child: answers until the parent hangs up, then closes. */
export function answerQuestions(
  answer: (question: never) => Promise<unknown>,
  close: () => Promise<void> = async () => {},
): void {
  process.on('message', ({ question }: { question: never }) => {
    answer(question).then(
      (value) => process.send?.({ answer: value }),
      (error: Error) => process.send?.({ error: error.stack ?? error.message }),
    )
  })
  process.on('disconnect', () => void close().finally(() => process.exit(0)))
}

import {
  type Handlers,
  type Job,
  type JobName,
  type JobQueue,
  jobId,
  mailsUnderWay,
  RENDERED_AT_ONCE,
} from './queue.ts'

/**
 * Jobs of one command, done in its own process: `bursar run` needs no server to be running, and never takes up the work
 * of others with its own settings. What it leaves undone is on the ledger, for whoever sweeps next.
 */
export function createLocalQueue(
  handlers: () => Handlers,
  { concurrency, clock, onError }: { concurrency: number; clock: () => Date; onError: (error: Error) => void },
): JobQueue {
  const waiting: Record<JobName, Job[]> = { run: [], render: [], deliver: [] }
  const limits: Record<JobName, number> = { run: 1, render: RENDERED_AT_ONCE, deliver: mailsUnderWay(concurrency) }
  const active: Record<JobName, number> = { run: 0, render: 0, deliver: 0 }
  const timers = new Set<NodeJS.Timeout>()
  const known = new Set<string>()
  const mails = new Set<Promise<void>>()
  let closed = false

  const take = (name: JobName): void => {
    while (!closed && active[name] < limits[name]) {
      const job = waiting[name].shift()
      if (!job) return
      active[name]++
      const done = perform(handlers(), job)
        .catch(onError)
        .finally(() => {
          known.delete(jobId(job))
          mails.delete(done)
          active[name]--
          take(name)
        })
      if (name === 'deliver') mails.add(done)
    }
  }
  const later = (job: Job, ms: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      waiting[job.name].push(job)
      take(job.name)
    }, ms)
    timers.add(timer)
  }
  return {
    add: async (jobs) => {
      if (closed) return
      for (const job of jobs.filter((one) => !known.has(jobId(one)))) {
        known.add(jobId(job))
        const wait = job.name === 'deliver' ? job.due.getTime() - clock().getTime() : 0
        if (wait > 0) later(job, wait)
        else waiting[job.name].push(job)
      }
      for (const name of new Set(jobs.map((job) => job.name))) take(name)
    },
    close: async () => {
      closed = true
      for (const timer of timers) clearTimeout(timer)
      await Promise.all(mails) // an outcome that is not on the ledger yet would be lost with the database's connections
    },
  }
}

function perform(handlers: Handlers, job: Job): Promise<void> {
  if (job.name === 'run') return handlers.run(job.data)
  return job.name === 'render' ? handlers.render(job.data) : handlers.deliver(job.data)
}

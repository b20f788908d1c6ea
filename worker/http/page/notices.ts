import { fieldOf } from './form.ts'

/** What has just been done, told once on the page that follows; the address carries only the key. */
const NOTICES: Readonly<Record<string, string>> = {
  started: 'The run has started. You can leave this page; it goes on by itself.',
  open: 'This run was open already, so no second one was started.',
  cancelled: 'The run is cancelled. What had been sent stays on the ledger.',
  retried: 'What failed is being tried again. What was sent is not sent twice.',
  resent: 'A new delivery of the same bytes is on its way. It is listed below.',
  saved: 'The schedule is saved. Every scheduler goes by it from its next minute on.',
  kept: 'The boundary stays as it was sealed.',
  restated: 'The boundary has moved. The periods on both its sides are being restated.',
  none: 'Nothing was suppressed there any more, so nothing changed.',
  freed: 'Mail goes there again. Retry the runs whose deliveries were suppressed to send them.',
}

export const noticeOf = (query: unknown): string | undefined => {
  const key = fieldOf(query, 'done')
  return Object.hasOwn(NOTICES, key) ? NOTICES[key] : undefined
}

import { setFlagsFromString } from 'node:v8'

/**
 * Has garbage collected when a heap has grown to twice what lives in it, not to four times: a run's memory is then what it
 * holds, whatever its length, and the collector takes no longer in all (below twice it does). Goes for every thread.
 */
export const keepHeapsSmall = (): void => setFlagsFromString('--heap-growing-percent=100')

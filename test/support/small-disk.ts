import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'

/** Mounting a small disk takes root's rights; where there are none, it is said what was left out. */
export function canMount(what: string): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()], { stdio: 'ignore' })
    return true
  } catch {
    process.stderr.write(`\n*** NOT TESTED: ${what}: mounting a small disk takes root ***\n`)
    return false
  }
}

/** Puts a disk of its own on a folder that is there; returns how to take it away. */
export function mountSmallDisk(folder: string, kilobytes: number): () => void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder])
  return () => void execFileSync('umount', ['--lazy', folder])
}

const SECRET = /TOKEN|SECRET|PASSWORD/

/** A value as it may be shown: quoted, cut, without what would tell a secret, however broken the value is. */
export function withoutSecrets(name: string, value: string): string {
  if (SECRET.test(name)) return `a value of ${value.length} characters`
  const shown = /URL|ENDPOINT/.test(name) ? withoutPassword(value) : value
  return JSON.stringify(shown.length > 200 ? `${shown.slice(0, 200)}…` : shown)
}

const withoutPassword = (url: string): string =>
  url
    .replace(/^([^@]*?:\/*)[^/].*@/, '$1…@') // who and with which password: in a broken URL nobody can tell where it ends
    .replace(/([?&][^=&]*(?:password|secret|token|key)[^=&]*=)[^&]*/gi, '$1…')

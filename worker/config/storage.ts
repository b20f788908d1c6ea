import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export type StorageConfig =
  | { readonly kind: 'file'; readonly dir: string }
  | {
      readonly kind: 's3'
      readonly bucket: string
      /** Without slashes around it; '' for the whole bucket. */
      readonly prefix: string
      readonly region: string
      /** Of an S3-compatible store; undefined for Amazon's own. */
      readonly endpoint?: string
      readonly accessKeyId: string
      readonly secretAccessKey: string
      readonly sessionToken?: string
    }

/**
 * `STORAGE_URL`, a path being relative to where the process was started. A bucket's keys, region and endpoint come from
 * the variables that every S3 tool knows (`AWS_…`). An address that is none at all is reported by the schema.
 */
export function readStorage(env: Record<string, string | undefined>): { value: StorageConfig; problems: string[] } {
  const { STORAGE_URL: url } = env
  if (url?.startsWith('s3://') && URL.canParse(url)) return readS3(new URL(url), env)
  return { value: { kind: 'file', dir: folderOf(url, env.BURSAR_HOME ?? '.bursar') }, problems: [] }
}

function folderOf(url: string | undefined, home: string): string {
  if (!url?.startsWith('file:')) return resolve(join(home, 'files'))
  return url.startsWith('file:///') && URL.canParse(url) ? fileURLToPath(url) : resolve(url.slice('file:'.length))
}

function readS3(
  { hostname, pathname }: URL,
  env: Record<string, string | undefined>,
): { value: StorageConfig; problems: string[] } {
  const endpoint = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL
  const problems = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']
    .filter((name) => !env[name])
    .map((name) => `${name}: not set, expected with STORAGE_URL=s3://…`)
  if (endpoint && !/^https?:\/\/[^/]/.test(endpoint)) {
    problems.push(`AWS_ENDPOINT_URL: ${JSON.stringify(endpoint)}, expected http://host or https://host`)
  }
  const value = {
    kind: 's3' as const,
    bucket: hostname,
    prefix: decodeURIComponent(pathname).replace(/^\/+|\/+$/g, ''),
    region: env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1',
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
    ...(endpoint && { endpoint: endpoint.replace(/\/+$/, '') }),
    ...(env.AWS_SESSION_TOKEN && { sessionToken: env.AWS_SESSION_TOKEN }),
  }
  return { value, problems }
}

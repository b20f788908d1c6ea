import type { Telemetry } from 'bullmq'
import type { Config } from '../config/config.ts'
import { withTimeout } from '../flow/timeout.ts'
import { version } from '../values/version.ts'

/** Traces of jobs from the asking to the last mail, and how to send off the last of them. */
interface Traces {
  readonly telemetry: Telemetry
  readonly close: () => Promise<void>
}

const LAST_WORDS_MS = 3_000

/**
 * OpenTelemetry through BullMQ, where `OTEL_EXPORTER_OTLP_ENDPOINT` says whereto; the packages are loaded only then.
 * Spans carry the names and ids of jobs, nothing of what they do.
 */
export async function openTraces({ otlpEndpoint }: Pick<Config, 'otlpEndpoint'>): Promise<Traces | undefined> {
  if (otlpEndpoint === undefined) return undefined
  const [
    { BullMQOtel },
    { BatchSpanProcessor, NodeTracerProvider },
    { OTLPTraceExporter },
    { resourceFromAttributes },
  ] = await Promise.all([
    import('bullmq-otel'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ])
  const exporter = new OTLPTraceExporter({ url: `${otlpEndpoint.replace(/\/+$/, '')}/v1/traces` })
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'bursar', 'service.version': version }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  })
  provider.register()
  return {
    telemetry: new BullMQOtel({ tracerName: 'bursar', version }),
    close: async () => void (await withTimeout(LAST_WORDS_MS, provider.shutdown())),
  }
}

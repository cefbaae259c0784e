import type { Config } from "../config.ts";
import { allowedHeaders } from "../http/cors.ts";

const second = 1_000_000_000;
const minute = 60 * second;

/** The configuration in the shape of v1.61.1 (recorded), durations in nanoseconds; what is not emulated has its default. */
export const configBody = (config: Config): object => ({
  ...(config.file !== undefined && { version: "1.0" }),
  audit: {
    sinks: { log: {}, webhook: { enabled: false }, kafka: { encoding: "protobuf" } },
    buffer: { capacity: 2, flushPeriod: 2 * minute },
    events: ["*:*"],
  },
  authentication: authenticationBody(config.authentication),
  authorization: {},
  cache,
  cors: { enabled: config.cors !== undefined, allowedOrigins: config.cors ?? ["*"], allowedHeaders },
  db: { maxIdleConn: 2, preparedStatementsEnabled: true },
  diagnostics: { profiling: {} },
  experimental: {},
  log: { ...config.log, grpcLevel: "ERROR", keys: { time: "T", level: "L", message: "M" } },
  meta: config.meta,
  analytics: { storage: { clickhouse: {}, prometheus: {} }, buffer: { flushPeriod: 10 * second } },
  server: {
    host: config.server.host,
    httpPort: config.server.httpPort,
    httpsPort: 443,
    grpcPort: config.server.grpcPort,
  },
  storage: storageBody(config.storage),
  metrics: { enabled: true, exporter: "prometheus", otlp: {} },
  tracing,
  ui: { enabled: config.ui, defaultTheme: "system", topbar: { color: "", label: "" } },
});

const authenticationBody = ({ required, tokens }: Config["authentication"]): object => ({
  required,
  exclude: {},
  session: { tokenLifetime: 24 * 60 * minute, stateLifetime: 10 * minute, csrf: { secure: true } },
  methods: {
    token: { Method: { bootstrap: {} }, ...(tokens && { enabled: true, cleanup }) },
    github: { Method: {} },
    oidc: { Method: {} },
    kubernetes: { Method: {} },
    jwt: { Method: {} },
  },
});

const cleanup = { interval: 60 * minute, gracePeriod: 30 * minute };

const cache = {
  enabled: false,
  ttl: minute,
  backend: "memory",
  memory: { evictionInterval: 5 * minute },
  redis: {
    host: "localhost",
    port: 6379,
    poolSize: 0,
    minIdleConn: 0,
    connMaxIdleTime: 0,
    netTimeout: 0,
    mode: "single",
  },
};

const tracing = {
  enabled: false,
  exporter: "jaeger",
  propagators: ["tracecontext", "baggage"],
  samplingRatio: 1,
  jaeger: { host: "localhost", port: 6831 },
  zipkin: { endpoint: "http://localhost:9411/api/v2/spans" },
  otlp: { endpoint: "localhost:4317" },
};

function storageBody(storage: Config["storage"]): object {
  switch (storage.type) {
    case "database":
      return storage.readOnly ? { type: "database", readOnly: true } : { type: "database" };
    case "local":
      return { type: "local", local: { path: storage.path } };
    case "object": {
      const { bucket, endpoint, region, prefix, pollMs } = storage.s3;
      const s3 = {
        bucket,
        ...(prefix && { prefix }),
        region,
        ...(endpoint && { endpoint }),
        pollInterval: pollMs * 1_000_000,
      };
      return { type: "object", object: { type: "s3", s3 } };
    }
  }
}

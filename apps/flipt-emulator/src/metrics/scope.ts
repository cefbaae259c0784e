/** Every series of v1.61.1 that comes from OpenTelemetry names its scope (recorded). */
export const scope = {
  otel_scope_name: "github.com/flipt-io/flipt",
  otel_scope_schema_url: "",
  otel_scope_version: "",
} as const;

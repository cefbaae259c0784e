import type { Config } from "../config.ts";
import type { Route } from "../http/route.ts";
import { version } from "../version.ts";
import { configBody } from "./config-body.ts";

export interface Platform {
  runtime: string;
  os: string;
  arch: string;
}

const service = "flipt.meta.MetadataService";

/** `/health`, `/meta/info`, `/meta/config`. */
export function metaRoutes(config: Config, platform: Platform): Route[] {
  const get = (path: string, operation: Route["operation"], body: object): Route => {
    return { method: "GET", path, operation, handle: () => ({ body }) };
  };
  return [
    get("/health", ["grpc.health.v1.Health", "Check"], { status: "SERVING" }),
    get("/meta/info", [service, "GetInfo"], infoBody(config, platform)),
    get("/meta/config", [service, "GetConfiguration"], configBody(config)),
  ];
}

function infoBody({ storage }: Config, { runtime, os, arch }: Platform): object {
  const readOnly = storage.type !== "database" || storage.readOnly;
  return {
    version,
    goVersion: runtime,
    updateAvailable: false,
    isRelease: false,
    os,
    arch,
    authentication: { required: false },
    storage: { type: storage.type, ...(readOnly && { readOnly }) },
    analytics: {},
    ui: { theme: "system" },
  };
}

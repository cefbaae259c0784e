import type { Config } from "../config.ts";
import type { Answer, Route } from "../http/route.ts";
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
  const get = (path: string, operation: Route["operation"], answer: Answer): Route => {
    return { method: "GET", path, operation, handle: () => answer };
  };
  return [
    { ...get("/health", ["grpc.health.v1.Health", "Check"], { body: { status: "SERVING" } }), open: true },
    get("/meta/info", [service, "GetInfo"], plain(infoBody(config, platform))),
    get("/meta/config", [service, "GetConfiguration"], plain(configBody(config))),
  ];
}

/** As a string, since `?pretty` changes nothing here. */
const plain = (body: object): Answer => ({
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

function infoBody({ storage, authentication: { required } }: Config, { runtime, os, arch }: Platform): object {
  const readOnly = storage.type !== "database" || storage.readOnly;
  return {
    version,
    goVersion: runtime,
    updateAvailable: false,
    isRelease: true,
    os,
    arch,
    authentication: { required },
    storage: { type: storage.type, ...(readOnly && { readOnly }) },
    analytics: {},
    ui: { theme: "system" },
  };
}

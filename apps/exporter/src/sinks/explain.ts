import { misconfigured, refuse, Stop, unreachable } from "../stop.ts";

/** What the SDK throws: the store's error code as name, or a socket's error. */
export type StoreError = Error & { code?: string; $metadata?: { httpStatusCode?: number } };

const advice: Record<string, string> = {
  NoSuchBucket: "create the bucket",
  AccessDenied: "give the key s3:GetObject and s3:PutObject on it",
  Forbidden: "give the key s3:GetObject and s3:PutObject on it",
  InvalidAccessKeyId: "set AWS_ACCESS_KEY_ID to a key that the store knows",
  SignatureDoesNotMatch: "set AWS_SECRET_ACCESS_KEY to the key's secret",
  CredentialsProviderError: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
};

/** The one line and the exit code for a store's refusal. @param act names what was tried, on which object */
export function explained(error: unknown, act: string, run: AbortSignal): unknown {
  if (error instanceof Stop) return error;
  if (run.aborted) return run.reason;
  const { name, message, code, $metadata } = error as StoreError;
  if (name === "AbortError") return refuse("bounded", `${act}: not answered after 10s, is the store overloaded?`);
  const status = $metadata?.httpStatusCode;
  const known = advice[name];
  if (known) return misconfigured(`${act}: ${status ? `${status} ` : ""}${name}, ${known}`, error);
  if (message === "Region is missing") return misconfigured(`${act}: no region, set AWS_REGION`, error);
  const seen = [status, code ?? (name === "Error" ? message.split("\n")[0] : name)].filter(Boolean).join(" ");
  if (status === 429 || status === 503)
    return unreachable(`${act}: ${seen}, the store is overloaded: run again later`, error);
  if (status && status >= 400 && status < 500) return misconfigured(`${act}: ${seen}, check SINK_URL and AWS_*`, error);
  const next = status ? "the store answers and cannot: look at its disk and its log" : "is the store up?";
  return unreachable(`${act}: ${seen}, ${next}`, error);
}

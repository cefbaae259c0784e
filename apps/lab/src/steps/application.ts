import { ask, demand } from "../flipt.ts";
import { ground } from "./fixtures.ts";
import { listAll, spread } from "./questions.ts";
import { polls, type Step } from "./step.ts";

const step = (title: string, run: Step["run"]): Step => ({ group: "application", title, seconds: polls(20), run });

const page = step("the page answers, with all that it loads", async ({ lab }) => {
  const { application } = lab.addresses;
  const reply = await ask(application, "/");
  const html = typeof reply.body === "string" ? reply.body : "";
  if (reply.status !== 200 || !html.includes("<html"))
    throw new Error(`GET "${application}/": ${reply.status} ${html.slice(0, 80)}`);
  const assets = [...html.matchAll(/(?:src|href)="(\/[^"#?]+)"/g)].flatMap(([, path]) => path ?? []);
  for (const path of assets) {
    const asset = await ask(application, path);
    if (asset.status !== 200) throw new Error(`GET "${application}${path}": ${asset.status}`);
  }
  return `${assets.length} files`;
});

const api = step("the API lists the sidecar's flags and answers one", async (proof) => {
  const { application } = proof.lab.addresses;
  const { namespace } = await ground(proof);
  const { flags } = await demand<{ flags: { key: string }[] }>(application, `/api/namespaces/${namespace}/flags`);
  const flag = flags[0];
  if (!flag) throw new Error(`"${application}" lists no flag in "${namespace}"`);
  const body = { backend: "sidecar", namespaceKey: namespace, flagKey: flag.key, entityId: "e", context: {} };
  await demand(application, "/api/evaluate", { method: "POST", body });
  return `${flags.length} flags`;
});

const ready = step("the application is ready", async (proof) => {
  // It is from the sidecar's first flag on.
  await ground(proof);
  const { status, body } = await ask(proof.lab.addresses.application, "/ready");
  if (status !== 200) throw new Error(`/ready: ${status} ${JSON.stringify(body)}`);
  return undefined;
});

const agreement = step("sidecar and master agree when the application asks both", async (proof) => {
  const { application, sidecar } = proof.lab.addresses;
  await ground(proof);
  await proof.settle();
  const flags = spread(await listAll(sidecar), 50);
  for (const { namespaceKey, key } of flags) {
    const body = { backend: "both", namespaceKey, flagKey: key, entityId: "e", context: { plan: "gold" } };
    const answer = await demand<{ agree?: boolean }>(application, "/api/evaluate", { method: "POST", body });
    if (answer.agree !== true) throw new Error(`flag "${key}": ${JSON.stringify(answer)}`);
  }
  return `${flags.length} flags`;
});

export const application: Step[] = [page, api, ready, { ...agreement, needs: "comparison" }];

import { flagPath } from "../flipt.ts";
import type { Verification } from "./verification.ts";

const namespaces = "/api/v1/namespaces";

/** What this verification has made on the master for its steps, whatever flags people have: it is published, and goes with it. */
export interface Fixtures {
  namespace: string;
  /** A flag with a variant, a rule and a distribution. */
  variantFlag: string;
  /** A flag with a rollout. */
  booleanFlag: string;
  /** With a constraint. */
  segment: string;
}

/** Makes a namespace that goes with the verification. */
export async function createNamespace(proof: Verification, key: string): Promise<void> {
  proof.undo(async () => {
    await proof.write("DELETE", `${namespaces}/${key}?force=true`);
  });
  await proof.write("POST", namespaces, { key, name: key });
}

/** Makes a boolean flag. */
export const createFlag = (proof: Verification, namespace: string, key: string, enabled: boolean) =>
  proof.write("POST", flagPath(namespace), { key, name: key, type: "BOOLEAN_FLAG_TYPE", enabled });

async function create(proof: Verification): Promise<Fixtures> {
  const namespace = proof.id;
  const ground = { namespace, variantFlag: "variant", booleanFlag: "boolean", segment: "segment" };
  await createNamespace(proof, namespace);
  const segments = `${namespaces}/${namespace}/segments`;
  await proof.write("POST", segments, { key: ground.segment, name: "Segment", matchType: "ALL_MATCH_TYPE" });
  const constraint = { type: "STRING_COMPARISON_TYPE", property: "plan", operator: "eq", value: "gold" };
  await proof.write("POST", `${segments}/${ground.segment}/constraints`, constraint);

  const variantFlag = flagPath(namespace, ground.variantFlag);
  const flag = { key: ground.variantFlag, name: "Variant", type: "VARIANT_FLAG_TYPE", enabled: true };
  await proof.write("POST", flagPath(namespace), flag);
  const rule = await proof.write("POST", `${variantFlag}/rules`, { segmentKey: ground.segment, rank: 1 });
  // One with an attachment and one without: the two ways in which a sidecar spells it.
  for (const variant of [{ key: "with", attachment: '{"n":1}' }, { key: "without" }]) {
    const { id } = await proof.write("POST", `${variantFlag}/variants`, variant);
    await proof.write("POST", `${variantFlag}/rules/${rule.id as string}/distributions`, {
      variantId: id,
      rollout: 50,
    });
  }

  await createFlag(proof, namespace, ground.booleanFlag, false);
  const rollouts = `${flagPath(namespace, ground.booleanFlag)}/rollouts`;
  await proof.write("POST", rollouts, { rank: 1, segment: { segmentKey: ground.segment, value: true } });
  await proof.write("POST", rollouts, { rank: 2, threshold: { percentage: 33, value: true } });
  return ground;
}

/** What the steps of replication change, before they do: it is published with the rest, to save a poll. */
const travellers = (proof: Verification, { namespace }: Fixtures) =>
  Promise.all([createFlag(proof, namespace, "changed", false), createFlag(proof, namespace, "deleted", true)]);

/** The ground of this verification: made by the first step that needs it, and served by the sidecar then. */
export const ground = (proof: Verification): Promise<Fixtures> =>
  proof.once("ground", async () => {
    const made = await create(proof);
    await travellers(proof, made);
    await proof.settle();
    return made;
  });

import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import { suite } from "uvu";
import { type Instance, startMaster } from "../../../testing/flipt.ts";
import { type Client, client } from "./management-client.ts";
import { type Command, ManagementModel } from "./management-model.ts";

const test = suite("management/property");
const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
let instance: Instance;
let call: Client;

test.before(async () => {
  instance = await startMaster();
  call = client(instance.url);
});
test.after(() => instance?.stop());

const flag = fc.constantFrom("f1", "f2", "f3");
const segment = fc.constantFrom("s1", "s2", "s3");
const name = fc.constantFrom("one", "two", "");
const segments = fc.uniqueArray(segment, { minLength: 1, maxLength: 3 });
const index = fc.nat({ max: 5 });

const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("createFlag" as const), flag, name, enabled: fc.boolean() }) },
  fc.record({ kind: fc.constant("updateFlag" as const), flag, name, enabled: fc.boolean() }),
  fc.record({ kind: fc.constant("deleteFlag" as const), flag }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("createSegment" as const), segment, name }) },
  fc.record({ kind: fc.constant("deleteSegment" as const), segment }),
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("createVariant" as const), flag, key: fc.constantFrom("v", "w") }),
  },
  fc.record({ kind: fc.constant("deleteVariant" as const), flag, index }),
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("createRule" as const), flag, segments, rank: fc.nat({ max: 4 }) }),
  },
  fc.record({ kind: fc.constant("updateRule" as const), flag, index, segments }),
  fc.record({ kind: fc.constant("orderRules" as const), flag, order: fc.array(index, { minLength: 2, maxLength: 4 }) }),
  fc.record({ kind: fc.constant("deleteRule" as const), flag, index }),
);

test(`any sequence of writes :: lists what a simple model lists (seed ${seed})`, async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(commands, { minLength: 5, maxLength: 40 }), async (sequence) => {
      const namespace = `round-${round++}`;
      const base = `/api/v1/namespaces/${namespace}`;
      await call("POST /api/v1/namespaces", { key: namespace, name: namespace });
      const model = new ManagementModel();
      for (const command of sequence) {
        const expected = model.apply(command);
        const { status, body } = await call(`${expected.method} ${base}${expected.path}`, expected.body);
        deepStrictEqual(status, expected.status, `${JSON.stringify(command)}: ${JSON.stringify(body)}`);
        if (status === 200) expected.created?.(body.id);
      }
      deepStrictEqual(await listed(base), model.list());
    }),
    { seed, numRuns: 60 },
  );
});

/** Everything that the API lists of a namespace, without times. */
async function listed(base: string): Promise<object> {
  const { flags } = (await call(`GET ${base}/flags`)).body;
  const { segments: found } = (await call(`GET ${base}/segments`)).body;
  const rows = [];
  for (const { key, name, enabled, variants } of flags) {
    const { rules } = (await call(`GET ${base}/flags/${key}/rules`)).body;
    rows.push({
      key,
      name,
      enabled,
      variants: variants.map((variant: { key: string }) => variant.key),
      rules: rules.map(
        ({ rank, segmentKey, segmentKeys }: { rank: number; segmentKey: string; segmentKeys: string[] }) => ({
          rank,
          segments: segmentKey ? [segmentKey] : segmentKeys,
        }),
      ),
    });
  }
  return { flags: rows, segments: found.map(({ key, name }: { key: string; name: string }) => ({ key, name })) };
}

test.run();

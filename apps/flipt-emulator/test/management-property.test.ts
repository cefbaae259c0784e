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

const flag = fc.constantFrom("f1", "f1", "f1", "f2", "f3");
const segment = fc.constantFrom("s1", "s1", "s2", "s3");
const name = fc.constantFrom("one", "two", "three", "");
const segments = fc.uniqueArray(segment, { minLength: 1, maxLength: 2 });
const index = fc.nat({ max: 3 });

const of = <Kind extends Command["kind"], Fields extends object>(
  weight: number,
  kind: Kind,
  fields: { [Field in keyof Fields]: fc.Arbitrary<Fields[Field]> },
) => ({
  weight,
  arbitrary: fc.record({ kind: fc.constant(kind), ...fields }) as fc.Arbitrary<{ kind: Kind } & Fields>,
});

const commands: fc.Arbitrary<Command> = fc.oneof(
  of(2, "createFlag", { flag, name, enabled: fc.boolean() }),
  of(2, "updateFlag", { flag, name, enabled: fc.boolean() }),
  of(1, "deleteFlag", { flag }),
  of(2, "createSegment", { segment, name }),
  of(1, "deleteSegment", { segment }),
  of(2, "createVariant", { flag, key: fc.constantFrom("v", "w") }),
  of(1, "deleteVariant", { flag, index }),
  of(12, "createRule", { flag, segments, rank: fc.constantFrom(4, 3, 2, 1, 1, 0) }),
  of(4, "updateRule", { flag, index, segments }),
  of(4, "orderRules", { flag, order: fc.array(index, { minLength: 2, maxLength: 4 }) }),
  of(4, "deleteRule", { flag, index }),
);

/** What every sequence begins with, so that most of what follows finds something to change. */
const start: Command[] = [
  ...["s1", "s2"].map((segment) => ({ kind: "createSegment" as const, segment, name: "S" })),
  ...["f1", "f2"].map((flag) => ({ kind: "createFlag" as const, flag, name: "F", enabled: true })),
];

test(`any sequence of writes :: lists what a simple model lists (seed ${seed})`, async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(commands, { minLength: 10, maxLength: 40, size: "max" }), async (sequence) => {
      const namespace = `round-${round++}`;
      const base = `/api/v1/namespaces/${namespace}`;
      await call("POST /api/v1/namespaces", { key: namespace, name: namespace });
      const model = new ManagementModel();
      for (const command of [...start, ...sequence]) {
        const expected = model.apply(command);
        const { status, body } = await call(`${expected.method} ${base}${expected.path}`, expected.body);
        deepStrictEqual(status, expected.status, `${JSON.stringify(command)}: ${JSON.stringify(body)}`);
        if (status === 200) expected.created?.(body.id);
      }
      deepStrictEqual(await listed(base), model.list());
    }),
    { seed, numRuns: 30 },
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

import { readFile } from "node:fs/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flipt, type Instance, startMaster } from "../../../testing/flipt.ts";
import { repository, run } from "../../../testing/process.ts";
import { type Fate, tamper } from "../../../testing/tamper.ts";
import { mark } from "../src/import/place.ts";
import { formatStream, importWhole, openMaster, parseStream, Refusal } from "../src/index.ts";

const small = `
namespace: shop
flags:
- {key: colour, name: Colour, enabled: true, metadata: {n: 7}, variants: [{key: red, attachment: {a: 1}}, {key: blue, default: true}], rules: [
    {segment: staff, distributions: [{variant: red, rollout: 33.33}, {variant: blue, rollout: 66.67}]},
    {segment: {keys: [guests, staff], operator: AND_SEGMENT_OPERATOR}, distributions: [{variant: blue, rollout: 100}]}]}
- {key: dark, name: Dark, type: BOOLEAN_FLAG_TYPE, rollouts: [
    {description: first, segment: {key: staff, value: true}}, {threshold: {percentage: 33.3, value: true}}]}
segments:
- {key: staff, name: Staff, match_type: ANY_MATCH_TYPE, constraints: [
    {type: STRING_COMPARISON_TYPE, property: mail, operator: suffix, value: "@x"},
    {type: DATETIME_COMPARISON_TYPE, property: since, operator: gte, value: 2026-01-01T02:00:00+01:00},
    {type: BOOLEAN_COMPARISON_TYPE, property: in, operator: notpresent, value: dropped}]}
- {key: guests, name: Guests, match_type: ALL_MATCH_TYPE}
`;
const documents = (text: string | Buffer) => parseStream(text).documents;
const reached = (): void => assert.unreachable();
const patience = { tries: 3, pauseMs: 1, news: () => {} };

interface Context {
  master: Instance;
}

const test = suite<Context>("import");
test.before.each(async (context) => {
  context.master = await startMaster();
});
test.after.each(({ master }) => master.stop());

/** Imports, on a master that something happens to. */
async function bring(master: Instance, text: string | Buffer, decide: Parameters<typeof tamper>[1] = () => "pass") {
  const front = await tamper(master.url, decide);
  try {
    return await importWhole(documents(text), openMaster(front.url, {}), patience);
  } finally {
    await front.close();
  }
}

/** What a master holds, by its own export. */
async function held({ url }: Instance, text: string | Buffer): Promise<string> {
  const namespaces = [...formatStream(documents(text)).matchAll(/^namespace:\n {2}key: (\S+)$/gm)].map(
    ([, key]) => key,
  );
  const { code, stdout, stderr } = await run(flipt, {
    args: ["export", "--address", url, "--namespaces", namespaces.join()],
  });
  assert.is(code, 0, stderr);
  // The namespace that a master has from its first start keeps its own description.
  return formatStream(documents(stdout)).replace("  description: Default namespace\n", "");
}

// Of these the master's own export gives back what was put in; it loses the digits of a number in the other two.
const kept = ["random-1", "version-1.0", "duplicate-namespace"];
for (const name of [...kept, "shop", "numbers-and-quotes"]) {
  test(`${name} :: the whole of it is there, and a second time nothing is done`, async ({ master }) => {
    const text = await readFile(repository(`apps/flipt-document/test/fixtures/states/${name}.yml`));
    const { made, kept: before } = await bring(master, text);
    assert.equal([made.size > 0, before.size], [true, 0]);
    const first = await held(master, text);
    if (kept.includes(name)) assert.is(first, formatStream(documents(text)));
    const again = await bring(master, text, ({ method }) => (method === "GET" ? "pass" : "cut before"));
    assert.equal([again.made.size, again.kept], [0, made]);
    assert.is(await held(master, text), first);
  });
}

/** Some writes meet a fate; whatever else is asked passes. */
function fates(decide: (write: number, path: string) => Fate): Parameters<typeof tamper>[1] {
  let writes = 0;
  return ({ method, path }) => {
    if (method === "GET") return "pass";
    writes += 1;
    return decide(writes, path);
  };
}

/** What stands in the namespace of the small document, without what differs from time to time. */
async function shown(master: Instance): Promise<string> {
  const base = "/api/v1/namespaces/shop";
  const paths = ["flags", "segments", "flags/colour/rules", "flags/dark/rollouts"];
  const answers = await Promise.all(paths.map((path) => ask(master, `${base}/${path}`)));
  const changing = /^(id|createdAt|updatedAt|ruleId|variantId|defaultVariant)$/;
  return JSON.stringify(answers, (name, value) => (changing.test(name) ? undefined : value));
}

const empty = ({ url }: Instance) => fetch(`${url}/api/v1/namespaces/shop?force=true`, { method: "DELETE" });

for (const [fate, first] of [
  ["cut before", 1],
  ["cut after", 2],
] as const) {
  test(`a connection ${fate} a write has reached the master, each second one in its turn :: the whole is there`, async ({
    master,
  }) => {
    let count = 0;
    await bring(
      master,
      small,
      fates((write) => {
        count = write;
        return "pass";
      }),
    );
    const whole = await shown(master);
    assert.is(count, 21);
    for (let place = first; place <= count; place += 2) {
      await empty(master);
      await bring(
        master,
        small,
        fates((write) => (write === place ? fate : "pass")),
      );
      assert.is(await shown(master), whole, `write ${place}`);
    }
  });
}

const flagPath = "/api/v1/namespaces/shop/flags/colour";
const ask = async ({ url }: Instance, path: string, method = "GET", body?: object) => {
  const answer = await fetch(`${url}${path}`, { method, body: body && JSON.stringify(body) });
  assert.is(answer.status, 200);
  // biome-ignore lint/suspicious/noExplicitAny: the shapes of all answers
  return (await answer.json()) as any;
};

/** Brings a document in until a write is cut, and then no more, as a process that is killed. */
async function halfBring(master: Instance, decide: (path: string) => boolean): Promise<void> {
  let over = false;
  await bring(
    master,
    small,
    fates((_, path) => {
      over ||= decide(path);
      return over ? "cut before" : "pass";
    }),
  ).then(reached, () => {});
}

test("killed at the first rule :: the flag is marked and off, and the next run completes it", async ({ master }) => {
  await halfBring(master, (path) => path.endsWith("/rules"));
  const { description, enabled } = await ask(master, flagPath);
  assert.equal([description, enabled], [mark, false]);
  const { made, kept } = await bring(master, small);
  assert.equal(
    [[...made], [...kept]],
    [
      ['flag "shop/colour"', 'flag "shop/dark"'],
      ['segment "shop/staff"', 'segment "shop/guests"'],
    ],
  );
  await bring(master, small);
  const first = await held(master, small);
  await empty(master);
  await bring(master, small);
  assert.is(await held(master, small), first);
});

test("what people have changed :: stays, flag, rule and segment", async ({ master }) => {
  await bring(master, small);
  const { rules } = await ask(master, `${flagPath}/rules`);
  await ask(master, `${flagPath}/rules/${rules[0].id}`, "DELETE");
  await ask(master, flagPath, "PUT", { name: "Other", enabled: false });
  await ask(master, "/api/v1/namespaces/shop/segments/guests", "PUT", { name: "All", matchType: "ANY_MATCH_TYPE" });
  const theirs = await held(master, small);
  const { made } = await bring(master, small);
  assert.equal([made.size, await held(master, small)], [0, theirs]);
});

test("somebody adds a rule to a flag that is not whole :: refused, and it stays", async ({ master }) => {
  await halfBring(master, (path) => path.endsWith("/rules"));
  await ask(master, `${flagPath}/rules`, "POST", { segmentKey: "guests", rank: 1 });
  await bring(master, small).then(reached, (error) => {
    assert.instance(error, Refusal);
    assert.is(
      error.message,
      'flag "shop/colour": rule 1 ["guests"] is on the master and not in the document: somebody has changed it meanwhile',
    );
  });
  assert.is((await ask(master, `${flagPath}/rules`)).rules.length, 1);
});

for (const [what, ending, lacks] of [
  ["rules", /\/rules$/, /^POST ".*\/flags\/colour\/rules": the answer names no rule$/],
  ["distributions", /\/distributions$/, /lacks 3 distributions .*\{"variant":"red","rollout":33.33\}/],
  ["variants", /\/variants$/, /lacks 2 variants .*\{"key":"red"/],
  ["rollouts", /\/rollouts$/, /flag "shop\/dark" lacks 2 rollouts .*\{"description":"first"/],
  ["constraints", /\/constraints$/, /segment "shop\/staff" lacks 3 constraints .*"property":"mail"/],
] as const) {
  test(`a master that says yes and keeps no ${what} :: refused by name`, async ({ master }) => {
    const decide = fates((_, path) => (ending.test(path) ? "swallow" : "pass"));
    await bring(master, small, decide).then(reached, (error) => {
      assert.instance(error, Refusal);
      assert.match(error.message, lacks);
    });
  });
}

test("what the loader takes and the API does not :: refused with Flipt's own words", async ({ master }) => {
  const text = small.replace("operator: suffix", "operator: le").replace("STRING_COMPARISON", "NUMBER_COMPARISON");
  await bring(master, text).then(reached, (error) =>
    assert.match(
      error.message,
      /^POST ".*\/segments\/staff\/constraints": 400 constraint operator \\?"le\\?" is not valid/,
    ),
  );
});

test.run();

// ---

const trying = suite<Context>("importWhole");
trying.before.each(async (context) => {
  context.master = await startMaster();
});
trying.after.each(({ master }) => master.stop());

const flags = Array.from({ length: 12 }, (_, index) => `- {key: f${index}, name: F, type: BOOLEAN_FLAG_TYPE}\n`).join(
  "",
);

trying("nothing gets whole :: it gives up after as many tries, and says why", async ({ master }) => {
  const told: string[] = [];
  const front = await tamper(master.url, ({ method }) => (method === "PUT" ? "cut before" : "pass"));
  const tried = importWhole(documents(`flags:\n${flags}`), openMaster(front.url, {}), {
    tries: 3,
    pauseMs: 1,
    news: (line) => told.push(line),
  });
  await tried.then(reached, (error) => {
    assert.match(error.message, /^PUT ".*\/flags\/f0": no answer \((UND_ERR_SOCKET|ECONNRESET)\)$/);
    assert.equal(told, [error.message, error.message]);
  });
  await front.close();
});
trying("each try gets on :: it goes on, however many it takes", async ({ master }) => {
  let puts = 0;
  const front = await tamper(master.url, ({ method }) => {
    if (method !== "PUT") return "pass";
    puts += 1;
    return puts % 2 ? "cut before" : "pass";
  });
  const twice = { tries: 2, pauseMs: 1, news: () => {} };
  const { made } = await importWhole(documents(`flags:\n${flags}`), openMaster(front.url, {}), twice);
  assert.equal([made.size, puts], [12, 24]);
  await front.close();
});
trying.run();

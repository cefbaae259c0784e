import { suite } from "uvu";
import { replication } from "../../src/steps/replication.ts";
import { Bench, rewrite, type Twist } from "./bench.ts";

interface Context {
  bench: Bench;
}

const arrivals = replication.filter(({ title }) => title.startsWith("a flag"));
/** Seconds: a flag that never arrives costs them. */
const deadline = 15;
const others = replication.filter(({ title }) => !title.startsWith("a flag"));
const test = suite<Context>("replication, one thing broken");
test.before(async (context) => {
  context.bench = await Bench.open("local", { exportSeconds: 1 });
});
test.after(({ bench }) => bench.close());

const isAbout = (suffix: string) => (asked: { path: string; body: string }) =>
  asked.path === "/evaluate/v1/boolean" &&
  new RegExp(`"namespaceKey":"verify-[0-9a-f]+","flagKey":"${suffix}"`).test(asked.body);

const lost =
  (suffix: string): Twist =>
  (asked) =>
    isAbout(suffix)(asked) ? { status: 404, body: "{}" } : undefined;

test("created :: the sidecar never learns of it", ({ bench }) =>
  bench.reddens(
    arrivals,
    "a flag created on the master arrives by the exporter's own schedule",
    /last seen: flag "created" on flipt-sidecar: unknown, not on/,
    {
      twist: { sidecar: lost("created") },
    },
    deadline,
  ));

test("changed :: the sidecar keeps the old value", ({ bench }) =>
  bench.reddens(
    arrivals,
    "a flag changed on the master arrives by the exporter's own schedule",
    /flag "changed" on flipt-sidecar: off, not on/,
    {
      twist: { sidecar: rewrite(isAbout("changed"), (answer) => ({ ...answer, enabled: false })) },
    },
    deadline,
  ));

test("deleted :: the sidecar goes on answering it", ({ bench }) => {
  const kept: Twist = (asked, { status }) =>
    isAbout("deleted")(asked) && status === 404 ? { status: 200, body: '{"enabled":true}' } : undefined;
  return bench.reddens(
    arrivals,
    "a flag deleted on the master arrives by the exporter's own schedule",
    /flag "deleted" on flipt-sidecar: on, not unknown/,
    {
      twist: { sidecar: kept },
    },
    deadline,
  );
});

test("namespaces :: the sidecar has one too many", ({ bench }) =>
  bench.reddens(
    others,
    "the sidecar knows the master's namespaces and no other",
    /\[default,ghost,production,verify-[0-9a-f]+\] on flipt-sidecar/,
    {
      twist: {
        sidecar: rewrite(
          ({ path }) => path === "/api/v1/namespaces",
          ({ namespaces }) => ({ namespaces: [...namespaces, { key: "ghost" }] }),
        ),
      },
    },
  ));

for (const [kind, namespace, flag] of [
  ["variant", "default", "button-colour"],
  ["boolean", "production", "new-checkout"],
] as const) {
  const title = `every ${kind} flag evaluates equally on master and sidecar`;
  test(`parity of ${kind} flags :: one evaluation differs`, ({ bench }) =>
    bench.reddens(others, title, new RegExp(`sidecar against master: .*"flagKey":"${flag}"`), {
      twist: {
        sidecar: rewrite(
          ({ path, body }) => path === "/evaluate/v1/batch" && body.includes(`"flagKey":"${flag}"`),
          ({ responses }) => {
            const answers = responses.map(
              (each: { booleanResponse?: object; variantResponse?: object }) =>
                each.booleanResponse ?? each.variantResponse,
            );
            answers.find(({ flagKey }: { flagKey: string }) => flagKey === flag).reason = "UNKNOWN_EVALUATION_REASON";
            return { responses };
          },
        ),
      },
    }));
  test(`parity of ${kind} flags :: the sidecar lacks one`, ({ bench }) =>
    bench.reddens(others, title, new RegExp(`flipt-sidecar lacks 1 of \\d+ flags: "${namespace}/${flag}"`), {
      twist: {
        sidecar: rewrite(
          ({ path }) => path === `/api/v1/namespaces/${namespace}/flags`,
          ({ flags }) => ({ flags: flags.filter(({ key }: { key: string }) => key !== flag) }),
        ),
      },
    }));
}

test.run();

import { suite } from "uvu";
import { locality } from "../../src/steps/locality.ts";
import { Bench, type Breakage, rewrite } from "./bench.ts";

interface Context {
  bench: Bench;
}

const test = suite<Context>("locality, one thing broken");
test.before(async (context) => {
  context.bench = await Bench.open("local");
});
test.after(({ bench }) => bench.close());

for (const [stopped, title] of [
  ["flipt-master", "the sidecar answers with the master stopped"],
  ["store", "the sidecar answers with the store stopped"],
  ["flipt-master store", "the sidecar answers with master and store stopped"],
] as const) {
  test(`stopped ${stopped} :: the sidecar then answers something else`, ({ bench }) => {
    const now = (): boolean => [...bench.stopped].sort().join(" ") === stopped;
    const breakage: Breakage = {
      twist: {
        sidecar: rewrite(
          ({ path }) => path === "/evaluate/v1/batch" && now(),
          ({ responses }) => ({ responses: responses.toReversed() }),
        ),
      },
    };
    return bench.reddens(locality, title, /flipt-sidecar's answers have changed/, breakage);
  });
}

test("stopped flipt-master :: it was not really stopped", ({ bench }) =>
  bench.reddens(
    locality.slice(0, 2),
    "the sidecar answers with the master stopped",
    /the flipt-master was stopped and still answers/,
    {
      lab: (whole) => ({ stop: async (part) => (part === "flipt-master" ? undefined : whole.stop(part)) }),
    },
  ));
test("stopped store :: it was not really stopped", ({ bench }) =>
  bench.reddens(
    locality.slice(0, 2),
    "the sidecar answers with the store stopped",
    /the store was stopped and is still there/,
    {
      lab: (whole) => ({ stop: async (part) => (part === "store" ? undefined : whole.stop(part)) }),
    },
  ));

test.run();

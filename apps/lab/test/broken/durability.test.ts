import { suite } from "uvu";
import type { Stoppable } from "../../src/lab.ts";
import { durability } from "../../src/steps/durability.ts";
import { Bench, type Breakage, rewrite } from "./bench.ts";

interface Context {
  bench: Bench;
}

const test = suite<Context>("durability, one thing broken");
test.before(async (context) => {
  context.bench = await Bench.open("local");
});
test.after(({ bench }) => bench.close());

/** From the moment that a part is started again, something else has lost its memory too. */
function forgetful(part: Stoppable, loss: (isLost: () => boolean) => Breakage): Breakage {
  let lost = false;
  const breakage = loss(() => lost);
  return {
    ...breakage,
    lab: (whole, bench) => ({
      ...breakage.lab?.(whole, bench),
      start: async (started) => {
        await whole.start(started);
        lost = started === part;
      },
    }),
  };
}

const oneFlagLess = (isLost: () => boolean) =>
  rewrite(
    ({ path }) => isLost() && path === "/api/v1/namespaces/default/flags",
    ({ flags }) => ({ flags: flags.slice(1) }),
  );

test("flipt-master :: comes back with a flag less", ({ bench }) =>
  bench.reddens(
    durability,
    "a restart of the master loses nothing",
    /the flipt-master holds another state after its restart/,
    forgetful("flipt-master", (isLost) => ({ twist: { master: oneFlagLess(isLost) } })),
  ));

test("store :: comes back with half the publication", ({ bench }) =>
  bench.reddens(
    durability,
    "a restart of the store loses nothing",
    /the store holds another state after its restart/,
    forgetful("store", (isLost) => ({
      lab: (whole) => ({
        publication: async () => {
          const found = await whole.publication();
          return found && isLost() ? { ...found, bytes: found.bytes.subarray(0, found.bytes.length / 2) } : found;
        },
      }),
    })),
  ));

test("flipt-sidecar :: comes back with a flag less", ({ bench }) =>
  bench.reddens(
    durability,
    "a restart of the sidecar loses nothing",
    /the flipt-sidecar holds another state after its restart/,
    forgetful("flipt-sidecar", (isLost) => ({ twist: { sidecar: oneFlagLess(isLost) } })),
  ));

test.run();

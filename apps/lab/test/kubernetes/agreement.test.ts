import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findDisagreement } from "../../src/drivers/kubernetes/apply/agreement.ts";

const flags = (...on: string[]): Map<string, boolean> =>
  new Map(["default/a", "default/b", "team/c"].map((key) => [key, on.includes(key)]));

const test = suite("master and sidecar");

test("equal", () => assert.is(findDisagreement(flags("default/a"), flags("default/a")), undefined));
test("a flag that was switched", () =>
  assert.is(findDisagreement(flags("default/b"), flags()), 'flag "default/b" is off, on flipt-master it is on'));
test("a flag that is on one side only", () => {
  const more = new Map([...flags(), ["team/new", false] as const]);
  assert.is(findDisagreement(more, flags()), 'flag "team/new" is absent, on flipt-master it is off');
  assert.is(findDisagreement(flags(), more), 'flag "team/new" is off, on flipt-master it is absent');
});
test.run();

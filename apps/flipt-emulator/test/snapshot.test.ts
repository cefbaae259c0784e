import { suite } from "uvu";
import * as assert from "uvu/assert";
import { chainVersions, etagOf } from "../src/snapshot/etag.ts";
import { acceptedBy } from "../src/snapshot/server-version.ts";

const snapshot = suite("snapshot");

const headers: [header: string | undefined, entityConstraints: boolean, defaultVariants: boolean][] = [
  [undefined, false, false],
  ["", false, false],
  ["latest", false, false],
  ["1.37.9", false, false],
  ["1.38.0", true, false],
  ["1.38.0.1", false, false],
  ["1.47.0-rc.1", true, false],
  ["1.47", true, true],
  ["v1.47.0", true, true],
  [" 1.61.1", true, true],
  ["2.0.0", true, true],
];
for (const [header, entityConstraints, defaultVariants] of headers) {
  snapshot(`accepted version :: ${header}`, () => {
    assert.equal(acceptedBy(header), { entityConstraints, defaultVariants });
  });
}

snapshot("etag :: SHA-1 of the version", () => {
  assert.is(etagOf("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
});

const sha1 = etagOf;
const chains: [versions: string[], chained: string | undefined][] = [
  [[], undefined],
  [[""], undefined],
  [["a"], "a"],
  [["a", "b"], sha1("ab").slice(0, 32)],
  [["a", "b", "c"], sha1(`${sha1("ab").slice(0, 32)}c`).slice(0, 32)],
];
for (const [versions, chained] of chains) {
  snapshot(`versions :: ${versions.join(" + ")}`, () => assert.is(chainVersions(versions), chained));
}

snapshot.run();

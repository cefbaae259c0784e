import { createHash } from "node:crypto";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeHint, encodeHint } from "../src/hint.ts";

const test = suite("hint");
const etag = (n: number): string => createHash("sha1").update(String(n)).digest("hex");
const hint = (count: number) => ({
  state: createHash("sha256").update("s").digest("base64url"),
  md5: createHash("md5").update("b").digest("hex"),
  flags: 57,
  etags: Array.from({ length: count }, (_, n) => (n === 1 ? undefined : etag(n))),
});

for (const count of [1, 2, 30, 60])
  test(`round trip :: ${count} namespaces`, () => assert.equal(decodeHint(encodeHint(hint(count))), hint(count)));

test("room :: the ETags of too many namespaces are left out, metadata stays below 2 KB", () => {
  for (const count of [60, 70, 500]) assert.ok(encodeHint(hint(count)).length < 2000);
  assert.equal(decodeHint(encodeHint(hint(500))), { ...hint(0), etags: undefined });
});

test("round trip :: with the most that was published lately", () => {
  const peak = { at: 1_800_000_000, flags: [3, 80] };
  assert.equal(decodeHint(encodeHint({ ...hint(2), peak })), { ...hint(2), peak });
});

test("room :: of a great many namespaces the peak is left out too", () => {
  const peak = { at: 1_800_000_000, flags: Array.from({ length: 900 }, () => 100) };
  assert.equal(decodeHint(encodeHint({ ...hint(900), peak })), { ...hint(0), etags: undefined });
});

for (const line of [undefined, "", "3 x y 5 ", "<html>", encodeHint(hint(2)).slice(5)])
  test(`foreign :: ${line?.slice(0, 10)}`, () => assert.is(decodeHint(line), undefined));

test.run();

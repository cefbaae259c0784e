import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fileRevision, md5, objectRevision } from "../src/revision.ts";

const test = suite("revision");

// the two formulas as `printf %s "$(md5sum f | cut -c1-32)" | sha1sum` and `printf '%x-%x' TIME SIZE | sha1sum` give them
test("object :: hello", () =>
  assert.is(objectRevision(md5(Buffer.from("hello\n"))), "b30c2130e7a42f7762d5e7582d94c4ea45d1de9c"));
test("file :: seconds and size", () =>
  assert.is(fileRevision(1_700_000_000_999, 4701), "2de0d93558ee806c260214cf9d958f26d37379b1"));

test.run();

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Database, openDatabase } from "../src/master/database.ts";
import { createFlag, deleteFlag, type FlagInput } from "../src/master/flags.ts";
import { createNamespace, deleteNamespace } from "../src/master/namespaces.ts";

const flag = (key: string): FlagInput => ({
  key,
  name: key,
  description: "",
  enabled: true,
  type: "VARIANT_FLAG_TYPE",
});
const add = (database: Database, key: string, namespaceKey = "default") =>
  database.write(namespaceKey, (write) => createFlag(write, namespaceKey, flag(key)));
const keys = (database: Database, namespaceKey = "default") => [
  ...(database.view().state(namespaceKey)?.flags.keys() ?? []),
];

interface Context {
  dir: string;
  url: string;
  database: Database;
}
const test = suite<Context>("master/database");

test.before.each(async (context) => {
  context.dir = await mkdtemp(join(tmpdir(), "master-database-"));
  context.url = `file:${join(context.dir, "flipt.db")}`;
  context.database = openDatabase(context.url);
});
test.after.each(async ({ database, dir }) => {
  database.close();
  await rm(dir, { recursive: true, force: true });
});

test("view :: a new database holds the protected default namespace, without version", ({ database }) => {
  const [namespace, ...rest] = database.view().namespaces();
  assert.is(rest.length, 0);
  assert.is(namespace?.description, "Default namespace");
  assert.is(namespace?.protected, true);
  assert.is(database.view().state("default")?.version, undefined);
});

test("view :: a state that was taken does not change with later writes", ({ database }) => {
  add(database, "one");
  const before = database.view().state("default");
  add(database, "two");
  database.write("default", (write) => deleteFlag(write, "default", "one"));
  assert.equal([...(before?.flags.keys() ?? [])], ["one"]);
  assert.equal(keys(database), ["two"]);
});

test("view :: an unchanged namespace is the same object, a write elsewhere does not rebuild it", ({ database }) => {
  add(database, "one");
  database.write("lab", (write) => createNamespace(write, { key: "lab", name: "Lab", description: "" }));
  const before = database.view().state("default");
  add(database, "other", "lab");
  assert.is(database.view().state("default"), before);
  assert.equal(keys(database, "lab"), ["other"]);
});

test("view :: in the order of creation", ({ database }) => {
  for (const key of ["z", "a", "m"]) add(database, key);
  assert.equal(keys(database), ["z", "a", "m"]);
});

test("version :: differs after each of many writes in one millisecond", ({ database }) => {
  const versions = new Set<string | undefined>();
  for (let index = 0; index < 300; index += 1) {
    database.write("default", (write) => deleteFlag(write, "default", "never there"));
    versions.add(database.view().state("default")?.version);
  }
  assert.is(versions.size, 300);
  assert.not.ok(versions.has(undefined));
});

test("version :: moves on when the system's clock went back", ({ database }) => {
  const future = Date.now() * 1000 + 3_600_000_000;
  database.write("default", ({ sql }) => sql.run("UPDATE clock SET micros = ?", future));
  const versions = ["one", "two"].map((key) => {
    add(database, key);
    return database.view().state("default")?.version;
  });
  assert.equal(versions, [String(future + 1), String(future + 2)]);
});

test("version :: does not come back when a namespace is made anew", ({ database }) => {
  const make = () => {
    database.write("lab", (write) => createNamespace(write, { key: "lab", name: "Lab", description: "" }));
    return database.view().state("lab")?.version;
  };
  const first = make();
  database.write("lab", (write) => deleteNamespace(write, "lab"));
  assert.is(database.view().state("lab"), undefined);
  assert.is.not(make(), first);
});

test("write :: changes nothing and moves no version when it throws", ({ database }) => {
  add(database, "one");
  const { version } = database.view().state("default") ?? {};
  const fail = (): void => {
    database.write("default", (write) => {
      createFlag(write, "default", flag("two"));
      createFlag(write, "default", flag("one"));
    });
  };
  assert.throws(fail, /flag "default\/one" is not unique/);
  assert.equal(keys(database), ["one"]);
  assert.is(database.view().state("default")?.version, version);
});

test("write :: a failed one inside a batch leaves the rest of the batch", ({ database, url }) => {
  database.beginBatch();
  add(database, "one");
  assert.throws(() => add(database, "one"), /not unique/);
  add(database, "two");
  database.commitBatch();
  const second = openDatabase(url);
  assert.equal(keys(second), ["one", "two"]);
  second.close();
});

test("write :: of another connection is noticed, both ways", ({ database, url }) => {
  add(database, "mine");
  assert.equal(keys(database), ["mine"]);
  const other = openDatabase(url);
  add(other, "theirs");
  assert.equal(keys(database), ["mine", "theirs"]);
  add(database, "again");
  assert.equal(keys(other), ["mine", "theirs", "again"]);
  other.close();
});

test("reset :: empties everything and makes a protected default", ({ database }) => {
  database.write("lab", (write) => createNamespace(write, { key: "lab", name: "Lab", description: "" }));
  add(database, "one", "lab");
  database.reset();
  assert.equal(
    database
      .view()
      .namespaces()
      .map(({ key, protected: kept }) => [key, kept]),
    [["default", true]],
  );
});

for (const url of ["postgres://x/y", "flipt.db?mode=ro", "file://flipt.db", ""]) {
  test(`open :: refuses "${url}"`, () => {
    assert.throws(() => openDatabase(url), `unsupported database "${url}": expected a path, or file:PATH`);
  });
}

test("open :: one line for a folder that is not there and for a file that is no database", async ({ dir }) => {
  const text = join(dir, "text.db");
  await writeFile(text, "not a database, but long enough to be looked at as one".repeat(50));
  for (const path of [join(dir, "none", "x.db"), text]) {
    assert.throws(
      () => openDatabase(`file:${path}`),
      (error: Error) => error.message.startsWith(`opening database "file:${path}": `) && !error.message.includes("\n"),
    );
  }
});

test.run();

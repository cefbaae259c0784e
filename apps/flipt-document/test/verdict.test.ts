import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Complaint, checkDocuments, describe, parseStream } from "../src/index.ts";

const folder = new URL("fixtures/", import.meta.url);
const fixture = (name: string): string => readFileSync(new URL(name, folder), "utf8");

type Verdict = { kind: Complaint["kind"]; path?: string; message?: string } | null;
const verdicts: Record<string, Verdict> = JSON.parse(fixture("verdicts.json"));
const texts: [text: string, message: string][] = JSON.parse(fixture("texts.json"));
/** Those of the texts on which this parser says otherwise: spellings that no program writes. */
const deviations: string[] = JSON.parse(fixture("deviations.json"));

/** Where Flipt's first complaint about a shape points; alternatives are reported at the object that has them. */
const within = (path: string, parent: string) => path === parent || path.startsWith(`${parent}.`);

const state = suite("state");
state("verdict :: every state has one", () => {
  assert.equal(readdirSync(new URL("states/", folder)).sort(), Object.keys(verdicts).sort());
});
for (const [name, verdict] of Object.entries(verdicts)) {
  state(`verdict :: ${name} ${verdict ? "is refused" : "loads"} as in v1.61.1`, () => {
    const { documents, complaints } = parseStream(fixture(`states/${name}`));
    const [first] = complaints;
    assert.is(first?.kind, verdict?.kind);
    if (verdict?.path !== undefined) assert.ok(within(first?.path ?? "", verdict.path), describe(first as Complaint));
    if (verdict?.kind === "reference") assert.is(first && describe(first), verdict.message);
    if (!verdict) assert.equal(checkDocuments(documents), []);
  });
}
state.run();

const small = suite("text");
small("verdict :: the deviations are exactly the known ones", () => {
  const differing = texts.filter(([text, message]) => parseStream(text).complaints.length > 0 !== (message !== ""));
  assert.equal(
    differing.map(([text]) => text),
    deviations,
  );
});

small("complaint :: a reference is told in Flipt's words", () => {
  const told = texts.filter(([, message]) => message.startsWith("flag "));
  assert.ok(told.length > 5);
  for (const [text, message] of told) {
    assert.equal(
      parseStream(text)
        .complaints.slice(0, 1)
        .map((complaint) => describe(complaint)),
      [message],
    );
  }
});

small("complaint :: a shape is told at Flipt's path or below it", () => {
  const shape = /^((?:version|namespace|flags|segments)[.\w]*): (?!parse error)/;
  const told = texts.filter(([text, message]) => shape.test(message) && !deviations.includes(text));
  assert.ok(told.length > 100);
  for (const [text, message] of told) {
    const [, path = ""] = shape.exec(message) ?? [];
    const { complaints } = parseStream(text);
    const found = complaints.some((complaint) => complaint.kind === "yaml" || within(complaint.path, path));
    assert.ok(found, `${text}\n${message}`);
  }
});
small.run();

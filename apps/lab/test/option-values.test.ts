import { suite } from "uvu";
import * as assert from "uvu/assert";
import { count, duration, modeName, pattern, profileName } from "../src/commands/option-values.ts";

const durations = suite("duration");
for (const [text, seconds] of [
  ["5", 5],
  ["5s", 5],
  ["500ms", 0.5],
  ["1m", 60],
  ["1.5m", 90],
] as const) {
  durations(`seconds :: ${text}`, () => assert.is(duration(text), seconds));
}
for (const text of ["", "0", "-1s", "5h", "five", "1 s", "0s"]) {
  durations(`refused :: "${text}"`, () =>
    assert.throws(() => duration(text), /expected a duration such as 5s or 1m, got/),
  );
}
durations.run();

// ---

const modes = suite("modeName");
for (const name of ["local", "object-store"]) modes(`known :: ${name}`, () => assert.is(modeName(name), name));
modes("unknown :: s3", () => assert.throws(() => modeName("s3"), 'expected "local" or "object-store", got "s3"'));
modes.run();

// ---

const patterns = suite("pattern");
patterns("matches :: without regard to case", () => assert.ok(pattern("Replic").test("replication")));
patterns("refused :: no expression", () => assert.throws(() => pattern("(")));
patterns.run();

// ---

const machines = suite("minikube");
machines("count :: a whole number above nothing", () => assert.is(count("2"), 2));
for (const text of ["0", "-1", "1.5", "two", ""])
  machines(`count :: refused "${text}"`, () => assert.throws(() => count(text), /expected a number such as 2/));
for (const text of ["lab", "a1", "flipt-sidecar-lab"])
  machines(`profile :: ${text}`, () => assert.is(profileName(text), text));
for (const text of ["", "a", "X_y", "-a", "a b"])
  machines(`profile :: refused "${text}"`, () => assert.throws(() => profileName(text), /letters, digits and dashes/));
machines.run();

import { copyFile, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { type Document, formatStream, mergeDocuments } from "flipt-document";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startMaster, startSidecar } from "../../../testing/flipt.ts";
import { documents } from "../../flipt-document/test/arbitrary.ts";
import { run } from "../src/run.ts";
import { filePlace } from "./place.ts";
import { settings } from "./state.ts";

const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
const STATES = 60;

const test = suite(`parity (seed ${seed})`);

/** Many random states in one stream: each state's namespaces get names of their own. */
function states(): Document[] {
  return fc.sample(documents, { seed, numRuns: STATES }).flatMap((state, index) =>
    mergeDocuments(state).map(({ key, flags, segments }) => ({
      namespace: { key: `${key}-${index}`, name: `State ${index}` },
      flags: flags.map(({ flag }) => flag),
      segments,
    })),
  );
}

interface Answer {
  [field: string]: unknown;
}

async function evaluate(url: string, requests: object[]): Promise<Answer[]> {
  const body = JSON.stringify({ requests });
  const answer = await fetch(`${url}/evaluate/v1/batch`, { method: "POST", body });
  assert.is(answer.status, 200);
  const { responses } = (await answer.json()) as { responses: { [kind: string]: Answer }[] };
  return responses.map(({ booleanResponse, variantResponse, errorResponse }) =>
    comparable(booleanResponse ?? variantResponse ?? errorResponse ?? {}),
  );
}

// what v1.61.1 itself answers differently on a master and on a sidecar: times, order of segments, spelling of attachments
function comparable({ requestDurationMillis: _, timestamp: __, requestId: ___, ...answer }: Answer): Answer {
  const { segmentKeys, variantAttachment } = answer;
  return {
    ...answer,
    ...(Array.isArray(segmentKeys) && { segmentKeys: [...segmentKeys].sort() }),
    ...(typeof variantAttachment === "string" && { variantAttachment: JSON.parse(variantAttachment || "null") }),
  };
}

function questions(all: Document[]): object[] {
  const words = fc.sample(fc.string({ maxLength: 8 }), { seed, numRuns: 12 });
  const values = [...words, "5", "-1", "true", "2026-01-01"];
  return all.flatMap(({ namespace, flags = [], segments = [] }) => {
    const properties = segments.flatMap(({ constraints = [] }) => constraints);
    return flags.flatMap((flag) =>
      values.map((word, index) => ({
        namespaceKey: typeof namespace === "object" ? namespace.key : namespace,
        flagKey: flag.key,
        entityId: word,
        // half of the questions meet the constraints' own operands
        context: Object.fromEntries(
          properties.map(({ property, value }) => [property, index % 2 === 0 ? (value ?? word) : word]),
        ),
      })),
    );
  });
}

test(`${STATES} random states :: evaluate equally on the master and on a sidecar of the export`, async () => {
  const all = states();
  const master = await startMaster({ state: formatStream(all) });
  const place = await filePlace();
  const outcome = await run(settings(master.url, place.sink));
  assert.is(outcome.outcome, "published", outcome.message);
  const dir = await mkdtemp(join(tmpdir(), "flipt-sidecar-"));
  await copyFile(place.path, join(dir, "features.yml"));
  const sidecar = await startSidecar({ dir });
  const asked = questions(all);
  const [expected, found] = await Promise.all([evaluate(master.url, asked), evaluate(sidecar.url, asked)]);
  const reasons = new Map<unknown, number>();
  for (const [index, answer] of expected.entries()) {
    assert.equal(found[index], answer, JSON.stringify(asked[index]));
    reasons.set(answer.reason, (reasons.get(answer.reason) ?? 0) + 1);
  }
  console.log(
    `\nmeasured: ${outcome.flags} flags, ${asked.length} evaluations: ${JSON.stringify(Object.fromEntries(reasons))}`,
  );
  assert.ok((reasons.get("MATCH_EVALUATION_REASON") ?? 0) > 50, "enough of them match");
  await Promise.all([master.stop(), sidecar.stop(), place.stop()]);
});

test.run();

import { readFileSync } from "node:fs";
import { describe, importWhole, openMaster, parseStream } from "flipt-document";

// `seed.js FILE`: brings a document into the master FLIPT_URL and ends with 0 when the whole of it is there, compared.

/** About two minutes for a master that is not there yet. */
const tries = Number(process.env.SEED_ATTEMPTS ?? 60);

function end(exit: number, line: string): never {
  console.error(`flipt-seed: ${line}`);
  process.exit(exit);
}

const [file = ""] = process.argv.slice(2);
const { FLIPT_URL: url, FLIPT_TOKEN: token } = process.env;
if (!file || !url) end(2, "usage: FLIPT_URL=http://… seed.js FILE");
// As the first process of a container it would not be ended by the signal; what it has begun, the next run completes.
process.once("SIGTERM", () => process.exit(143));

const { documents, complaints } = parseStream(readFileSync(file));
const [complaint] = complaints;
if (complaint) end(1, `Flipt would refuse "${file}": ${describe(complaint, file)}`);
const master = openMaster(url, token ? { authorization: `Bearer ${token}` } : {});
const patience = { tries, pauseMs: 2000, news: (line: string) => console.error(`flipt-seed: ${line}; trying again`) };
try {
  const { made, kept } = await importWhole(documents, master, patience);
  console.log(
    `seeded "${url}": ${made.size} flags and segments of "${file}" are whole, ${kept.size} were there before`,
  );
} catch (error) {
  end(1, `cannot seed "${url}" with "${file}": ${error instanceof Error ? error.message : "ended"}`);
}

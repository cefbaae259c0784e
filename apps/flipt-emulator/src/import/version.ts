/** A document's version as v1.61.1 knows them; the newest when the stream names none. */
export type Version = "1.0" | "1.1" | "1.2" | "1.3" | "1.4";

const versions: readonly Version[] = ["1.0", "1.1", "1.2", "1.3", "1.4"];

/** @throws {Error} for what is no version, and for one that there is not (recorded) */
export function readVersion(text: string): Version {
  if (text === "") return "1.4";
  const parts = /^\s*v?0*(\d+)(?:\.0*(\d+)(?:\.0*(\d+))?)?\s*$/.exec(text)?.slice(1);
  if (!parts) throw new Error(`parsing document version: ${text}`);
  const [major, minor = "0", patch = "0"] = parts;
  const version = versions.find((known) => known === `${major}.${minor}` && patch === "0");
  if (!version) throw new Error(`unsupported version: ${text}`);
  return version;
}

/** @throws {Error} where a field came with a later version (recorded) */
export function since(first: Version, version: Version, field: string): void {
  if (version < first) throw new Error(`${field} is supported in version >=${first}, found ${version}`);
}

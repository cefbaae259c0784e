import { readFileSync } from "node:fs";
import { repository } from "../process.ts";

/** One instruction; lines that end in a backslash are joined. */
export interface Instruction {
  name: string;
  rest: string;
}

/** The instructions of a Dockerfile, in order, comments left out. */
export function readDockerfile(path: string): Instruction[] {
  return readFileSync(repository(path), "utf8")
    .replace(/\\\n/g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => {
      const [name = "", ...words] = line.trim().split(/\s+/);
      return { name, rest: words.join(" ") };
    });
}

/** What stands after one kind of instruction. */
export const only = (file: Instruction[], name: string): string[] =>
  file.filter((instruction) => instruction.name === name).map(({ rest }) => rest);

/** The stages: each begins with its FROM. */
export function stages(file: Instruction[]): Instruction[][] {
  const found: Instruction[][] = [];
  for (const instruction of file) {
    if (instruction.name === "FROM") found.push([]);
    found.at(-1)?.push(instruction);
  }
  return found;
}

/** The images that a Dockerfile starts from unless told otherwise, by argument. */
export function baseImages(file: Instruction[]): Map<string, string> {
  const first = file.findIndex(({ name }) => name === "FROM");
  return new Map(
    only(file.slice(0, first), "ARG").map((text) => {
      const [name = "", image = ""] = text.split("=");
      return [name, image] as const;
    }),
  );
}

/** What the build context has to hold for a Dockerfile. */
export const copied = (file: Instruction[]): string[] =>
  only(file, "COPY")
    .filter((rest) => !rest.startsWith("--from="))
    .flatMap((rest) => rest.split(" ").slice(0, -1));

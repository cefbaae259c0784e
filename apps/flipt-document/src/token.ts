import type { CST } from "yaml";
import { Refusal } from "./node.ts";

/** What v1.61.1 refuses between documents and a YAML 1.2 parser does not; `previous` is the token before, but for blanks. */
export function refuseToken(token: CST.Token, previous: CST.Token | undefined): Refusal | undefined {
  if (token.type === "directive") return refuseDirective(token, previous);
  if (token.type !== "document") return undefined;
  const begins = token.start.some(({ type }) => type === "doc-start");
  const afterEnd = previous?.type === "doc-end";
  if (!begins && !token.value && !afterEnd) return new Refusal("did not find expected node content", token.offset);
  if (!begins && token.value && afterEnd) return new Refusal("did not find expected <document start>", token.offset);
  return undefined;
}

function refuseDirective({ source, offset }: CST.Directive, previous: CST.Token | undefined): Refusal | undefined {
  const [name, version] = source.trim().split(/\s+/);
  if (name === "%TAG") return undefined;
  if (name !== "%YAML") return new Refusal("found unknown directive name", offset);
  if (previous?.type === "directive" && previous.source.startsWith("%YAML")) {
    return new Refusal("found duplicate %YAML directive", offset);
  }
  return version === "1.1" ? undefined : new Refusal("found incompatible YAML document", offset);
}

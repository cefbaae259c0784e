/** gRPC codes that v1.61.1 answers with, and their HTTP status (recorded). */
const statuses = { 3: 400, 5: 404, 7: 403, 12: 501, 13: 500, 16: 401 } as const;

type Code = keyof typeof statuses;

const names: Readonly<Record<Code, string>> = {
  3: "InvalidArgument",
  5: "NotFound",
  7: "PermissionDenied",
  12: "Unimplemented",
  13: "Internal",
  16: "Unauthenticated",
};

/** A gRPC code's name, as metrics and the command line tell it. */
export const nameOf = (code: number): string => names[code as Code] ?? "Unknown";

/** A refusal as the API words it: `{"code":…,"message":…,"details":[]}`. */
export class Fault extends Error {
  readonly code: Code;
  /** The key of what it is about, where an answer names it beside the message. */
  readonly subject: string;

  constructor(code: Code, message: string, subject = "") {
    super(message);
    this.code = code;
    this.subject = subject;
  }

  get status(): number {
    return statuses[this.code];
  }
}

export const invalid = (message: string): Fault => new Fault(3, message);
export const notFound = (message: string): Fault => new Fault(5, message);
export const readOnly = (): Fault => new Fault(13, "modification is not allowed in read-only mode");

/** A text in quotes as Go's `%q` writes it: what cannot be printed is escaped. */
export const quote = (text: string): string =>
  JSON.stringify(text)
    .replace(/\\u00([01][0-9a-f])/g, "\\x$1")
    .replace(/[\u007f-\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]/g, (character) => {
      const hex = character.charCodeAt(0).toString(16);
      return hex.length === 2 && hex < "80" ? `\\x${hex}` : `\\u${hex.padStart(4, "0")}`;
    });

import { invalid } from "../fault.ts";

const maximumBytes = 1000 * 1024;
const stringOrSpace = /("[^"\\]*(?:\\.[^"\\]*)*")|[ \t\n\r]+/g;

/**
 * The attachment without white space; order of keys and digits of numbers stay as they were sent.
 *
 * @throws {Fault} 400 for what is not JSON, or longer than 1000 KB
 */
export function compactAttachment(attachment: string): string {
  if (attachment === "") return "";
  if (Buffer.byteLength(attachment) > maximumBytes) {
    throw invalid("invalid field attachment: must be less than 1000 KB");
  }
  if (!isJson(attachment)) throw invalid("invalid field attachment: must be a json string");
  return attachment.replace(stringOrSpace, "$1");
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

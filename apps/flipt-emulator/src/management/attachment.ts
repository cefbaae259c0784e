import { invalid } from "../fault.ts";

const maximumBytes = 1000 * 1024;

/** @throws {Fault} 400 for what is not JSON, or longer than 1000 KB */
export function assertAttachment(attachment: string): void {
  if (attachment === "") return;
  if (Buffer.byteLength(attachment) > maximumBytes) {
    throw invalid("invalid field attachment: must be less than 1000 KB");
  }
  try {
    JSON.parse(attachment);
  } catch {
    throw invalid("invalid field attachment: must be a json string");
  }
}

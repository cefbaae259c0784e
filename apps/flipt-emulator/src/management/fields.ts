import { invalid } from "../fault.ts";

type Body = Record<string, unknown>;

/** Fields of a decoded body; an absent one has protobuf's default. */
export const text = (body: Body, field: string): string => (body[field] as string | undefined) ?? "";
export const truth = (body: Body, field: string): boolean => (body[field] as boolean | undefined) ?? false;
export const number = (body: Body, field: string): number => (body[field] as number | undefined) ?? 0;
export const list = (body: Body, field: string): string[] => (body[field] as string[] | undefined) ?? [];

/** An enum: also a number without name passes, as in v1.61.1 (recorded). */
export const choice = <Name extends string>(body: Body, field: string, preset: Name): Name =>
  (body[field] as Name | undefined) ?? preset;

/** @throws {Fault} 400 for an empty field */
export function assertPresent(fields: Record<string, string>): void {
  for (const [field, value] of Object.entries(fields)) {
    if (value === "") throw invalid(`invalid field ${field}: must not be empty`);
  }
}

/** @throws {Fault} 400 for an empty key or one with other characters than letters, digits, `-`, `_` and `,` */
export function assertKey(key: string): void {
  assertPresent({ key });
  if (!/^[-_,A-Za-z0-9]+$/.test(key)) throw invalid("invalid field key: contains invalid characters");
}

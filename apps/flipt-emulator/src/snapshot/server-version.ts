/** What a client may be shown, by the server version it says it accepts. */
export interface Accepted {
  /** From 1.38. */
  entityConstraints: boolean;
  /** From 1.47. */
  defaultVariants: boolean;
}

const tolerant = /^\s*v?(\d+)(?:\.(\d+)(?:\.(\d+)(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)?)?\s*$/;

/** Reads `x-flipt-accept-server-version`; an absent or unreadable version counts as an old one. */
export function acceptedBy(header: string | string[] | undefined): Accepted {
  const [matched, major = 0, minor = 0, patch = 0, prerelease] = tolerant.exec(String(header ?? "")) ?? [];
  const version = Number(major) * 1e6 + Number(minor) * 1e3 + Number(patch) - (prerelease === undefined ? 0 : 0.5);
  const accepts = (release: number): boolean => matched !== undefined && version >= release;
  return { entityConstraints: accepts(1_038_000), defaultVariants: accepts(1_047_000) };
}

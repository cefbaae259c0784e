/** What a client may be shown, by the server version it says it accepts. */
export interface Accepted {
  /** From 1.38. */
  entityConstraints: boolean;
  /** From 1.47. */
  defaultVariants: boolean;
}

/** Reads `x-flipt-accept-server-version`; an absent or unreadable version counts as an old one. */
export function acceptedBy(header: string | string[] | undefined): Accepted {
  const [, major, minor] = /^v?(\d+)\.(\d+)\.\d+/.exec(String(header ?? "")) ?? [];
  const version = Number(major ?? 0) * 1000 + Number(minor ?? 0);
  return { entityConstraints: version >= 1038, defaultVariants: version >= 1047 };
}

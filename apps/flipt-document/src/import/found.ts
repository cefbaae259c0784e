import type { FlagType } from "../document.ts";

/** What the management API answers, as far as an import looks at it. */
export interface FoundFlag {
  key: string;
  name: string;
  description: string;
  type: FlagType;
  variants: { id: string; key: string; name: string; description: string; attachment: string }[];
}

export interface FoundSegment {
  key: string;
  description: string;
  constraints: { type: string; property: string; operator: string; value: string; description: string }[];
}

export interface FoundChoice {
  segmentKey?: string;
  segmentKeys?: string[];
  segmentOperator?: string;
}

export interface FoundRule extends FoundChoice {
  id: string;
  rank: number;
  distributions: { variantId: string; rollout: number }[];
}

export interface FoundRollout {
  rank: number;
  description: string;
  segment?: FoundChoice & { value: boolean };
  threshold?: { percentage: number; value: boolean };
}

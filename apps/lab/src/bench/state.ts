/** How much a generated state holds. */
export interface Size {
  /** Variant flags. */
  flags: number;
  /** Of each variant flag, each with two distributions and a segment of its own. */
  rules: number;
  /** Boolean flags beside them. */
  switches: number;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

const segment = (number: number): string => `
  - key: segment-${number}
    name: Segment ${number}
    match_type: ALL_MATCH_TYPE
    constraints:
      - type: STRING_COMPARISON_TYPE
        property: tier
        operator: eq
        value: tier-${number}`;

const rule = (number: number): string => `
      - segment: segment-${number}
        distributions:
          - variant: one
            rollout: 50
          - variant: two
            rollout: 50`;

const flag = (number: number, rules: number): string => `
  - key: flag-${number}
    name: Flag ${number}
    type: VARIANT_FLAG_TYPE
    enabled: true
    variants:
      - key: one
      - key: two
    rules:${numbers(rules).map(rule).join("")}`;

const boolean = (number: number): string => `
  - key: switch-${number}
    name: Switch ${number}
    type: BOOLEAN_FLAG_TYPE
    enabled: true`;

/** A namespace as a document that can be imported: each flag's rule N is for who has the context `tier: tier-N`. */
export const formatState = (namespace: string, { flags, rules, switches }: Size): string => `version: "1.4"
namespace:
  key: ${namespace}
  name: ${namespace}
flags:${numbers(flags)
  .map((number) => flag(number, rules))
  .join("")}${numbers(switches).map(boolean).join("")}
segments:${numbers(rules).map(segment).join("")}
`;

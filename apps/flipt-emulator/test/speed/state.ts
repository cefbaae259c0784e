/** 50 variant flags with 50 rules of two distributions each, and seven flags of other kinds; about 350 KB of YAML. */
export function largeState(): string {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  const segments = numbers(50).map((index) => ({
    key: `group-${index}`,
    name: `Group ${index}`,
    match_type: "ALL_MATCH_TYPE",
    constraints: [{ type: "STRING_COMPARISON_TYPE", property: "group", operator: "eq", value: `${index}` }],
  }));
  const rules = segments.map(({ key }) => ({
    segment: key,
    distributions: [
      { variant: "blue", rollout: 50 },
      { variant: "green", rollout: 50 },
    ],
  }));
  const variants = [
    { key: "blue", name: "Blue", attachment: { hex: "#00f" } },
    { key: "green", name: "Green" },
  ];
  const base = { enabled: true, description: "made to measure" };
  const variantFlags = numbers(50).map((index) => ({
    key: `flag-${index}`,
    name: `Flag ${index}`,
    ...base,
    variants,
    rules,
  }));
  const booleanFlags = numbers(7).map((index) => ({
    key: `switch-${index}`,
    name: `Switch ${index}`,
    ...base,
    type: "BOOLEAN_FLAG_TYPE",
    rollouts: [{ threshold: { percentage: 10 * (index + 1), value: true } }],
  }));
  return `${JSON.stringify({ version: "1.4", flags: [...variantFlags, ...booleanFlags], segments }, null, 1)}\n`;
}

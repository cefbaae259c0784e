import type { Result } from "../steps/run.ts";

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

// XML 1.0 has no way to write most control characters: they become a replacement character.
const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => entities[sign] ?? sign).replace(/[^\t\n\r\u0020-\uffff]/g, "\ufffd");

function testcase({ group, title, outcome, seconds, detail }: Result): string {
  const open = `    <testcase classname="${escapeXml(group)}" name="${escapeXml(title)}" time="${seconds.toFixed(3)}"`;
  if (outcome === "failed") return `${open}>\n      <failure message="${escapeXml(detail)}"/>\n    </testcase>`;
  if (outcome === "not provable") return `${open}>\n      <skipped message="${escapeXml(detail)}"/>\n    </testcase>`;
  return detail ? `${open}>\n      <system-out>${escapeXml(detail)}</system-out>\n    </testcase>` : `${open}/>`;
}

/** The results as JUnit XML: one test suite, a test case a step; what is not provable counts as skipped. */
export function junit(name: string, results: Result[]): string {
  const of = (outcome: Result["outcome"]): number => results.filter((result) => result.outcome === outcome).length;
  const time = results.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3);
  const totals = `tests="${results.length}" failures="${of("failed")}" skipped="${of("not provable")}" time="${time}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${totals}>`,
    `  <testsuite name="${escapeXml(name)}" ${totals}>`,
    ...results.map(testcase),
    "  </testsuite>",
    "</testsuites>",
  ].join("\n");
}

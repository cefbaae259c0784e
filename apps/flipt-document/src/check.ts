import type { Complaint } from "./complaint.ts";
import type { Document, DocumentFlag } from "./document.ts";
import { namespaceKey } from "./namespace.ts";
import { document as documentShape } from "./schema.ts";

/** What v1.61.1's loader would refuse in these documents, were they written as one stream: shape first, then references. */
export function checkDocuments(documents: Document[]): Complaint[] {
  const complaints = documents.flatMap((document, index) => checkShape(document, index));
  return complaints.length > 0 ? complaints : checkReferences(documents);
}

/** Complaints about the shape of one document, whatever it is. */
export function checkShape(document: unknown, index: number): Complaint[] {
  const complaints: Complaint[] = [];
  documentShape(document, "", (path, reason) => complaints.push({ document: index, path, reason, kind: "schema" }));
  return complaints;
}

/** Complaints about segments and variants that do not exist; expects documents of the right shape. */
export function checkReferences(documents: Document[]): Complaint[] {
  const segments = new Map<string, Set<string>>();
  return documents.flatMap((document, index) => {
    const namespace = namespaceKey(document);
    const known = segments.get(namespace) ?? new Set<string>();
    segments.set(namespace, known);
    for (const segment of document.segments ?? []) known.add(segment.key);
    return (document.flags ?? []).flatMap((flag) =>
      unknownReferences(flag, known).map(({ rank, reason }): Complaint => {
        return {
          document: index,
          namespace,
          path: `flag ${namespace}/${flag.key} rule ${rank}`,
          reason,
          kind: "reference",
        };
      }),
    );
  });
}

function* references(flag: DocumentFlag): Generator<{ rank: number; segments: string[]; variants: string[] }> {
  for (const [index, { segment, distributions = [] }] of (flag.rules ?? []).entries()) {
    const segments = typeof segment === "string" ? [segment] : (segment.keys ?? []);
    yield { rank: index + 1, segments, variants: distributions.map(({ variant }) => variant) };
  }
  for (const [index, { segment }] of (flag.rollouts ?? []).entries()) {
    const segments = segment?.key === undefined ? (segment?.keys ?? []) : [segment.key];
    yield { rank: index + 1, segments, variants: [] };
  }
}

function unknownReferences(flag: DocumentFlag, known: ReadonlySet<string>): { rank: number; reason: string }[] {
  const variants = new Set(flag.variants?.map(({ key }) => key));
  const unknown: { rank: number; reason: string }[] = [];
  for (const reference of references(flag)) {
    const { rank } = reference;
    for (const key of reference.segments)
      if (!known.has(key)) unknown.push({ rank, reason: `references unknown segment "${key}"` });
    for (const key of reference.variants)
      if (!variants.has(key)) unknown.push({ rank, reason: `references unknown variant "${key}"` });
  }
  return unknown;
}

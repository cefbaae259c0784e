/** One reason why Flipt v1.61.1 refuses a stream. */
export interface Complaint {
  /** Which document of the stream, 0-based; empty documents count. */
  document: number;
  namespace?: string;
  /** `flags.0.key` for a schema complaint, `flag default/one rule 1` for a reference, empty for the YAML itself. */
  path: string;
  reason: string;
  /** 1-based, where known. */
  line?: number;
  kind: "yaml" | "schema" | "reference";
}

/** The text that Flipt prints for a complaint; `file` is named by schema complaints only, as recorded from v1.61.1. */
export function describe(complaint: Complaint, file = "features.yml"): string {
  if (complaint.kind === "yaml")
    return `yaml: ${complaint.line === undefined ? "" : `line ${complaint.line}: `}${complaint.reason}`;
  if (complaint.kind === "reference") return `${complaint.path} ${complaint.reason}`;
  const subject = complaint.path === "" ? complaint.reason : `${complaint.path}: ${complaint.reason}`;
  return `${subject} (${complaint.line === undefined ? file : `${file} ${complaint.line}`})`;
}

import { cpus, release, totalmem, type } from "node:os";

/** Describes this machine, for people. */
export function describeMachine(): string {
  const [first] = cpus();
  const gibibytes = (totalmem() / 2 ** 30).toFixed(1);
  return `${cpus().length} cores (${first?.model.trim() ?? "unknown"}), ${gibibytes} GiB, ${type()} ${release()}, Node ${process.version}`;
}

import { until } from "lab/until";
import { type Running, repository, start } from "../../../testing/process.ts";

export interface Client {
  url: string;
  running: Running;
}

/** The program itself on a free port. */
export async function startClient(env: Record<string, string>): Promise<Client> {
  const program = repository("apps/evaluation-client/bin.js");
  const running = start(process.execPath, { args: [program], env: { PORT: "0", ...env } });
  const url = await until<string>("evaluation-client", { seconds: 120, everyMs: 20 }, async () => {
    const address = /on (http:\S+),/.exec(running.output())?.[1];
    if (running.child.exitCode !== null) throw new Error(`evaluation-client exited: ${running.output()}`);
    return address ? { value: address } : { seen: running.output() };
  });
  return { url, running };
}

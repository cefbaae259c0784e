import { randomBytes } from "node:crypto";
import { oneLine } from "../fault.ts";
import { ask, readRevision } from "../flipt.ts";
import type { ExportRequest, ExportRun, Lab, Publication, Stoppable } from "../lab.ts";
import { type Seen, until } from "../until.ts";

/** What one verification knows and has to take back: shared by its steps. */
export class Verification {
  readonly lab: Lab;
  /** Marks all that this verification makes. */
  readonly id = `verify-${randomBytes(3).toString("hex")}`;
  /** The last thing that the running step saw. */
  lastSeen = "nothing yet";
  /** Ends the running step. */
  signal: AbortSignal = new AbortController().signal;
  private readonly undos: (() => Promise<void>)[] = [];
  private readonly kept = new Map<string, Promise<unknown>>();

  constructor(lab: Lab) {
    this.lab = lab;
  }

  /** Waits, until the step's deadline, for a probe to find its value. */
  until<T>(what: string, probe: () => Promise<Seen<T>>): Promise<T> {
    // The step's deadline is the runner's: it ends the wait by the signal and tells what was seen last.
    return until(what, { seconds: 3600, everyMs: 100, signal: this.signal }, async () => {
      const seen = await probe();
      if ("seen" in seen) this.lastSeen = `${what}: ${seen.seen}`;
      return seen;
    });
  }

  /** Whether anything has to be taken back. */
  get hasChanged(): boolean {
    return this.undos.length > 0;
  }

  /** Registers what takes back something that a step has made; the last is taken back first. */
  undo(takeBack: () => Promise<void>): void {
    this.undos.push(takeBack);
  }

  /** What several steps share is made once, by the first that needs it. */
  once<T>(name: string, make: () => Promise<T>): Promise<T> {
    const known = this.kept.get(name) ?? make();
    this.kept.set(name, known);
    return known as Promise<T>;
  }

  /** Runs the exporter now and insists on its success. */
  async publish(request: ExportRequest = {}): Promise<ExportRun> {
    const run = await this.lab.export(request);
    if (run.exit !== 0) throw new Error(`the exporter ended with exit code ${run.exit}: ${run.line}`);
    return run;
  }

  /** Publishes the master's state and waits until the sidecar serves it. */
  async settle(request: ExportRequest = {}): Promise<Publication> {
    await this.publish(request);
    return this.until<Publication>("flipt-sidecar", async () => {
      const publication = await this.publication();
      const etag = await readRevision(this.lab.addresses.sidecar).catch(oneLine);
      return etag === publication.revision
        ? { value: publication }
        : { seen: `it serves revision ${etag}, published is ${publication.revision}` };
    });
  }

  /** @throws {Error} when nothing is published */
  async publication(): Promise<Publication> {
    const publication = await this.lab.publication();
    if (!publication) throw new Error("nothing is published");
    return publication;
  }

  /** Stops a part; it is started again at the latest when the verification ends. */
  async stop(...parts: Stoppable[]): Promise<void> {
    for (const part of parts) {
      this.undo(() => this.lab.start(part));
      await this.lab.stop(part);
    }
  }

  async start(...parts: Stoppable[]): Promise<void> {
    for (const part of parts) await this.lab.start(part);
  }

  /** Takes everything back. Returns what could not be. */
  async takeBack(): Promise<string[]> {
    const failures: string[] = [];
    for (const undo of this.undos.reverse()) {
      await undo().catch((error) => failures.push(oneLine(error)));
    }
    this.undos.length = 0;
    this.kept.clear();
    return failures;
  }

  /** Sends a write to the master and insists on its success; 404 is success for a deletion. */
  async write(method: "POST" | "PUT" | "DELETE", path: string, body?: object): Promise<Record<string, unknown>> {
    this.signal.throwIfAborted();
    const reply = await ask(this.lab.addresses.master, path, { method, body });
    if (reply.status === 200 || (method === "DELETE" && reply.status === 404))
      return reply.body as Record<string, unknown>;
    throw new Error(`${method} "${path}" on flipt-master: ${reply.status} ${JSON.stringify(reply.body)}`);
  }
}

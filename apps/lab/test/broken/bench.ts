import { mkdtemp } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { type Owned, start } from "../../src/drivers/process/lifecycle.ts";
import { StateFolder } from "../../src/drivers/process/state-folder.ts";
import type { Addresses, Lab, Stoppable } from "../../src/lab.ts";
import type { ModeName } from "../../src/modes.ts";
import { runSteps } from "../../src/steps/run.ts";
import type { Step } from "../../src/steps/step.ts";

/** What a front makes of one answer: another body, a status, or the answer as it was. */
export type Twist = (
  asked: { method: string; path: string; body: string },
  answer: { status: number; body: string },
) => { status?: number; body?: string } | undefined;

interface Front {
  url: string;
  twist: Twist | undefined;
  close(): Promise<void>;
}

/** A server before another one: passes everything on and lets a twist change answers. */
async function front(target: string): Promise<Front> {
  const made: Front = { url: "", twist: undefined, close: async () => {} };
  const read = async (request: IncomingMessage): Promise<string> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  const server = createServer(async (request, response) => {
    const { method = "GET", url: path = "/" } = request;
    const body = await read(request);
    const passed = await fetch(`${target}${path}`, {
      method,
      body: body || undefined,
      headers: { "content-type": request.headers["content-type"] ?? "application/json" },
    }).catch(() => undefined);
    if (!passed) return response.destroy();
    const answer = { status: passed.status, body: await passed.text() };
    const { status, body: text } = { ...answer, ...made.twist?.({ method, path, body }, answer) };
    const etag = passed.headers.get("etag");
    response
      .writeHead(status, { "content-type": passed.headers.get("content-type") ?? "", ...(etag && { etag }) })
      .end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  made.url = `http://127.0.0.1:${address && typeof address === "object" ? address.port : 0}`;
  made.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return made;
}

/** A bound against hanging. */
const healthySeconds = 300;

/** What is broken, in one lab that is whole otherwise. */
export interface Breakage {
  /** Changes answers of one of the three programs. */
  twist?: Partial<Record<"master" | "sidecar" | "application", Twist>>;
  /** Takes the place of some of the lab's operations. */
  lab?: (whole: Lab, bench: Bench) => Partial<Lab>;
}

/** A real lab on which one thing at a time can be broken. */
export class Bench {
  readonly owned: Owned;
  /** What is stopped at the moment. */
  readonly stopped = new Set<Stoppable>();
  private readonly fronts: Record<"master" | "sidecar" | "application", Front>;

  private constructor(owned: Owned, fronts: Bench["fronts"]) {
    this.owned = owned;
    this.fronts = fronts;
  }

  /** @param exportSeconds by default so long that only the steps themselves export */
  static async open(
    mode: ModeName,
    { env = {}, exportSeconds = 3600 }: { env?: NodeJS.ProcessEnv; exportSeconds?: number } = {},
  ): Promise<Bench> {
    const home = new StateFolder(await mkdtemp(join(tmpdir(), "bench-")));
    const options = {
      home,
      mode,
      host: "127.0.0.1",
      exportSeconds,
      pollSeconds: 0.3,
      flipt: "emulator",
      anyPort: true,
      env,
      news: () => {},
    };
    const owned = await start(options, new AbortController().signal, async (starts) => {
      for (const { run } of starts) await run(() => {});
    });
    const { master, sidecar, application } = owned.lab.addresses;
    return new Bench(owned, {
      master: await front(master),
      sidecar: await front(sidecar),
      application: await front(application),
    });
  }

  async close(): Promise<void> {
    await this.owned.stop();
    await Promise.all(Object.values(this.fronts).map((each) => each.close()));
    this.owned.lab.home.remove();
  }

  /** The lab as the steps see it: through the fronts, with some operations replaced. */
  private broken({ twist = {}, lab }: Breakage): Lab {
    const whole = this.owned.lab;
    for (const name of ["master", "sidecar", "application"] as const) this.fronts[name].twist = twist[name];
    const addresses: Addresses = {
      ...whole.addresses,
      master: this.fronts.master.url,
      sidecar: this.fronts.sidecar.url,
      application: this.fronts.application.url,
    };
    const seen: Lab = {
      ring: whole.ring,
      mode: whole.mode,
      addresses,
      intervals: whole.intervals,
      programs: whole.programs,
      state: whole.state,
      lacks: (capability) => whole.lacks(capability),
      export: (request) => whole.export(request),
      exports: () => whole.exports(),
      nextExport: () => whole.nextExport(),
      stop: async (part) => {
        this.stopped.add(part);
        await whole.stop(part);
      },
      start: async (part) => {
        await whole.start(part);
        this.stopped.delete(part);
      },
      logs: (part) => whole.logs(part),
      publication: () => whole.publication(),
      storeAccess: (user) => whole.storeAccess(user),
    };
    return { ...seen, ...lab?.(seen, this) };
  }

  /**
   * Runs steps with one thing broken; those that fail, by title and reason.
   *
   * @param seconds how long a step may take that is to fail; any other one has all the time that a busy machine needs
   */
  async failures(steps: Step[], breakage: Breakage, seconds: number, title?: string): Promise<string[]> {
    const patient = steps.map((step) => ({
      ...step,
      seconds: () => (title === undefined || step.title === title ? seconds : healthySeconds),
    }));
    const { results } = await runSteps(
      patient,
      this.broken(breakage),
      { begins() {}, ends() {} },
      new AbortController().signal,
    );
    return results.filter(({ outcome }) => outcome === "failed").map(({ title, detail }) => `${title} | ${detail}`);
  }

  /** Asserts that exactly one step turns red, and why. A busy machine may not come as far in time: then with more patience. */
  async reddens(steps: Step[], title: string, reason: RegExp, breakage: Breakage, seconds = 20): Promise<void> {
    let failures: string[] = [];
    for (const patience of [1, 4, 16]) {
      failures = await this.failures(steps, breakage, seconds * patience, title);
      const [only = "", ...others] = failures;
      if (others.length === 0 && only.startsWith(`${title} | `) && reason.test(only.slice(title.length + 3))) return;
    }
    assert.unreachable(`not "${title}" alone turned red by ${reason}, but:\n${failures.join("\n")}`);
  }
}

/** A twist that rewrites the JSON of the answers to some paths. */
export const rewrite =
  (
    where: (asked: { method: string; path: string; body: string }) => boolean,
    // biome-ignore lint/suspicious/noExplicitAny: the shapes of all answers, changed at will
    change: (body: any) => unknown,
  ): Twist =>
  (asked, { status, body }) =>
    where(asked) && status === 200 ? { body: JSON.stringify(change(JSON.parse(body))) } : undefined;

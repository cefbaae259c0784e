import { createServer, type IncomingMessage, type Server } from "node:http";
import { oneLine } from "../../fault.ts";
import type { Order, Orders } from "./order.ts";
import type { Supervisor } from "./supervisor.ts";

type Handlers = { [name in Order]: (ask: Orders[name]["ask"]) => Promise<Orders[name]["answer"]> };

async function read(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString() || "{}");
}

/** Serves other commands' requests to a running lab on 127.0.0.1. Whoever can read the state folder has the token. */
export class Control {
  readonly port: number;
  private readonly server: Server;
  private supervisor: Supervisor | undefined;

  private constructor(server: Server, port: number) {
    this.server = server;
    this.port = port;
    server.on("request", async (request, response) => {
      const { supervisor } = this;
      const [status, body] =
        !supervisor || request.headers.authorization !== `Bearer ${supervisor.ledger.control.token}`
          ? [401, { error: "not yours" }]
          : await this.answer(supervisor, request).then(
              (answer) => [200, answer],
              (error) => [500, { error: oneLine(error) }],
            );
      response
        .writeHead(status as number, { "content-type": "application/json", connection: "close" })
        .end(JSON.stringify(body));
    });
  }

  static async listen(): Promise<Control> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
    const address = server.address();
    return new Control(server, address && typeof address === "object" ? address.port : 0);
  }

  serve(supervisor: Supervisor): void {
    this.supervisor = supervisor;
  }

  close(): void {
    this.server.close();
  }

  private async answer(supervisor: Supervisor, request: IncomingMessage): Promise<object> {
    const handlers: Handlers = {
      export: (ask) => supervisor.export(ask),
      exports: async () => ({ runs: supervisor.runs, next: supervisor.schedule.next }),
      stop: async ({ part }) => {
        await supervisor.stopPart(part);
        return {};
      },
      hold: async (by) => ({ by: supervisor.hold(by) }),
      release: async (by) => {
        supervisor.release(by);
        return {};
      },
      start: async ({ part }) => {
        await supervisor.startPart(part);
        return {};
      },
    };
    const name = request.url?.slice(1) ?? "";
    if (!(name in handlers)) throw new Error(`no such order: ${name}`);
    const handler = handlers[name as Order] as (ask: unknown) => Promise<object>;
    return handler(await read(request));
  }
}

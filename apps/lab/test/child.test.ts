import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { freePort } from "../../../testing/port.ts";
import { Child } from "../src/drivers/process/child.ts";
import { StateFolder } from "../src/drivers/process/state-folder.ts";
import { until } from "../src/until.ts";

const test = suite("child");

test("restart :: a part that is stopped and started while it waits to be restarted runs once", async () => {
  const folder = new StateFolder(await mkdtemp(join(tmpdir(), "child-")));
  await mkdir(folder.in("logs"));
  const url = `http://127.0.0.1:${await freePort()}`;
  const server = `require("node:http").createServer((request, response) => {
    response.end("ok");
    if (request.url === "/exit") setTimeout(() => process.exit(1), 10);
  }).listen(${new URL(url).port}, "127.0.0.1")`;
  const news: string[] = [];
  const program = { part: "store" as const, command: [process.execPath, "-e", server], env: {}, health: url };
  const child = new Child(program, folder, (_, __, line) => line && news.push(line));
  await child.start();
  await fetch(`${url}/exit`);
  await until<void>("the news", { seconds: 60, everyMs: 20 }, async () =>
    news.length > 0 ? { value: undefined } : { seen: "none" },
  );
  await child.stop();
  await child.start();
  // The restart was due a second after the exit.
  await pause(1500);
  const log = await readFile(folder.log("store"), "utf8");
  await child.stop();
  await rm(folder.path, { recursive: true });
  assert.is(log.match(/ store starts$/gm)?.length, 2);
});

test.run();

import { type AddressInfo, createServer } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ownStore, readObject } from "../src/drivers/bucket.ts";

const test = suite("bucket");

test("readObject :: a store that takes the request and says nothing is not waited for without end", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const { port } = silent.address() as AddressInfo;
  const access = ownStore(`http://127.0.0.1:${port}`, { accessKeyId: "a", secretAccessKey: "b" });
  try {
    await readObject(access, 300);
    assert.unreachable("nothing was answered");
  } catch (error) {
    assert.is((error as Error).message, "no answer within 0.3 s");
  } finally {
    silent.close();
  }
});

test.run();

import { V1MicroTime } from "@kubernetes/client-node";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { freeAt, insistOnFree } from "../../src/drivers/kubernetes/lab/lease.ts";

const test = suite("lease");

const at = (time: string): V1MicroTime => new V1MicroTime(`2026-01-02T${time}Z`);
const held = {
  spec: {
    holderIdentity: "process 7 on build-3",
    acquireTime: at("10:00:00"),
    renewTime: at("10:05:30"),
    leaseDurationSeconds: 60,
  },
};

test("free :: so long after the last renewal, or when nobody holds it", () => {
  assert.is(freeAt(held), at("10:06:30").getTime());
  assert.is(freeAt({ spec: { ...held.spec, holderIdentity: "" } }), 0);
  assert.is(freeAt({}), 0);
});

test("held :: refused with the holder and the times, until it is free", () => {
  assert.throws(
    () => insistOnFree(held, "lab", at("10:06:29").getTime()),
    (error: Error) =>
      error.message ===
      'another verify is at the lab in namespace "lab": process 7 on build-3, since 2026-01-02T10:00:00Z; wait for its end; if it was killed, the lab is free at 2026-01-02T10:06:30Z',
  );
  insistOnFree(held, "lab", at("10:06:30").getTime());
});

test.run();

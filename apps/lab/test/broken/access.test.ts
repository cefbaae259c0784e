import { suite } from "uvu";
import { MinioAdmin } from "../../src/drivers/process/minio.ts";
import { chooseStore } from "../../src/drivers/process/programs.ts";
import type { StoreUser } from "../../src/lab.ts";
import { access } from "../../src/steps/access.ts";
import { Bench } from "./bench.ts";

interface Context {
  bench: Bench;
}

const minio = chooseStore(process.env).kind === "minio";
const test = suite<Context>("access, one right too many or too few");

interface Statement {
  Effect: "Allow" | "Deny";
  Action: string[];
  Resource: string[];
}

const object = "arn:aws:s3:::flipt/features.yml";
const anything = "arn:aws:s3:::flipt/*";
const bucket = "arn:aws:s3:::flipt";
const allow = (action: string, resource: string): Statement => ({
  Effect: "Allow",
  Action: [`s3:${action}`],
  Resource: [resource],
});

/** The rights of a user whose only fault is the one that its step looks for. */
const faults: [user: StoreUser, title: string, rights: Statement[]][] = [
  ["exporter", "the exporter's key may read its object", [allow("PutObject", object)]],
  [
    "exporter",
    "the exporter's key may not list the bucket",
    [allow("PutObject", object), allow("GetObject", object), allow("ListBucket", bucket)],
  ],
  [
    "exporter",
    "the exporter's key may not delete its object",
    [allow("PutObject", object), allow("GetObject", object), allow("DeleteObject", object)],
  ],
  [
    "exporter",
    "the exporter's key may not write another object",
    [allow("PutObject", anything), allow("GetObject", object)],
  ],
  ["sidecar", "the sidecar's key may list the bucket", [allow("GetObject", anything)]],
  ["sidecar", "the sidecar's key may read the object", [allow("ListBucket", bucket)]],
  [
    "sidecar",
    "the sidecar's key may not write the object",
    [allow("ListBucket", bucket), allow("GetObject", anything), allow("PutObject", object)],
  ],
  [
    "sidecar",
    "the sidecar's key may not write another object",
    [allow("ListBucket", bucket), allow("GetObject", anything), allow("PutObject", `${bucket}/other/*`)],
  ],
  [
    "sidecar",
    "the sidecar's key may not delete the object",
    [allow("ListBucket", bucket), allow("GetObject", anything), allow("DeleteObject", object)],
  ],
];

if (minio) {
  test.before(async (context) => {
    context.bench = await Bench.open("object-store", {
      env: { PATH: process.env.PATH, MINIO_BIN: process.env.MINIO_BIN },
    });
  });
  test.after(({ bench }) => bench.close());
  for (const [user, title, rights] of faults) {
    test(`${user} :: ${title}`, async ({ bench }) => {
      const { users, addresses } = bench.owned.supervisor.plan;
      if (!users || !addresses.store) throw new Error("MinIO runs without users");
      const admin = new MinioAdmin(addresses.store, users.root);
      const good =
        user === "exporter"
          ? [allow("PutObject", object), allow("GetObject", object)]
          : [allow("ListBucket", bucket), allow("GetObject", anything)];
      const set = (Statement: Statement[]): Promise<void> =>
        admin.setUser(users[user], { Version: "2012-10-17", Statement });
      await set(rights);
      await bench.reddens(access, title, /the store has (allowed|refused) the/, {}).finally(() => set(good));
    });
  }
} else {
  test.skip("real MinIO");
  console.log("skipped: access rights need MinIO: set MINIO_BIN, or put minio on PATH");
}

test.run();

import { createConstraint } from "../master/constraints.ts";
import { type Database, openDatabase } from "../master/database.ts";
import { createDistribution } from "../master/distributions.ts";
import { createFlag, updateFlag } from "../master/flags.ts";
import { createNamespace } from "../master/namespaces.ts";
import { createRollout } from "../master/rollouts.ts";
import { createRule } from "../master/rules.ts";
import { createSegment } from "../master/segments.ts";
import { createVariant } from "../master/variants.ts";
import type { Write } from "../master/write.ts";
import type { Target } from "./target.ts";

/** Few enough that a running server waits for milliseconds, enough that fsync does not count. */
const batchSize = 500;

/** Writes straight into a database: no request is checked, only references and uniqueness. */
export function openDatabaseTarget(url: string): Target {
  const database = openDatabase(url);
  const write = batching(database);
  return {
    drop: () => database.reset(),
    hasNamespace: (key) => database.view().state(key) !== undefined,
    createNamespace: (namespace) => write(namespace.key, (change) => createNamespace(change, namespace)),
    flagKeys: (key) => new Set(database.view().state(key)?.flags.keys()),
    segmentKeys: (key) => new Set(database.view().state(key)?.segments.keys()),
    createFlag: (key, flag) => write(key, (change) => createFlag(change, key, flag)),
    createVariant: (key, flagKey, variant) => write(key, (change) => createVariant(change, key, flagKey, variant)),
    setDefaultVariant: (key, flag, defaultVariantId) =>
      write(key, (change) => updateFlag(change, key, flag.key, { ...flag, defaultVariantId })),
    createSegment: (key, segment) => write(key, (change) => createSegment(change, key, segment)),
    createConstraint: (key, segmentKey, constraint) =>
      write(key, (change) => createConstraint(change, key, segmentKey, constraint)),
    createRule: (key, flagKey, rule) => write(key, (change) => createRule(change, key, flagKey, rule)),
    createDistribution: (path, distribution) =>
      write(path.namespaceKey, (change) => createDistribution(change, path, distribution)),
    createRollout: (key, flagKey, rollout) => write(key, (change) => createRollout(change, key, flagKey, rollout)),
    close() {
      write.commit();
      database.close();
    },
  };
}

interface BatchedWrite {
  <Result>(namespaceKey: string, change: (write: Write) => Result): Result;
  commit(): void;
}

function batching(database: Database): BatchedWrite {
  let pending = 0;
  const commit = (): void => {
    if (pending > 0) database.commitBatch();
    pending = 0;
  };
  const write = <Result>(namespaceKey: string, change: (write: Write) => Result): Result => {
    if (pending === 0) database.beginBatch();
    pending += 1;
    try {
      return database.write(namespaceKey, change);
    } finally {
      if (pending >= batchSize) commit();
    }
  };
  return Object.assign(write, { commit });
}

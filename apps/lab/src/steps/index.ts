import { access } from "./access.ts";
import { application } from "./application.ts";
import { durability } from "./durability.ts";
import { locality } from "./locality.ts";
import { publication } from "./publication.ts";
import { readOnly } from "./read-only.ts";
import { replication } from "./replication.ts";
import type { Step } from "./step.ts";

/** Every fact that is verified, in the order of running. */
export const steps: Step[] = [
  ...replication,
  ...locality,
  ...readOnly,
  ...durability,
  ...publication,
  ...application,
  ...access,
];

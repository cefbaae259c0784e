// Loaded by record.ts with the decorators of Dagger, so that module and test share one client.
export { connection, dag } from "@dagger.io/dagger";
export { FliptLab } from "../src/index.ts";

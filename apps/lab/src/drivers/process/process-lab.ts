import { readFile, stat } from "node:fs/promises";
import { fileRevision } from "flipt-document/revision";
import { Fault } from "../../fault.ts";
import type {
  Capability,
  ExportRequest,
  ExportRun,
  Lab,
  Part,
  Publication,
  Stoppable,
  StoreAccess,
  StoreUser,
} from "../../lab.ts";
import { key, ownStore, readObject } from "../bucket.ts";
import { sight } from "./identity.ts";
import { order } from "./order.ts";
import { s3rverKeys } from "./settings.ts";
import type { LabRecord, StateFolder } from "./state-folder.ts";

/** A running lab of local processes, for use by any command. It sends orders to the supervisor, which owns the processes. */
export class ProcessLab implements Lab {
  readonly ring = "process";
  readonly home: StateFolder;
  private readonly ledger: LabRecord;

  constructor(home: StateFolder, ledger: LabRecord) {
    this.home = home;
    this.ledger = ledger;
  }

  get mode() {
    return this.ledger.mode;
  }

  get addresses() {
    return this.ledger.addresses;
  }

  get intervals() {
    return this.ledger.intervals;
  }

  get programs() {
    return this.ledger.programs;
  }

  get state() {
    return this.home.path;
  }

  lacks(capability: Capability): string | undefined {
    const ofUsers = capability === "access-rights" || capability === "forbidden-writes";
    if (!ofUsers || this.ledger.users) return undefined;
    return this.mode === "local"
      ? "a volume knows no users here"
      : "s3rver knows no users; set MINIO_BIN for a store that does";
  }

  /**
   * Holds this lab for one verification.
   *
   * @returns a function that releases the lab
   * @throws {Fault} when another verification holds the lab
   */
  async hold(): Promise<() => Promise<void>> {
    const me = sight(process.pid);
    const { by } = await order(this.ledger, "hold", me);
    if (by)
      throw new Fault(
        2,
        `another verify is at the lab in "${this.state}": process ${by.pid}, since ${by.since}; wait for its end, or end it with: kill ${by.pid}`,
      );
    return async () => {
      // A lab that has stopped meanwhile needs no release.
      await order(this.ledger, "release", me).catch(() => {});
    };
  }

  export(request: ExportRequest = {}): Promise<ExportRun> {
    return order(this.ledger, "export", request);
  }

  async exports(): Promise<ExportRun[]> {
    return (await order(this.ledger, "exports")).runs;
  }

  async nextExport(): Promise<number> {
    return (await order(this.ledger, "exports")).next;
  }

  async stop(part: Stoppable): Promise<void> {
    await order(this.ledger, "stop", { part });
  }

  async start(part: Stoppable): Promise<void> {
    await order(this.ledger, "start", { part });
  }

  logs(part: Part): Promise<string> {
    return this.home.readLog(part);
  }

  async publication(): Promise<Publication | undefined> {
    const { store } = this.addresses;
    return store ? readObject(ownStore(store, this.ledger.users?.root ?? s3rverKeys)) : this.readFile();
  }

  private async readFile(): Promise<Publication | undefined> {
    const path = `${this.home.volume}/${key}`;
    const [bytes, info] = await Promise.all([readFile(path), stat(path)]).catch((error) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    return bytes && info && { bytes, modified: info.mtimeMs, revision: fileRevision(info.mtimeMs, info.size) };
  }

  storeAccess(user: StoreUser): StoreAccess {
    const { users } = this.ledger;
    const { store } = this.addresses;
    if (!users || !store) throw new Error(this.lacks("access-rights") ?? "this lab has no store");
    return ownStore(store, users[user]);
  }
}

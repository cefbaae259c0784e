import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Addresses, Part, StoreUser } from "../../lab.ts";
import type { ModeName } from "../../modes.ts";
import type { KeyPair } from "../bucket.ts";
import { isAlive, type Sighting } from "./identity.ts";

/** The addresses of a local lab. Its master demands no token. */
export type LocalAddresses = Addresses & { master: string };

/** What a running lab records in its state folder for other commands. It holds secrets, so its mode is 0600. */
export interface LabRecord {
  supervisor: Sighting;
  running: boolean;
  mode: ModeName;
  control: { port: number; token: string };
  addresses: LocalAddresses;
  intervals: { export: number; poll: number };
  programs: { flipt: string; store: string };
  /** The store's users; undefined when the store knows none. */
  users: Record<StoreUser | "root", KeyPair> | undefined;
  children: Partial<Record<string, Sighting>>;
}

/** The folder that holds all state of one lab. */
export class StateFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  in(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** The volume of mode local. The exporter writes to it, and the sidecar reads from it. */
  get volume(): string {
    return this.in("volume");
  }

  log(part: Part): string {
    return this.in("logs", `${part}.log`);
  }

  /** Reads the last 64 KiB of a part's log; empty when it has none. */
  async readLog(part: Part): Promise<string> {
    const text = await readFile(this.log(part), "utf8").catch(() => "");
    return text.slice(-65_536);
  }

  private get record(): string {
    return this.in("lab.json");
  }

  /** Reads the record of the last lab in this folder; undefined when there is none. */
  read(): LabRecord | undefined {
    try {
      return JSON.parse(readFileSync(this.record, "utf8")) as LabRecord;
    } catch {
      return undefined; // absent, or truncated by a crash: there is no usable record
    }
  }

  /**
   * Claims the folder for a lab of this process.
   *
   * @throws {Error} when another process has claimed it at the same moment
   */
  claim(record: LabRecord): void {
    mkdirSync(this.in("logs"), { recursive: true });
    writeFileSync(this.record, JSON.stringify(record), { mode: 0o600, flag: "wx" });
  }

  write(record: LabRecord): void {
    const temporary = `${this.record}.new`;
    writeFileSync(temporary, JSON.stringify(record, null, 2), { mode: 0o600 });
    renameSync(temporary, this.record);
  }

  /** Releases the folder. Its state stays. */
  release(): void {
    rmSync(this.record, { force: true });
  }

  /** Kills what a crashed lab left running. Returns the names of the killed parts. */
  clean(): string[] {
    const left = Object.entries(this.read()?.children ?? {}).flatMap(([name, child]) =>
      child && isAlive(child) && killGroup(child.pid, "SIGKILL") ? [name] : [],
    );
    this.release();
    return left;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Signals a process group. Returns false when it is already gone. */
export function killGroup(leader: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}

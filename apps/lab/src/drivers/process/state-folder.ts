import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Addresses, Part, StoreUser } from "../../lab.ts";
import type { ModeName } from "../../modes.ts";
import type { KeyPair } from "../bucket.ts";
import { isAlive, type Sighting } from "./identity.ts";

/** Where the parts of a lab are; its master demands no token. */
export type LocalAddresses = Addresses & { master: string };

/** What a running lab leaves in its folder for other commands. It holds secrets: mode 0600. */
export interface LabRecord {
  supervisor: Sighting;
  running: boolean;
  mode: ModeName;
  control: { port: number; token: string };
  addresses: LocalAddresses;
  intervals: { export: number; poll: number };
  programs: { flipt: string; store: string };
  /** Users of the store; absent when it knows none. */
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

  /** The volume of mode local: what the exporter writes and the sidecar reads. */
  get volume(): string {
    return this.in("volume");
  }

  log(part: Part): string {
    return this.in("logs", `${part}.log`);
  }

  /** The last 64 KiB of a part's log; empty when it has none. */
  async readLog(part: Part): Promise<string> {
    const text = await readFile(this.log(part), "utf8").catch(() => "");
    return text.slice(-65_536);
  }

  private get record(): string {
    return this.in("lab.json");
  }

  /** What the last lab in this folder wrote down, or undefined. */
  read(): LabRecord | undefined {
    try {
      return JSON.parse(readFileSync(this.record, "utf8")) as LabRecord;
    } catch {
      return undefined; // absent, or cut by a crash: nothing to go by in both cases
    }
  }

  /**
   * Takes the folder for a lab of this process.
   *
   * @throws {Error} when somebody else took it at the same moment
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

  /** Gives the folder back; its state stays. */
  release(): void {
    rmSync(this.record, { force: true });
  }

  /** Ends what a crashed lab left running. Returns the names of these parts. */
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

/** Signals a process and what it has started. False when it is gone already. */
export function killGroup(leader: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}

import { EventEmitter, on } from "node:events";
import {
  type CoreV1Event,
  type KubernetesListObject,
  type KubernetesObject,
  makeInformer,
  type V1Deployment,
  type V1Job,
  type V1PersistentVolumeClaim,
  type V1Pod,
} from "@kubernetes/client-node";
import type { Seen } from "../../../until.ts";
import type { Cluster } from "../cluster/connect.ts";
import { selector } from "../cluster/kinds.ts";

/** The lab's objects in a namespace at one moment, and the events of all objects there. */
export interface State {
  now: number;
  /** When the watches began. Earlier events may report failures that are fixed by now. */
  since?: number;
  pods: V1Pod[];
  jobs: V1Job[];
  deployments: V1Deployment[];
  claims: V1PersistentVolumeClaim[];
  events: CoreV1Event[];
}

interface Watched<T> {
  list(): readonly T[];
  start(): Promise<void>;
  stop(): Promise<void>;
}

const tickMs = 1000;

/** Keeps the state of a namespace up to date with watches. */
export class Informers {
  private readonly changes = new EventEmitter();
  private readonly cluster: Cluster;
  private readonly watched: { [name in keyof Omit<State, "now" | "since">]: Watched<State[name][number]> };
  private readonly ticker: NodeJS.Timeout;
  private closed = false;
  private readonly since = Date.now();

  private constructor(cluster: Cluster) {
    const { core, apps, batch, namespace } = cluster;
    const labelled = { namespace, labelSelector: selector };
    this.cluster = cluster;
    this.watched = {
      pods: this.watch("/api/v1", "pods", () => core.listNamespacedPod(labelled)),
      jobs: this.watch("/apis/batch/v1", "jobs", () => batch.listNamespacedJob(labelled)),
      deployments: this.watch("/apis/apps/v1", "deployments", () => apps.listNamespacedDeployment(labelled)),
      claims: this.watch("/api/v1", "persistentvolumeclaims", () => core.listNamespacedPersistentVolumeClaim(labelled)),
      // Events bear no labels.
      events: this.watch("/api/v1", "events", () => core.listNamespacedEvent({ namespace }), null),
    };
    // Some verdicts depend on how long a condition lasts.
    this.ticker = setInterval(() => this.changes.emit("change"), tickMs);
  }

  static async open(cluster: Cluster): Promise<Informers> {
    const view = new Informers(cluster);
    await Promise.all(Object.values(view.watched).map((each) => each.start()));
    return view;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.ticker);
    await Promise.all(Object.values(this.watched).map((each) => each.stop()));
  }

  private watch<T extends KubernetesObject>(
    group: string,
    plural: string,
    list: () => Promise<KubernetesListObject<T>>,
    labels: string | null = selector,
  ): Watched<T> {
    const path = `${group}/namespaces/${this.cluster.namespace}/${plural}`;
    const informer = makeInformer<T>(this.cluster.config, path, list, labels ?? undefined);
    informer.on("change", () => this.changes.emit("change"));
    informer.on("error", () => {
      // The server closes watches from time to time. The restarted informer lists what was missed.
      setTimeout(() => !this.closed && informer.start().catch(() => {}), tickMs).unref();
    });
    return informer;
  }

  get state(): State {
    const { pods, jobs, deployments, claims, events } = this.watched;
    return {
      now: Date.now(),
      since: this.since,
      pods: [...pods.list()],
      jobs: [...jobs.list()],
      deployments: [...deployments.list()],
      claims: [...claims.list()],
      events: [...events.list()],
    };
  }

  /**
   * Waits for a value in the state. It probes the state at each change.
   *
   * @throws {Error} `WHAT not there after Ns: LAST SEEN` at the deadline; whatever the probe throws, at once
   */
  async until<T>(
    what: string,
    seconds: number,
    signal: AbortSignal,
    probe: (state: State) => Promise<Seen<T>> | Seen<T>,
  ): Promise<T> {
    const end = Date.now() + seconds * 1000;
    const changes = on(this.changes, "change", { signal });
    try {
      for (;;) {
        signal.throwIfAborted();
        const result = await probe(this.state);
        if ("value" in result) return result.value;
        if (Date.now() >= end) throw new Error(`${what} not there after ${seconds}s: ${result.seen}`);
        await changes.next();
      }
    } finally {
      await changes.return?.();
    }
  }
}

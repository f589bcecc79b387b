// The jobs of a cluster, on pg-boss: for each account one that conducts it, which only one worker has at a time, and one for each scan of
// a plant, which any worker does. A worker that dies or hangs is missed within seconds, and another one does its jobs.
import { z } from "zod";
import type { ScanJob, ScanQueue } from "../../ports/cluster.ts";
import { deviceKind, queuesOf, startBoss, type JobQueueParts } from "./boss.ts";

export interface QueueAccount {
  readonly tenant: string;
  /** Scans under way at once, in the whole cluster: each makes one call of the API at a time. */
  readonly concurrency: number;
}

/** `signal`: the job was taken away from this worker (it was taken for dead), or the worker ends. */
export interface Work {
  readonly account: QueueAccount;
  readonly scan: (job: ScanJob, signal: AbortSignal) => Promise<void>;
  /** Until the signal. */
  readonly conduct: (signal: AbortSignal) => Promise<void>;
}

export interface JobQueue {
  /** Begins to work for these accounts. */
  work(all: readonly Work[]): Promise<void>;
  scansOf(tenant: string): ScanQueue;
  /** Gives back what is under way, and ends. */
  stop(): Promise<void>;
}

/** The least that pg-boss takes. One that was missed for so long is given to another worker. */
const HEARTBEAT_S = 10;
const POLL_S = 0.5;
/** A scan makes one call after another, each of at most 3 tries of 30 s, for as many days as are to be read. */
const LONGEST_SCAN_S = 3_600;
/** Whoever conducts hands over before pg-boss would take the job away, which it does after a day at the latest. */
const CONDUCT_S = 12 * 3_600;
const STOP_MS = 10_000;
const MANY = 1_000_000;
/** Before an account is conducted again: pg-boss counts each hand-over as a try that failed, and waits longer each time. */
const LONGEST_PAUSE_S = 5;

const scanJob = z.object({ kind: deviceKind, plantId: z.string(), tries: z.number() });

/** A plant's id may hold what the server's `text` cannot. */
const keyOf = ({ kind, plantId }: Pick<ScanJob, "kind" | "plantId">): string => `${kind}:${JSON.stringify(plantId)}`;

/** Whoever conducts ends, and another is to go on at once. */
class HandOver extends Error {}

/** Makes the tables of the queue, or brings them up to date. */
export async function migrateQueue(parts: JobQueueParts): Promise<void> {
  const boss = await startBoss(parts, "migrate");
  await boss.stop({ graceful: false });
}

export async function startJobQueue(parts: JobQueueParts): Promise<JobQueue> {
  const boss = await startBoss(parts, "work");
  const ending = new AbortController();
  const conducted: Promise<unknown>[] = [];

  async function prepare({ tenant }: QueueAccount): Promise<void> {
    const { conduct, scan, dead } = queuesOf(tenant);
    await boss.createQueue(dead, { retentionSeconds: 14 * 24 * 3_600 });
    const common = { policy: "exclusive", heartbeatSeconds: HEARTBEAT_S, deadLetter: dead, notify: true } as const;
    await boss.createQueue(scan, { ...common, expireInSeconds: LONGEST_SCAN_S, retryLimit: 3, retryDelay: 1, retryBackoff: true, retryDelayMax: 30, deleteAfterSeconds: 60, retentionSeconds: 3_600 });
    await boss.createQueue(conduct, { ...common, expireInSeconds: 2 * CONDUCT_S - 1, retryLimit: MANY, retryDelay: 1, retryBackoff: true, retryDelayMax: LONGEST_PAUSE_S, deleteAfterSeconds: 60 });
    await boss.schedule(conduct, "* * * * *", {}, { singletonKey: tenant });
    await boss.send(conduct, {}, { singletonKey: tenant });
  }

  async function workFor({ account, scan, conduct }: Work): Promise<void> {
    await prepare(account);
    const { tenant, concurrency } = account;
    const names = queuesOf(tenant);
    const polling = { pollingIntervalSeconds: POLL_S, notifyPollingIntervalSeconds: POLL_S };
    await boss.work(names.scan, { ...polling, localConcurrency: concurrency, groupConcurrency: concurrency }, async ([job]) => {
      if (job === undefined) return;
      await scan(scanJob.parse(job.data), AbortSignal.any([job.signal, ending.signal]));
    });
    await boss.work(names.conduct, polling, async ([job]) => {
      if (job === undefined) return;
      const run = conduct(AbortSignal.any([job.signal, ending.signal, AbortSignal.timeout(CONDUCT_S * 1_000)]));
      conducted.push(run.catch(() => undefined)); // pg-boss hears of it below
      await run;
      throw new HandOver("whoever conducted has ended");
    });
  }

  return {
    async work(all) {
      for (const one of all) await workFor(one);
    },
    scansOf: (tenant) => ({
      async send(job) {
        // Null where one waits or is under way that a conductor before this one sent: it does as well.
        await boss.send(queuesOf(tenant).scan, job, { singletonKey: keyOf(job), group: { id: tenant }, priority: job.kind === "relay" ? 1 : 0 });
      },
      async isKnown(job) {
        const found = await boss.findJobs(queuesOf(tenant).scan, { key: keyOf(job) });
        return found.some(({ state }) => state === "created" || state === "retry" || state === "active");
      },
    }),
    async stop() {
      ending.abort();
      // No job is taken any more, and those under way are waited for.
      await Promise.all([boss.stop({ graceful: true, timeout: STOP_MS }), ...conducted]);
    },
  };
}

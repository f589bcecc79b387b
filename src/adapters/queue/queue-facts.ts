// What the queue knows of the cluster, for `status`: which workers are there, and which scans nobody brought to an end.
import { z } from "zod";
import type { EpochMs } from "../../domain/local-time.ts";
import { deviceKind, queuesOf, startBoss, type JobQueueParts } from "./boss.ts";

export interface WorkerFact {
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly since: EpochMs;
}

export interface DeadScan {
  readonly plantId: string;
  readonly kind: z.output<typeof deviceKind>;
  readonly at: EpochMs;
}

export interface QueueFacts {
  readonly workers: readonly WorkerFact[];
  /** The newest ones first. */
  readonly dead: readonly DeadScan[];
}

const deadScan = z.object({ kind: deviceKind, plantId: z.string() });

/** Of one account; the workers are those of the whole database. Rejects where the queue cannot be asked. */
export async function queueFacts(parts: JobQueueParts, tenant: string): Promise<QueueFacts> {
  const boss = await startBoss(parts, "look");
  try {
    const { dead: queue } = queuesOf(tenant);
    const isThere = await boss.getQueue(queue) !== null;
    const [instances, jobs] = await Promise.all([boss.getInstances(), isThere ? boss.findJobs(queue) : []]);
    const workers = instances.filter(({ live }) => live)
      .map(({ host, pid, name, startedOn }) => ({ host, pid, version: name ?? "?", since: startedOn.getTime() }));
    const dead = jobs.flatMap(({ data, createdOn }) => {
      const scan = deadScan.safeParse(data);
      return scan.success ? [{ ...scan.data, at: createdOn.getTime() }] : [];
    });
    return { workers, dead: dead.toSorted((a, b) => b.at - a.at) };
  } finally {
    await boss.stop({ graceful: false });
  }
}

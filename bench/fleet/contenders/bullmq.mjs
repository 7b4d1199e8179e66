// One run of a fix for all machines, with BullMQ on Redis as its documentation has it: one queue, one job at a time in all
// workers, jobs that are added while one is open are the same one, and locks that a worker renews.
import { createRequire } from 'node:module';

const peer = createRequire(new URL('../peers/package.json', import.meta.url));
const { Queue, QueueEvents, Worker } = peer('bullmq');
const { Redis } = peer('ioredis');

/**
 * @param run Runs the fix.
 * @returns a function that has the fix run for a call that failed, or waits for the run that another machine has begun.
 */
export const createFix = async ({ url, name, run }) => {
  const { hostname, port } = new URL(url);
  // `null`: a worker waits for a Redis that is restarted instead of giving up.
  const connection = { host: hostname, port: Number(port), maxRetriesPerRequest: null };
  const redis = new Redis(connection);
  const queue = new Queue(name, { connection });
  const events = new QueueEvents(name, { connection });
  const process = async ({ data: { failedAt } }) => {
    // The run that has ended since then was for this failure, too.
    if (Number(await redis.get(`${name}:fixed`)) > failedAt) return;
    await run();
    await redis.set(`${name}:fixed`, Date.now());
  };
  const worker = new Worker(name, process, {
    connection,
    concurrency: 1,
    // The holder is dead if it has not renewed its lock for five seconds; the default is thirty.
    lockDuration: 5_000,
    stalledInterval: 2_500,
    maxStalledCount: 10,
  });
  for (const part of [redis, queue, events, worker]) part.on('error', () => {});
  await Promise.all([queue.waitUntilReady(), events.waitUntilReady(), worker.waitUntilReady()]);
  await queue.setGlobalConcurrency(1);
  return async (failedAt, deadlineMs) => {
    const options = {
      deduplication: { id: name },
      attempts: 3,
      removeOnComplete: { age: 3_600 },
      removeOnFail: { age: 3_600 },
    };
    const job = await queue.add('fix', { failedAt }, options);
    await job.waitUntilFinished(events, deadlineMs);
  };
};

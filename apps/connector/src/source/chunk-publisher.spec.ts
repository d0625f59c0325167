import { describe, expect, it } from 'vitest';
import type { Publication, Submission } from '#client';
import { WaslError } from '#protocol';
import { TaskFailure } from '../worker/task-failure.js';
import { publishChunk } from './chunk-publisher.js';

const submission = (index: number, key = `k${index}`): Submission => ({
  id: `id-${index}`,
  topic: 't.u.v1',
  version: 1,
  op: 'put',
  key,
  payload: Buffer.from(`${index}`),
});
const receipt = { format: 'wasl-receipt/1' as const, manifest: 'm', evidence: 'e' };
const accepted: Publication = { status: 'accepted', duplicate: false, receipt };
const tick = () => new Promise((resolve) => setTimeout(resolve, 1));
const never = new AbortController().signal;

describe('publishChunk', () => {
  it('receipts everything with no more in flight than allowed', async () => {
    let inFlight = 0;
    let most = 0;
    const publish = async () => {
      most = Math.max(most, ++inFlight);
      await tick();
      inFlight--;
      return accepted;
    };
    const outcome = await publishChunk(
      Array.from({ length: 100 }, (_, index) => submission(index)),
      publish,
      8,
      never,
    );
    expect(outcome.receipts).toHaveLength(100);
    expect(outcome.failure).toBeUndefined();
    expect(most).toBe(8);
  });

  it('never publishes two of one key at once, and keeps their order', async () => {
    const order: string[] = [];
    const busy = new Set<string>();
    const publish = async ({ id, key }: Submission) => {
      expect(busy.has(key)).toBe(false);
      busy.add(key);
      await tick();
      busy.delete(key);
      order.push(id);
      return accepted;
    };
    const rows = Array.from({ length: 30 }, (_, index) => submission(index, `k${index % 3}`));
    await publishChunk(rows, publish, 16, never);
    const ofFirst = order.filter((id) => Number(id.slice(3)) % 3 === 0);
    expect(ofFirst).toEqual(rows.filter((_, index) => index % 3 === 0).map(({ id }) => id));
  });

  it('dead-letters a refused record with its reasons and goes on with the good ones', async () => {
    const errors = [{ pointer: '/sex', rule: 'enum' }];
    const problem = { status: 422, code: 'payload-invalid', title: 't', errors, evidence: 'jws' };
    const publish = async ({ id }: Submission): Promise<Publication> =>
      id === 'id-3' ? { status: 'rejected', problem } : accepted;
    const outcome = await publishChunk(
      [1, 2, 3, 4].map((index) => submission(index)),
      publish,
      2,
      never,
    );
    expect(outcome.receipts.map(({ messageId }) => messageId)).toEqual(['id-1', 'id-2', 'id-4']);
    expect(outcome.deadLetters).toMatchObject([
      { messageId: 'id-3', reasons: errors, evidence: 'jws', stage: 'KAFKA_PRODUCE' },
    ]);
    expect(outcome.failure).toBeUndefined();
  });

  it.each(['payload-invalid', 'malformed-body', 'body-too-large', 'deletion-not-allowed'])(
    'does not stop for %s',
    async (code) => {
      const publish = async ({ id }: Submission): Promise<Publication> =>
        id === 'id-1' ? { status: 'rejected', problem: { status: 422, code, title: 'no' } } : accepted;
      const outcome = await publishChunk([submission(1), submission(2)], publish, 1, never);
      expect(outcome.failure).toBeUndefined();
      expect(outcome.deadLetters).toMatchObject([{ messageId: 'id-1', code }]);
      expect(outcome.receipts).toMatchObject([{ messageId: 'id-2' }]);
    },
  );

  it.each([
    [403, 'no-agreement'],
    [401, 'wrong-signature'],
    [409, 'id-conflict'],
    [404, 'unknown-topic'],
  ])('stops on %i %s and says so in words', async (status, code) => {
    const publish = async (): Promise<Publication> => ({
      status: 'rejected',
      problem: { status, code, title: 'no' },
    });
    const outcome = await publishChunk([submission(1)], publish, 2, never);
    expect(outcome.failure).toBeInstanceOf(TaskFailure);
    expect((outcome.failure as Error).message).toContain(code);
  });

  it('keeps the receipts of what was in flight when another message failed', async () => {
    const publish = async ({ id }: Submission): Promise<Publication> => {
      if (id === 'id-0') throw new WaslError('unavailable', 'down');
      await tick();
      return accepted;
    };
    const outcome = await publishChunk(
      Array.from({ length: 20 }, (_, index) => submission(index)),
      publish,
      4,
      never,
    );
    expect(outcome.failure).toMatchObject({ code: 'unavailable' });
    expect(outcome.receipts.map(({ messageId }) => messageId)).toEqual(['id-1', 'id-2', 'id-3']);
  });

  it('counts as incomplete when it is stopped', async () => {
    const stop = new AbortController();
    const publish = async () => {
      stop.abort(new Error('stopped'));
      return accepted;
    };
    const outcome = await publishChunk([submission(1), submission(2)], publish, 1, stop.signal);
    expect(outcome.receipts).toHaveLength(1);
    expect(outcome.failure).toBeDefined();
  });
});

import { expect, it } from 'vitest';
import { SendCall, SendQueue } from './send-queue.js';

const record = (value: string | Buffer, topic = 't') => ({ topic, key: null, value: Buffer.from(value) });

function queueOf(...records: ReturnType<typeof record>[]): SendQueue {
  const queue = new SendQueue();
  const call = new SendCall(records.length);
  call.done.catch(() => {});
  queue.push(records, call);
  return queue;
}

const texts = (records: { value: Buffer | null }[]) => records.map(({ value }) => value!.toString());

it('gives records in order, and each once', () => {
  const queue = queueOf(...Array.from({ length: 12_000 }, (_, i) => record(String(i))));
  const taken: string[] = [];
  while (queue.length > 0) taken.push(...texts(queue.take(() => 0)));
  expect(taken).toEqual(Array.from({ length: 12_000 }, (_, i) => String(i)));
  expect(queue.bytes).toBe(0);
});

it('bounds what one partition gets in a round, but lets a single large record through', () => {
  const large = Buffer.alloc(500_000);
  const queue = queueOf(record(large), record(large), record(Buffer.alloc(2_000_000)), record('small'));
  expect(queue.take(() => 0)).toHaveLength(1);
  expect(queue.take(() => 0)).toHaveLength(1);
  expect(queue.take(() => 0)).toHaveLength(1);
  expect(texts(queue.take(() => 0))).toEqual(['small']);
});

it('keeps all records when a partition is not known yet, and asks for each only once', () => {
  const queue = queueOf(record('a'), record('b'));
  let asked = 0;
  const partitionOf = () => {
    asked += 1;
    if (asked === 2) throw new Error('not known yet');
    return 1;
  };
  expect(() => queue.take(partitionOf)).toThrow('not known yet');
  expect(texts(queue.take(partitionOf))).toEqual(['a', 'b']);
  expect(asked).toBe(3);
});

it('refuses the records of one topic and keeps the others', async () => {
  const queue = new SendQueue();
  const [gone, kept] = [new SendCall(1), new SendCall(1)];
  queue.push([record('x', 'gone')], gone);
  queue.push([record('y', 'kept')], kept);
  queue.refuseTopic('gone', new Error('no such topic'));
  await expect(gone.done).rejects.toThrow('no such topic');
  const [left] = queue.take(() => 0);
  left!.call.acknowledge();
  await kept.done;
  expect(queue.bytes).toBe(0);
});

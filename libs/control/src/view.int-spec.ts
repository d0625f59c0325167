import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KafkaProducer, TopicAdmin } from '#kafka';
import { testKafka } from '#testing';
import type { AgreementRecord, ControlRecord, MemberRecord } from './records.js';
import { CONTROL_TOPICS, controlRecord, controlTombstone, ensureControlTopics } from './topics.js';
import { ControlView } from './view.js';

// The control topics are shared with other specs: every id here is of this run alone.
const run = randomBytes(6).toString('hex');
const member = (name: string, status: MemberRecord['status'] = 'active'): MemberRecord => ({
  kind: 'member',
  id: `urn:wasl:dz:${name}-${run}`,
  parent: null,
  names: { fr: name, ar: name, en: name },
  status,
});
const agreement: AgreementRecord = {
  kind: 'agreement',
  id: `agreement-${run}`,
  consumer: `urn:wasl:dz:education-${run}:enrolment`,
  topic: 'territory.unit.v1',
  purpose: 'p',
  legalBasis: 'b',
  fields: null,
  quotaPerDay: null,
  notBefore: '2020-01-01T00:00:00Z',
  notAfter: null,
  status: 'approved',
  approvals: { publisher: 'urn:wasl:dz:interior:x', steward: 'urn:wasl:dz:agency:console' },
};

const settings = { ...testKafka(), clientId: 'control-view-spec' };
const producer = new KafkaProducer(settings);
const views: ControlView[] = [];
const publish = (...records: ControlRecord[]) => producer.send(records.map(controlRecord));

beforeAll(async () => {
  const admin = new TopicAdmin(settings);
  await ensureControlTopics(admin);
  await ensureControlTopics(admin);
  expect((await admin.describe(CONTROL_TOPICS.directory)).config['cleanup.policy']).toBe('compact');
  await producer.connect();
});
afterAll(async () => {
  await Promise.all(views.map((view) => view.stop()));
  await producer.disconnect();
});

async function startView(logger = pino({ level: 'silent' })): Promise<ControlView> {
  const view = new ControlView(settings, logger);
  views.push(view);
  await view.start();
  return view;
}

describe('ControlView', () => {
  it('knows at start what was published before, the last record of each key', async () => {
    await publish(member('a'), member('b'), member('a', 'suspended'), member('gone'), agreement);
    await producer.send([controlTombstone(member('gone'))]);
    const view = await startView();
    expect(view.ready).toBe(true);
    expect(view.member(member('a').id)?.status).toBe('suspended');
    expect(view.member(member('b').id)).toEqual(member('b'));
    expect(view.member(member('gone').id)).toBeUndefined();
    expect(view.agreementInForce(agreement.consumer, agreement.topic, new Date())?.id).toBe(agreement.id);
  });

  // How long it takes is measured: again, where the machine was busy with something else.
  it('learns of a revocation well within 2 s, again and again', { retry: 2 }, async () => {
    const view = await startView();
    const delays: number[] = [];
    for (let i = 0; i < 10; i++) {
      const status = i % 2 === 0 ? 'revoked' : 'approved';
      const learned = new Promise<number>((resolve) => {
        const end = view.onChange(({ record }) => {
          if (record?.kind !== 'agreement' || record.id !== agreement.id || record.status !== status) return;
          end();
          resolve(performance.now());
        });
      });
      const start = performance.now();
      await publish({ ...agreement, status });
      delays.push((await learned) - start);
    }
    expect(Math.max(...delays)).toBeLessThan(1_000);
  });

  it('skips bad records, says so without their content, and goes on', async () => {
    const lines: string[] = [];
    const view = await startView(
      pino({ level: 'error' }, { write: (line: string) => void lines.push(line) }),
    );
    lines.length = 0;
    const topic = CONTROL_TOPICS.directory;
    await producer.send([
      { topic, key: '', value: Buffer.from('{}') },
      { topic, key: `member:${run}`, value: Buffer.from('{"secret-4711":') },
      { topic, key: `member:other-${run}`, value: controlRecord(member('c')).value },
      {
        topic: CONTROL_TOPICS.contracts,
        key: controlRecord(member('d')).key,
        value: controlRecord(member('d')).value,
      },
    ]);
    await publish(member('after'));
    await vi.waitFor(() => expect(view.member(member('after').id)).toBeDefined(), 20_000);
    await vi.waitFor(() => expect(lines.filter((line) => line.includes('skipped'))).toHaveLength(4), 20_000);
    expect(lines.join('')).not.toContain('secret-4711');
    expect(view.member(member('c').id)).toBeUndefined();
    expect(view.member(member('d').id)).toBeUndefined();
  });

  it('no longer believes what was replaced by something unreadable, and no withdrawal on a foreign topic', async () => {
    const view = await startView();
    await publish(member('kept'), member('replaced'));
    await vi.waitFor(() => expect(view.member(member('replaced').id)).toBeDefined(), 20_000);
    const { key } = controlRecord(member('kept'));
    await producer.send([
      { topic: CONTROL_TOPICS.contracts, key, value: null },
      {
        topic: CONTROL_TOPICS.directory,
        key: controlRecord(member('replaced')).key,
        value: Buffer.from('{"kind":"member"}'),
      },
    ]);
    await publish(member('later'));
    await vi.waitFor(() => expect(view.member(member('later').id)).toBeDefined(), 20_000);
    await vi.waitFor(() => expect(view.member(member('replaced').id)).toBeUndefined(), 20_000);
    expect(view.member(member('kept').id)).toBeDefined();
  });

  it('takes the same record twice', async () => {
    const view = await startView();
    await publish(member('twice'), member('twice'));
    await vi.waitFor(() => expect(view.member(member('twice').id)).toEqual(member('twice')), 20_000);
  });

  it('says when Kafka cannot be reached, and can be stopped', { retry: 2 }, async () => {
    const view = new ControlView({ brokers: ['127.0.0.1:1'], clientId: 'nobody' });
    await expect(view.start({ waitMs: 300 })).rejects.toMatchObject({ code: 'unavailable' });
    expect(view.ready).toBe(false);
    const start = performance.now();
    await view.stop();
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

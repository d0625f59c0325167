import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseEvidence, uuidUrn } from '#protocol';
import type { Problem } from '#service';
import { SYSTEMS, TestAudit, TOPIC, type Who } from '../spec-audit.js';
import { eventually } from '../spec-ledger.js';
import type { ExchangeList } from './exchange-search.js';

const sender = SYSTEMS.sender.id;
const recipient = SYSTEMS.recipient.id;

let audit: TestAudit;

beforeAll(async () => {
  audit = await TestAudit.start();
});
afterAll(() => audit.close());

describe('searches', () => {
  async function handedOver(...recipients: string[]): Promise<{ id: string; handover: string }> {
    const all = recipients.length > 0 ? recipients : [recipient];
    const [message] = await audit.accepted(1, 'handed-over');
    await audit.found(message!.id);
    const { rows } = await audit.query<{ partition: number; position: string }>(
      'select source_partition as partition, source_offset as position from entry where jti = $1',
      [message!.jti],
    );
    const { partition, position } = rows[0]!;
    const ranges = [{ partition, first: position, last: position }];
    const body = {
      agreement: 'agreement-1',
      purpose: 'enrolment',
      basis: 'law 1',
      topic: TOPIC,
      ranges,
      count: 1,
    };
    const handover = v7();
    await audit.evidence(
      ...all.map((to, i) =>
        audit.gateway.evidence(
          'ContentHandover',
          uuidUrn(v7()),
          { ...body, recipient: to, acknowledgement: 'ack' },
          i === 0 ? handover : v7(),
        ),
      ),
    );
    await eventually(
      'the handover',
      async () => (await audit.search(`message=${message!.id}`)).items[0]?.handovers.length === all.length,
    );
    return { id: message!.id, handover };
  }

  it('show the life of a message: accepted, then handed over, to whom and on what basis', async () => {
    const { id, handover } = await handedOver();
    const [item] = (await audit.search(`message=${id}`)).items;
    expect(item).toMatchObject({
      event: 'SubmissionAcceptance',
      message: id,
      sender,
      topic: TOPIC,
      version: 1,
      outcome: 'handed-over',
      handovers: [
        { jti: handover, recipient, agreement: 'agreement-1', purpose: 'enrolment', basis: 'law 1' },
      ],
    });
    expect((await audit.get(item!.links.evidence, 'auditor')).status).toBe(200);
    const ids = async (query: string) => (await audit.search(query)).items.map(({ message }) => message);
    expect(await ids(`recipient=${recipient}&outcome=handed-over`)).toContain(id);
    expect(await ids(`recipient=urn:wasl:dz:education&outcome=accepted`)).toContain(id);
    expect(await ids(`recipient=urn:wasl:dz:statistics`)).toEqual([]);
    expect(await ids(`sender=${sender}&topic=${TOPIC}&outcome=rejected`)).toEqual([]);
  });

  it('do not tell a recipient through a filter who else received', async () => {
    const { id } = await handedOver(recipient, SYSTEMS.otherRecipient.id);
    const found = async (who: Who, query: string) =>
      (await audit.search(`message=${id}&${query}`, who)).items.length;
    for (const outcome of ['', '&outcome=handed-over', '&outcome=accepted']) {
      const own = `recipient=${recipient}${outcome}`;
      const other = `recipient=urn:wasl:dz:health${outcome}`;
      expect(await found('recipient', own), own).toBe(1);
      expect(await found('recipient', other), other).toBe(0);
      expect(await found('otherRecipient', other), other).toBe(1);
      for (const who of ['sender', 'auditor'] as const) expect(await found(who, other), other).toBe(1);
    }
  });

  it('find rejections with their reason, by period and outcome', async () => {
    const id = v7();
    const at = Date.parse('2026-03-01T12:00:00Z') / 1000;
    const body = {
      sender,
      topic: TOPIC,
      reason: 'payload-invalid',
      errors: [{ pointer: '/name', rule: 'type' }],
    };
    await audit.evidence(audit.gateway.evidence('SubmissionRejection', uuidUrn(id), body, v7(), at));
    await audit.found(id);
    const period = 'from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z&outcome=rejected';
    expect((await audit.search(period)).items).toMatchObject([
      { message: id, outcome: 'rejected', reason: 'payload-invalid' },
    ]);
    expect((await audit.search(`message=${id}&to=2026-03-01T12:00:00Z`)).items).toEqual([]);
  });

  it('page through everything once while entries are being appended', async () => {
    const wanted = (await audit.accepted(40, 'paging')).map(({ id }) => id);
    for (const id of wanted) await audit.found(id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: ExchangeList = await audit.search(
        `topic=${TOPIC}&limit=7${cursor ? `&cursor=${cursor}` : ''}`,
      );
      seen.push(...page.items.map(({ message }) => message ?? ''));
      cursor = page.cursor;
      await audit.accepted(3, 'meanwhile');
    } while (cursor !== null && seen.length < 2_000);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => wanted.includes(id)).sort()).toEqual(wanted.sort());
  });

  it('show a party what its member sent or received and nothing else', async () => {
    const { id } = await handedOver();
    const rejected = v7();
    await audit.evidence(
      audit.gateway.evidence('SubmissionRejection', uuidUrn(rejected), { sender, reason: 'wrong-signature' }),
    );
    await audit.found(rejected);
    const seen = async (who: Who) => (await audit.search('limit=500&event=all', who)).items;
    const bySender = await seen('sender');
    expect(bySender.map(({ message }) => message)).toEqual(expect.arrayContaining([id, rejected]));
    const byRecipient = await seen('recipient');
    expect(byRecipient.map(({ message }) => message)).toContain(id);
    expect(byRecipient.map(({ message }) => message)).not.toContain(rejected);
    // All that a stranger finds is that it looked.
    expect((await seen('stranger')).filter(({ event }) => event !== 'AuditQuery')).toEqual([]);
    const { jti } = bySender.find(({ message }) => message === id)!;
    for (const [who, status] of [
      ['sender', 200],
      ['recipient', 200],
      ['auditor', 200],
      ['stranger', 404],
    ] as const) {
      expect((await audit.get(`/v1/evidence/${jti}`, who)).status, who).toBe(status);
      expect((await audit.get(`/v1/evidence/${jti}/proof`, who)).status, who).toBe(status);
      expect((await audit.get(`/v1/messages/${id}/receipt`, who)).status, who).toBe(status);
    }
  });

  it.each([
    '/v1/exchanges',
    `/v1/messages/${v7()}/receipt`,
    `/v1/evidence/${v7()}`,
    `/v1/evidence/${v7()}/proof`,
    '/ledger/tile/entries/000',
  ])('are refused without a token and to the wrong role: %s', async (path) => {
    expect((await audit.get(path)).status).toBe(401);
    expect((await audit.get(path, undefined, { authorization: 'Bearer x.y.z' })).status).toBe(401);
    expect((await audit.get(path, 'steward')).status).toBe(403);
    if (path.startsWith('/ledger')) expect((await audit.get(path, 'sender')).status).toBe(403);
    expect((await (await audit.get(path, 'steward')).json()) as Problem).toMatchObject({
      code: 'not-allowed',
    });
  });

  it('take no role from a token that the directory does not grant', async () => {
    const token = await audit.token('sender', { scope: 'auditor publisher' });
    const response = await audit.get('/v1/exchanges?event=all&limit=500', undefined, {
      authorization: `Bearer ${token}`,
    });
    const { items } = (await response.json()) as ExchangeList;
    expect(items.every(({ sender: by }) => by?.startsWith('urn:wasl:dz:interior:'))).toBe(true);
    expect(
      (await audit.get('/ledger/tile/entries/000', undefined, { authorization: `Bearer ${token}` })).status,
    ).toBe(403);
  });

  it.each(['limit=0', 'sender=x', 'colour=blue', 'from=yesterday'])(
    'are refused with a bad parameter: %s',
    async (query) => {
      const response = await audit.get(`/v1/exchanges?${query}`, 'auditor');
      expect(response.status).toBe(400);
      expect((await response.json()) as Problem).toMatchObject({
        code: 'malformed-request',
        errors: [{ rule: 'parameter' }],
      });
    },
  );

  it('are refused with a cursor that was never given out', async () => {
    const response = await audit.get('/v1/exchanges?cursor=abc', 'auditor');
    expect([response.status, ((await response.json()) as Problem).code]).toEqual([400, 'invalid-cursor']);
  });
});

describe('a receipt', () => {
  it('is found under any number of rejections that name the same message', async () => {
    const [message] = await audit.accepted();
    await audit.found(message!.id);
    const rejections = (by: string) =>
      Array.from({ length: 60 }, () =>
        audit.gateway.evidence('SubmissionRejection', uuidUrn(message!.id), {
          sender: by,
          reason: 'wrong-signature',
        }),
      );
    await audit.evidence(...rejections(SYSTEMS.stranger.id), ...rejections(sender));
    await eventually('the rejections', async () => {
      return (await audit.search(`message=${message!.id}&limit=500`)).items.length === 121;
    });
    const path = `/v1/messages/${message!.id}/receipt`;
    await audit.included(`/v1/evidence/${message!.jti}/proof`, 'sender');
    for (const [who, query] of [
      ['sender', ''],
      ['sender', `?sender=${sender}`],
      ['auditor', `?sender=${sender}`],
    ] as const) {
      const response = await audit.get(`${path}${query}`, who);
      expect(response.status, `${who} ${query}`).toBe(200);
      expect(await response.json()).toMatchObject({ evidence: message!.token });
    }
    expect((await audit.get(path, 'auditor')).status).toBe(400);
  });
});

describe('looking into the journal', () => {
  async function queries(reason: string): Promise<Record<string, unknown>[]> {
    return eventually(`AuditQuery ${reason}`, async () => {
      const { rows } = await audit.query<{ data: Buffer }>(`select data from entry order by idx`);
      const bodies = rows
        .map(({ data }) => parseEvidence(data.toString()).event)
        .filter(({ name }) => name === 'AuditQuery');
      const matching = bodies.map(({ body }) => body).filter((body) => body['reason'] === reason);
      return matching.length > 0 && matching;
    });
  }

  it('leaves an AuditQuery in the ledger: who, what, why', async () => {
    const [message] = await audit.accepted();
    await audit.included(`/v1/evidence/${message!.jti}/proof`, 'sender');
    const cases: [path: string, resource: string, filter: object][] = [
      [`/v1/exchanges?sender=${sender}&limit=1`, 'exchanges', { sender, limit: '1' }],
      [`/v1/evidence/${message!.jti}`, 'evidence', { jti: message!.jti }],
      [`/v1/evidence/${message!.jti}/proof`, 'proof', { jti: message!.jti }],
      [`/v1/messages/${message!.id}/receipt`, 'receipt', { id: message!.id }],
      ['/ledger/tile/entries/000.p/1', 'entries', { bundle: 0, width: 1 }],
    ];
    for (const [path, resource, filter] of cases) {
      const reason = `mandate ${v7()}`;
      expect((await audit.get(path, 'auditor', { 'wasl-query-reason': reason })).status, path).toBe(200);
      const member = 'urn:wasl:dz:court-of-accounts';
      expect(await queries(reason)).toEqual([
        { system: SYSTEMS.auditor.id, member, resource, filter, reason },
      ]);
    }
    const shown = await audit.search('event=AuditQuery&limit=5');
    expect(shown.items[0]).toMatchObject({ event: 'AuditQuery', sender: SYSTEMS.auditor.id });
  });

  it('refuses a reason that is an essay', async () => {
    const response = await audit.get('/v1/exchanges', 'auditor', { 'wasl-query-reason': 'x'.repeat(201) });
    expect(response.status).toBe(400);
  });
});

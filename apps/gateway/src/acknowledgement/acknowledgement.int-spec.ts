import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { v7 } from 'uuid';
import {
  acknowledgementRoot,
  parseManifest,
  signAcknowledgement,
  type AcknowledgementClaims,
} from '#protocol';
import { BUS, GatewayFixture, until, type Answer } from '../gateway.spec-fixture.js';

let fixture: GatewayFixture;
let delivered: { partition: number; offset: number; digest: string }[];
beforeAll(async () => {
  fixture = await GatewayFixture.start();
  await Promise.all(
    Array.from({ length: 30 }, (_, n) => {
      const payload = `{"name":"n${n}"}`;
      return fixture.post(fixture.manifest(payload, { key: `k${n}` }), payload);
    }),
  );
  delivered = (await fixture.pull('limit=1000')).lines.map((line) => {
    const [partition = 0, offset = 0] = (line['waslposition'] ?? '').split(':').map(Number);
    return { partition, offset, digest: parseManifest(line['waslmanifest'] ?? '').claims.digest };
  });
});
afterAll(() => fixture.stop());

type Changes = Partial<AcknowledgementClaims>;

/** An acknowledgement of everything delivered, with whatever is to be different. */
function acknowledgement(changes: Changes = {}, by = fixture.consumer): string {
  const iat = Math.floor(Date.now() / 1_000);
  const partitions = [...new Set(delivered.map(({ partition }) => partition))];
  const ranges = partitions.map((partition) => {
    const offsets = delivered
      .filter((message) => message.partition === partition)
      .map(({ offset }) => offset);
    return { partition, first: String(Math.min(...offsets)), last: String(Math.max(...offsets)) };
  });
  const root = acknowledgementRoot(delivered.map(({ digest }) => digest));
  const claims: AcknowledgementClaims = {
    ...{ iss: by.system, aud: BUS, jti: v7(), iat, exp: iat + 60, topic: fixture.topic },
    ...{ agreement: fixture.agreement, ranges, count: delivered.length, root },
    ...changes,
  };
  return signAcknowledgement(claims, by.key);
}

async function post(
  body: string,
  topic = fixture.topic,
  type = 'application/jose',
  url = fixture.gateway.url,
): Promise<Answer> {
  const response = await fetch(`${url}/v1/topics/${topic}/acknowledgements`, {
    ...{ method: 'POST', body, headers: { 'content-type': type } },
  });
  const text = await response.text();
  const parsed = JSON.parse(text) as Answer['body'];
  return { status: response.status, headers: response.headers, text, body: parsed, lines: [] };
}

async function expectRefusal(answer: Answer, status: number, code: string): Promise<void> {
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  const { event } = await fixture.evidence(answer.body.evidence);
  expect(event).toMatchObject({ name: 'ContentHandoverFailure', body: { reason: code } });
}

describe('an acknowledgement', () => {
  it('becomes handover evidence with purpose and basis before it is answered, once however often it comes', async () => {
    const jti = v7();
    const token = acknowledgement({ jti });
    const first = await post(token);
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ format: 'wasl-receipt/1', acknowledgement: token });
    const { event, claims } = await fixture.evidence(first.body.evidence);
    expect(claims.sub).toBe(`urn:uuid:${jti}`);
    expect(event).toMatchObject({
      name: 'ContentHandover',
      body: {
        ...{
          recipient: fixture.consumer.system,
          agreement: fixture.agreement,
          purpose: 'purpose',
          basis: 'law',
        },
        ...{ topic: fixture.topic, count: 30, acknowledgement: token },
      },
    });
    const again = await post(token);
    expect([again.status, again.text]).toEqual([200, first.text]);
    const resigned = await post(acknowledgement({ jti, exp: Math.floor(Date.now() / 1_000) + 30 }));
    expect([resigned.status, resigned.text]).toEqual([200, first.text]);
    const atOnce = v7();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => post(acknowledgement({ jti: atOnce }))),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  it('may cover a part', async () => {
    const [{ partition, offset, digest }] = delivered as [(typeof delivered)[0]];
    const ranges = [{ partition, first: String(offset), last: String(offset) }];
    expect(
      (await post(acknowledgement({ ranges, count: 1, root: acknowledgementRoot([digest]) }))).status,
    ).toBe(201);
  });

  it('is refused when its id was used for other content', async () => {
    const jti = v7();
    await post(acknowledgement({ jti }));
    const [{ partition, offset, digest }] = delivered as [(typeof delivered)[0]];
    const ranges = [{ partition, first: String(offset), last: String(offset) }];
    const other = acknowledgement({ jti, ranges, count: 1, root: acknowledgementRoot([digest]) });
    await expectRefusal(await post(other), 409, 'id-conflict');
  });

  it.each<[string, () => Changes]>([
    [
      'another root',
      () => ({ root: acknowledgementRoot([...delivered].reverse().map(({ digest }) => digest)) }),
    ],
    ['another count', () => ({ count: 29 })],
    ['messages that are not there yet', () => ({ ranges: [{ partition: 0, first: '0', last: '5000' }] })],
    ['a partition that the topic lacks', () => ({ ranges: [{ partition: 77, first: '0', last: '1' }] })],
    ['more than 10,000 offsets', () => ({ ranges: [{ partition: 0, first: '0', last: '10000' }] })],
    ['an absurd range', () => ({ ranges: [{ partition: 0, first: '0', last: '999999999999999999' }] })],
  ])('is refused over %s', async (_, changes) => {
    await expectRefusal(await post(acknowledgement(changes())), 422, 'acknowledgement-mismatch');
  });

  it.each<[string, number, string, () => string]>([
    ['that is nonsense', 400, 'malformed-acknowledgement', () => 'nonsense'],
    ['that is empty', 400, 'malformed-acknowledgement', () => ''],
    [
      'with ranges out of order',
      400,
      'malformed-acknowledgement',
      () =>
        acknowledgement({
          ranges: [
            { partition: 1, first: '0', last: '1' },
            { partition: 0, first: '0', last: '1' },
          ],
        }),
    ],
    ['that is a manifest', 400, 'malformed-acknowledgement', () => fixture.manifest('')],
    [
      'by a key that is not registered for its issuer',
      401,
      'unknown-key',
      () => acknowledgement({ iss: fixture.consumer.system }, fixture.stranger),
    ],
    ['for another bus', 401, 'wrong-audience', () => acknowledgement({ aud: 'urn:wasl:ma:bus' })],
    ['that is expired', 401, 'manifest-expired', () => acknowledgement({ iat: 1_000_000, exp: 1_000_100 })],
    ['by a system without agreement', 403, 'no-agreement', () => acknowledgement({}, fixture.stranger)],
    ['under another agreement', 403, 'no-agreement', () => acknowledgement({ agreement: 'other' })],
    [
      'for another topic than that of the path',
      400,
      'malformed-request',
      () => acknowledgement({ topic: 'a.b.v1' }),
    ],
  ])('is refused when it is one %s', async (_, status, code, make) => {
    await expectRefusal(await post(make()), status, code);
  });

  it('is recorded a bounded number of times when it is an expired one, replayed', async () => {
    const gateway = await fixture.another({ GATEWAY_REFUSALS_PER_MINUTE: '2' });
    try {
      const expired = acknowledgement({ iat: 1_000_000, exp: 1_000_100 });
      const statuses: number[] = [];
      for (let n = 0; n < 3; n++)
        statuses.push((await post(expired, undefined, undefined, gateway.url)).status);
      expect(statuses).toEqual([401, 401, 429]);
      // A fresh one is charged to its signer.
      const fresh = acknowledgement({ count: 29 });
      expect((await post(fresh, undefined, undefined, gateway.url)).status).toBe(422);
    } finally {
      await gateway.close();
    }
  });

  it('is refused with another content type or size', async () => {
    expect((await post(acknowledgement(), fixture.topic, 'application/json')).status).toBe(415);
    expect((await post('x'.repeat(40_000))).status).toBe(413);
  });

  it('is refused once the agreement is revoked', async () => {
    await fixture.control(fixture.agreementRecord({ status: 'revoked' }));
    await until(async () => (await fixture.pull()).status === 403);
    await expectRefusal(await post(acknowledgement()), 403, 'no-agreement');
  });
});

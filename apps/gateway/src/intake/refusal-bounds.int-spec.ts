import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GatewayFixture, party, until, type Answer } from '../gateway.spec-fixture.js';

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await GatewayFixture.start({ GATEWAY_MAX_BODY_BYTES: '4096' });
});
afterAll(() => fixture.stop());

const payload = JSON.stringify({ name: 'Amina Benali' });
const now = () => Math.floor(Date.now() / 1_000);

describe('evidence of refusals', () => {
  it('is bounded for an address that nobody answers for', async () => {
    const gateway = await fixture.another({ GATEWAY_REFUSALS_PER_MINUTE: '3' });
    try {
      const answers: Answer[] = [];
      for (let n = 0; n < 5; n++) answers.push(await fixture.post('nonsense', payload, { url: gateway.url }));
      expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 429, 429]);
      expect(answers[4]?.body.evidence).toBeUndefined();
      expect(Number(answers[4]?.headers.get('retry-after'))).toBeGreaterThan(0);
      // A valid message from there is none the worse for it, and a refused one with good signature is recorded.
      expect((await fixture.post(fixture.manifest(payload), payload, { url: gateway.url })).status).toBe(201);
      const signed = await fixture.post(fixture.manifest(payload, { version: 7 }), payload, {
        url: gateway.url,
      });
      expect(signed.status).toBe(422);
    } finally {
      await gateway.close();
    }
  });

  it('is bounded for replays of expired manifests, whoever signed them', async () => {
    const gateway = await fixture.another({ GATEWAY_REFUSALS_PER_MINUTE: '3' });
    try {
      const expired = fixture.manifest(payload, { iat: now() - 200, exp: now() - 1 });
      const codes: string[] = [];
      for (let n = 0; n < 5; n++) {
        codes.push((await fixture.post(expired, payload, { url: gateway.url })).body.code);
      }
      // The body that could not be read makes no difference.
      const large = ' '.repeat(5_000);
      codes.push((await fixture.post(expired, large, { url: gateway.url })).body.code);
      const limited = 'too-many-requests';
      const recorded = 'manifest-expired';
      expect(codes).toEqual([recorded, recorded, recorded, limited, limited, limited]);
    } finally {
      await gateway.close();
    }
  });

  it('is bounded for replays under a key that is no longer in force', async () => {
    const holder = party(fixture.publisher.member, 'registry');
    await fixture.control(fixture.keyRecord(holder, { status: 'compromised' }));
    const { key } = holder;
    const compromised = async () =>
      (await fixture.post(fixture.manifest(payload, {}, key), payload)).body.code === 'key-compromised';
    await until(compromised);
    const gateway = await fixture.another({ GATEWAY_REFUSALS_PER_MINUTE: '1' });
    try {
      const send = () => fixture.post(fixture.manifest(payload, {}, key), payload, { url: gateway.url });
      expect([(await send()).status, (await send()).status]).toEqual([401, 429]);
    } finally {
      await gateway.close();
    }
  });

  it('is bounded for each sender with a fresh signature, apart from its address', async () => {
    const gateway = await fixture.another({
      ...{ GATEWAY_REFUSALS_PER_MINUTE: '1', GATEWAY_REFUSALS_PER_SENDER_PER_MINUTE: '3' },
    });
    try {
      const fresh = fixture.manifest(payload, { version: 7 });
      const send = (manifest: string) => fixture.post(manifest, payload, { url: gateway.url });
      const statuses: number[] = [];
      for (let n = 0; n < 4; n++) statuses.push((await send(fresh)).status);
      expect(statuses).toEqual([422, 422, 422, 429]);
      const { stranger } = fixture;
      expect((await send(fixture.manifest(payload, { iss: stranger.system }, stranger.key))).status).toBe(
        403,
      );
      expect((await send('nonsense')).status).toBe(400);
      expect((await send(fixture.manifest(payload))).status).toBe(201);
    } finally {
      await gateway.close();
    }
  });

  it('has the manifest beside it once its signature is verified, and nothing else', async () => {
    const beside = async ({ body }: Answer) => {
      const records = await fixture.records('wasl.evidence');
      const record = records.find(({ value }) => value?.toString('latin1') === body.evidence);
      return [...record!.headers].map(([name, value]) => [name, value.toString('latin1')]);
    };
    const manifest = fixture.manifest(payload, { version: 7 });
    expect(await beside(await fixture.post(manifest, payload))).toEqual([['wasl-manifest', manifest]]);
    const unverified = fixture.manifest(payload, {}, fixture.stranger.key);
    expect(await beside(await fixture.post(unverified, payload))).toEqual([]);
    expect(await beside(await fixture.post('nonsense', payload))).toEqual([]);
  });
});

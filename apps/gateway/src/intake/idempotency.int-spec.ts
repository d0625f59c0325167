import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { v7 } from 'uuid';
import { GatewayFixture, until } from '../gateway.spec-fixture.js';

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await GatewayFixture.start();
});
afterAll(() => fixture.stop());

const payload = '{"name":"Amina"}';
const copies = async (id: string) =>
  (await fixture.records(fixture.topic)).filter(({ headers }) => headers.get('ce_id')?.toString() === id);

describe('the same id', () => {
  it('with the same content gets the same receipt, byte for byte, and one record', async () => {
    const jti = v7();
    const manifest = fixture.manifest(payload, { jti });
    const first = await fixture.post(manifest, payload);
    const second = await fixture.post(manifest, payload);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.text).toBe(first.text);
    expect(await copies(jti)).toHaveLength(1);
  });

  it('is the same content when signed anew with another salt and other times', async () => {
    const jti = v7();
    const first = await fixture.post(fixture.manifest(payload, { jti }), payload);
    const iat = Math.floor(Date.now() / 1_000) - 5;
    const second = await fixture.post(fixture.manifest(payload, { jti, iat, exp: iat + 60 }), payload);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.text).toBe(first.text);
    expect(await copies(jti)).toHaveLength(1);
  });

  it('sent fifty times at once is accepted once', async () => {
    const jti = v7();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => fixture.post(fixture.manifest(payload, { jti }), payload)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(49);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await copies(jti)).toHaveLength(1);
  });

  it('sent to two gateways at once gets one receipt', async () => {
    const other = await fixture.another();
    try {
      for (let round = 0; round < 10; round++) {
        const jti = v7();
        const answers = await Promise.all(
          [fixture.gateway.url, other.url, fixture.gateway.url, other.url].map((url) =>
            fixture.post(fixture.manifest(payload, { jti }), payload, { url }),
          ),
        );
        expect(answers.every(({ status }) => status < 300)).toBe(true);
        expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      }
    } finally {
      await other.close();
    }
  });

  it('with other content is refused, whatever differs, and the first receipt stands', async () => {
    const jti = v7();
    const first = await fixture.post(fixture.manifest(payload, { jti, key: 'a' }), payload);
    const other = '{"name":"Yasmine"}';
    const conflicts = [
      await fixture.post(fixture.manifest(other, { jti, key: 'a' }), other),
      await fixture.post(fixture.manifest(payload, { jti, key: 'b' }), payload),
      await fixture.post(fixture.manifest('', { jti, key: 'a', op: 'delete' }), ''),
    ];
    for (const { status, body } of conflicts) {
      expect([status, body.code]).toEqual([409, 'id-conflict']);
      const { event, claims } = await fixture.evidence(body.evidence);
      expect(event.body).toMatchObject({ reason: 'id-conflict', sender: fixture.publisher.system });
      expect(claims.sub).toBe(`urn:uuid:${jti}`);
    }
    expect((await fixture.post(fixture.manifest(payload, { jti, key: 'a' }), payload)).text).toBe(first.text);
    expect(await copies(jti)).toHaveLength(1);
  });

  it('with two contents at once is accepted for one of them', async () => {
    for (let round = 0; round < 5; round++) {
      const jti = v7();
      const answers = await Promise.all(
        ['{"name":"a"}', '{"name":"b"}', '{"name":"a"}', '{"name":"b"}'].map((content) =>
          fixture.post(fixture.manifest(content, { jti }), content),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 201, 409, 409]);
    }
  });

  it('of another sender is another message', async () => {
    const jti = v7();
    await fixture.control({
      kind: 'member',
      id: fixture.stranger.member,
      parent: fixture.publisher.member,
      names: NAMES,
      status: 'active',
    });
    const foreign = () =>
      fixture.manifest(payload, { jti, iss: fixture.stranger.system }, fixture.stranger.key);
    await until(async () => (await fixture.post(foreign(), payload)).status < 300);
    const own = await fixture.post(fixture.manifest(payload, { jti }), payload);
    expect(own.status).toBe(201);
  });
});

const NAMES = { fr: 'n', ar: 'n', en: 'n' };

describe('the receipt of an own message', () => {
  it('is found again by its sender alone', async () => {
    const jti = v7();
    const { text } = await fixture.post(fixture.manifest(payload, { jti }), payload);
    const path = `/v1/messages/${jti}/receipt`;
    const found = await fixture.get(path, fixture.publisher, ['publisher']);
    expect([found.status, found.text]).toEqual([200, text]);
    expect((await fixture.get(path, fixture.stranger, ['publisher'])).status).toBe(404);
    expect((await fixture.get(path, fixture.consumer, ['consumer'])).status).toBe(403);
    expect((await fetch(`${fixture.gateway.url}${path}`)).status).toBe(401);
  });

  it('is not found for an id never sent, and refused for what is no id', async () => {
    const status = async (id: string) =>
      (await fixture.get(`/v1/messages/${id}/receipt`, fixture.publisher, ['publisher'])).status;
    expect(await status(v7())).toBe(404);
    expect(await status('1')).toBe(400);
    expect(await status(v7().toUpperCase())).toBe(400);
  });
});

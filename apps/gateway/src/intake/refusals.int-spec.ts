import { createHmac, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { v7 } from 'uuid';
import { manifestDigest, publicJwk, signCompactJws, type ManifestClaims } from '#protocol';
import { GatewayFixture, party, until, type Answer, type Party } from '../gateway.spec-fixture.js';

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await GatewayFixture.start({ GATEWAY_MAX_BODY_BYTES: '4096' });
});
afterAll(() => fixture.stop());

const payload = JSON.stringify({ name: 'Amina Benali' });
const now = () => Math.floor(Date.now() / 1_000);

/** The answer has this status and code in three languages, and its evidence is durable, signed, and free of values. */
async function expectRefusal(answer: Answer, status: number, code: string, sender?: string) {
  expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(Object.keys(answer.body.texts)).toEqual(['fr', 'ar', 'en']);
  const { event, claims } = await fixture.evidence(answer.body.evidence);
  expect(event.name).toBe('SubmissionRejection');
  expect(event.body).toMatchObject({ reason: code });
  expect(event.body['sender']).toBe(sender);
  expect(JSON.stringify(event.body)).not.toContain('Amina');
  return { body: event.body, sub: claims.sub };
}

async function holder(changes: object): Promise<Party> {
  const other = party(fixture.publisher.member, 'registry');
  await fixture.control(fixture.keyRecord(other, changes));
  return other;
}

/** Sends the message until the gateway's view has caught up with a control record just written. */
async function refusedWith(code: string, send: () => Promise<Answer>): Promise<Answer> {
  let answer = await send();
  await until(async () => (answer = await send()).body.code === code);
  return answer;
}

describe('the manifest', () => {
  const parts = () => fixture.manifest(payload).split('.') as [string, string, string];
  const base64 = (text: string) => Buffer.from(text).toString('base64url');

  it.each<[string, () => string | undefined]>([
    ['missing', () => undefined],
    ['no JWS', () => 'nonsense'],
    ['with four parts', () => `${fixture.manifest(payload)}.x`],
    ['with padding', () => `${fixture.manifest(payload)}=`],
    [
      'with a non-canonical last character',
      () =>
        parts()
          .join('.')
          .replace(/[AQgw]$/, 'B'),
    ],
    [
      'with a critical extension',
      () => {
        const [, claims, signature] = parts();
        return [
          base64('{"alg":"Ed25519","kid":"k","typ":"wasl-manifest+jwt","crit":["x"],"x":1}'),
          claims,
          signature,
        ].join('.');
      },
    ],
    [
      'with its own key inside',
      () => {
        const [, claims, signature] = parts();
        const header = { alg: 'Ed25519', kid: fixture.publisher.key.kid, typ: 'wasl-manifest+jwt', jwk: {} };
        return [base64(JSON.stringify(header)), claims, signature].join('.');
      },
    ],
    ['of another type', () => signCompactJws('evidence+jwt', {}, fixture.publisher.key)],
    ['with an unknown claim', () => fixture.manifest(payload, { admin: true } as Partial<ManifestClaims>)],
    [
      'with an inherited claim name',
      () => fixture.manifest(payload, JSON.parse('{"__proto__":{"a":1}}') as object),
    ],
    ['with an id that is no UUID', () => fixture.manifest(payload, { jti: '1' })],
    ['that lives too long', () => fixture.manifest(payload, { exp: now() + 1_000 })],
    ['with a line break in its key', () => fixture.manifest(payload, { key: 'a\nb' })],
    ['sent twice in one request', () => `${fixture.manifest(payload)}, ${fixture.manifest(payload)}`],
  ])('is refused when %s', async (_, make) => {
    const manifest = make();
    const answer = await fixture.post(manifest, payload);
    const { body } = await expectRefusal(answer, 400, 'malformed-manifest', body_sender(answer));
    if (manifest !== undefined) expect(body['manifest']).toBe(manifestDigest(manifest));
  });

  // A manifest whose form and signature are good but whose lifetime is not has a known sender.
  const body_sender = (answer: Answer) =>
    answer.body.detail.startsWith('exp must be') ? fixture.publisher.system : undefined;

  it('is refused when its key is unknown', async () => {
    const stranger = party(fixture.publisher.member, 'registry');
    const answer = await fixture.post(fixture.manifest(payload, {}, stranger.key), payload);
    const { sub } = await expectRefusal(answer, 401, 'unknown-key');
    expect(sub).toMatch(/^urn:uuid:/);
  });

  it('is refused when its key belongs to another system than its issuer', async () => {
    const answer = await fixture.post(fixture.manifest(payload, {}, fixture.stranger.key), payload);
    await expectRefusal(answer, 401, 'unknown-key');
  });

  it.each([
    ['key-not-active', { status: 'retired' }],
    ['key-not-active', { status: 'pending' }],
    ['key-not-active', { notAfter: '2021-01-01T00:00:00Z' }],
    ['key-not-active', { notBefore: '2121-01-01T00:00:00Z' }],
    ['key-compromised', { status: 'compromised' }],
  ])('is refused as %s when the key record says %j', async (code, changes) => {
    const { key } = await holder(changes);
    const answer = await refusedWith(code, () => fixture.post(fixture.manifest(payload, {}, key), payload));
    await expectRefusal(answer, 401, code, fixture.publisher.system);
  });

  it('is refused when the payload of the signature was changed', async () => {
    const [header, claims, signature] = parts();
    const altered = JSON.parse(Buffer.from(claims, 'base64url').toString()) as ManifestClaims;
    const forged = [header, base64(JSON.stringify({ ...altered, key: 'other' })), signature].join('.');
    await expectRefusal(await fixture.post(forged, payload), 401, 'wrong-signature');
  });

  it('is refused when alg is not that of the registered key', async () => {
    const es256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const key = { kid: fixture.publisher.key.kid, alg: 'ES256' as const, privateKey: es256 };
    await expectRefusal(
      await fixture.post(fixture.manifest(payload, {}, key), payload),
      401,
      'algorithm-mismatch',
    );
  });

  it.each(['none', 'HS256', 'RS256'])('is refused when alg is %s', async (alg) => {
    const [, claims] = parts();
    const header = base64(JSON.stringify({ alg, kid: fixture.publisher.key.kid, typ: 'wasl-manifest+jwt' }));
    // The public key as HMAC secret: the classic confusion of algorithms.
    const secret = JSON.stringify(publicJwk(fixture.publisher.jwk));
    const signature = createHmac('sha512', secret).update(`${header}.${claims}`).digest('base64url');
    await expectRefusal(
      await fixture.post(`${header}.${claims}.${signature}`, payload),
      401,
      'unsupported-algorithm',
    );
  });

  it.each<[string, Partial<ManifestClaims>]>([
    ['manifest-expired', { iat: now() - 200, exp: now() - 1 }],
    ['manifest-in-future', { iat: now() + 60, exp: now() + 90 }],
    ['wrong-audience', { aud: 'urn:wasl:ma:bus' }],
  ])('is refused as %s', async (code, changes) => {
    const answer = await fixture.post(fixture.manifest(payload, changes), payload);
    await expectRefusal(answer, 401, code, fixture.publisher.system);
  });

  it('is refused on the path of another topic', async () => {
    const answer = await fixture.post(fixture.manifest(payload), payload, { topic: 'civil-status.birth.v9' });
    await expectRefusal(answer, 400, 'malformed-request', fixture.publisher.system);
  });
});

describe('sender and contract', () => {
  const sender = () => fixture.publisher.system;

  it('refuses an unknown topic', async () => {
    const topic = `nothing-${fixture.run}.here.v1`;
    const answer = await fixture.post(fixture.manifest(payload, { topic }), payload, { topic });
    expect((await expectRefusal(answer, 404, 'unknown-topic', sender())).body['topic']).toBe(topic);
  });

  it.each(['../../etc/passwd', '%2e%2e%2f', 'constructor', '__proto__', 'a'.repeat(300)])(
    'refuses the topic %s',
    async (topic) => {
      const answer = await fixture.post(fixture.manifest(payload), payload, {
        topic: encodeURIComponent(topic),
      });
      await expectRefusal(answer, 400, 'malformed-request', sender());
    },
  );

  it('refuses a version that the contract does not have', async () => {
    const answer = await fixture.post(fixture.manifest(payload, { version: 7 }), payload);
    expect((await expectRefusal(answer, 422, 'unknown-contract-version', sender())).body['version']).toBe(7);
  });

  it('refuses a retired version', async () => {
    const topic = `retired-${fixture.run}.person.v1`;
    const [contract, version] = fixture.contractRecords(topic);
    await fixture.control(contract!, { ...version!, status: 'retired' } as never);
    const send = () => fixture.post(fixture.manifest(payload, { topic }), payload, { topic });
    await expectRefusal(
      await refusedWith('unknown-contract-version', send),
      422,
      'unknown-contract-version',
      sender(),
    );
  });

  it('refuses who does not publish for the owner of the contract', async () => {
    const manifest = fixture.manifest(payload, { iss: fixture.stranger.system }, fixture.stranger.key);
    await expectRefusal(await fixture.post(manifest, payload), 403, 'no-agreement', fixture.stranger.system);
  });

  it('refuses a system of the owner without the role of publisher', async () => {
    const other = party(fixture.publisher.member, 'reader');
    await fixture.control(fixture.systemRecord(other, ['consumer']), fixture.keyRecord(other));
    const send = () => fixture.post(fixture.manifest(payload, { iss: other.system }, other.key), payload);
    await expectRefusal(await refusedWith('no-agreement', send), 403, 'no-agreement', other.system);
  });

  it('admits a system of a member below the owner, and refuses it once suspended', async () => {
    const office = party(`urn:wasl:dz:office-${fixture.run}`, 'desk');
    const names = { fr: 'n', ar: 'n', en: 'n' };
    await fixture.control(
      { kind: 'member', id: office.member, parent: fixture.publisher.member, names, status: 'active' },
      fixture.systemRecord(office, ['publisher']),
      fixture.keyRecord(office),
    );
    const send = () => fixture.post(fixture.manifest(payload, { iss: office.system }, office.key), payload);
    await until(async () => (await send()).status === 201);
    await fixture.control(fixture.systemRecord(office, ['publisher'], 'suspended'));
    await expectRefusal(await refusedWith('system-suspended', send), 403, 'system-suspended', office.system);
  });

  it('refuses a deletion where the contract admits none, and one that carries a body', async () => {
    const topic = `kept-${fixture.run}.person.v1`;
    await fixture.control(...fixture.contractRecords(topic, { deletion: false }));
    const send = () => fixture.post(fixture.manifest('', { topic, op: 'delete' }), '', { topic });
    await expectRefusal(
      await refusedWith('deletion-not-allowed', send),
      422,
      'deletion-not-allowed',
      sender(),
    );
    const withBody = await fixture.post(fixture.manifest(payload, { op: 'delete' }), payload);
    await expectRefusal(withBody, 400, 'malformed-body', sender());
  });
});

describe('the body', () => {
  const sender = () => fixture.publisher.system;

  it('is refused when it is not what was signed, however little it differs', async () => {
    const manifest = fixture.manifest(payload);
    await expectRefusal(await fixture.post(manifest, `${payload} `), 422, 'payload-altered', sender());
    await expectRefusal(await fixture.post(manifest, ''), 422, 'payload-altered', sender());
  });

  it('is refused with pointers and rules when it breaks the contract', async () => {
    const bad = JSON.stringify({ name: 'Amina', age: -1, secret: 'Amina' });
    const answer = await fixture.post(fixture.manifest(bad), bad);
    const { body } = await expectRefusal(answer, 422, 'payload-invalid', sender());
    const rules = [
      { pointer: '', rule: 'additionalProperties' },
      { pointer: '/age', rule: 'minimum' },
    ];
    expect(body['errors']).toEqual(expect.arrayContaining(rules));
    expect(answer.body.errors).toEqual(
      expect.arrayContaining(rules.map((rule) => expect.objectContaining(rule))),
    );
  });

  it.each<[string, Buffer | string]>([
    ['no JSON', '{"name":'],
    ['empty', ''],
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0x6e, 0xff, 0x22, 0x7d])],
    ['with a byte order mark', Buffer.from('\ufeff{"name":"x"}')],
    ['with a repeated member', '{"name":"x","name":"y"}'],
    ['with __proto__', '{"__proto__":{"name":"x"}}'],
    ['with an escaped __proto__', '{"\\u005f_proto__":{"name":"x"}}'],
    ['nested endlessly', `{"name":${'['.repeat(1_000)}${']'.repeat(1_000)}}`],
    ['with half a surrogate', '{"name":"\\ud800"}'],
  ])('is refused when %s', async (_, bytes) => {
    await expectRefusal(await fixture.post(fixture.manifest(bytes), bytes), 400, 'malformed-body', sender());
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'prototype'])(
    'knows no inherited member %s',
    async (name) => {
      const bytes = `{"${name}":"x"}`;
      const answer = await fixture.post(fixture.manifest(bytes), bytes);
      await expectRefusal(answer, 422, 'payload-invalid', sender());
    },
  );

  it.each(['text/plain', 'application/cloudevents+json', 'application/json; charset=latin1', 'nonsense', ''])(
    'is refused as %j',
    async (type) => {
      const answer = await fixture.post(fixture.manifest(payload), payload, {
        headers: { 'content-type': type },
      });
      await expectRefusal(answer, 415, 'unsupported-media-type', sender());
    },
  );

  it('may have exactly the largest size, and not a byte more', async () => {
    const sized = (bytes: number) => `{"name":"${'x'.repeat(bytes - 11)}"}`;
    expect(sized(4_096)).toHaveLength(4_096);
    expect((await fixture.post(fixture.manifest(sized(4_096)), sized(4_096))).status).toBe(201);
    const over = await fixture.post(fixture.manifest(sized(4_097)), sized(4_097));
    const { body } = await expectRefusal(over, 413, 'body-too-large', sender());
    expect(body['manifest']).toBeDefined();
  });

  it('is refused by size even when it tells none and nobody signed', async () => {
    const request = http.request(`${fixture.gateway.url}/v1/topics/${fixture.topic}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
    });
    request.write(Buffer.alloc(8_192, ' '));
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    const body = JSON.parse(Buffer.concat(await response.toArray()).toString()) as Answer['body'];
    request.destroy();
    expect([response.statusCode, body.code]).toEqual([413, 'body-too-large']);
    expect((await fixture.evidence(body.evidence)).event.body).toMatchObject({ reason: 'body-too-large' });
  });
});

describe('evidence of refusals', () => {
  it('is made anew each time the same bad request comes, under the same message', async () => {
    const manifest = fixture.manifest(payload, { version: 7, jti: v7() });
    const [first, second] = [await fixture.post(manifest, payload), await fixture.post(manifest, payload)];
    const a = await expectRefusal(first, 422, 'unknown-contract-version', fixture.publisher.system);
    const b = await expectRefusal(second, 422, 'unknown-contract-version', fixture.publisher.system);
    expect(a).toEqual(b);
    expect(first.body.evidence).not.toBe(second.body.evidence);
  });
});

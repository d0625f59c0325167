import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertion, BUS, ISSUER, party, TestDirectory, type Party } from '../spec-harness.js';

let directory: TestDirectory;
let clinic: Party;

beforeAll(async () => {
  directory = await TestDirectory.start();
  clinic = await directory.join('urn:wasl:dz:health:clinic', ['consumer', 'publisher']);
});
afterAll(() => directory?.stop());

describe('token', () => {
  it('is a JWT of five minutes for the bus, verified with the published keys', async () => {
    const { status, body, headers } = await directory.ask({
      client_assertion: await assertion(clinic),
      scope: 'consumer',
      resource: BUS,
    });
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 300, scope: 'consumer' });
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toContain('no-store');
    const jwks = await (await fetch(`${directory.service.url}/oauth/jwks`)).json();
    const { payload, protectedHeader } = await jwtVerify(body.access_token, createLocalJWKSet(jwks as any), {
      issuer: ISSUER,
      audience: BUS,
      typ: 'at+jwt',
    });
    expect(payload).toMatchObject({ sub: clinic.system, client_id: clinic.system, scope: 'consumer' });
    expect(payload.exp! - payload.iat!).toBe(300);
    expect(protectedHeader.alg).toBe('Ed25519');
    expect(JSON.stringify(jwks)).not.toContain('"d"');
  });
});

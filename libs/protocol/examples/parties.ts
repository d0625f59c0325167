import { createHash, createPrivateKey } from 'node:crypto';
import { noteSigner, publicJwk, signingKeyFromJwk, type NoteSigner, type SigningKey } from '../src/index.js';
import type { Jwk, KeyStatus, TrustedKey } from '../src/index.js';

/** PKCS#8 of an Ed25519 seed (RFC 8410 §7) up to the 32 bytes of the seed. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

export interface Party {
  name: string;
  system: string;
  jwk: Jwk;
  key: SigningKey;
}

/** A published test key: its seed is SHA-256 of "wasl example key: <name>". */
function party(name: string, system: string): Party {
  const seed = createHash('sha256').update(`wasl example key: ${name}`).digest();
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const { x, d } = privateKey.export({ format: 'jwk' });
  const jwk = { ...publicJwk({ kty: 'OKP', crv: 'Ed25519', x: x! }), d: d! };
  return { name, system, jwk, key: signingKeyFromJwk(jwk) };
}

const BUS = 'urn:wasl:dz:bus';
const CIVIL_REGISTRY = 'urn:wasl:dz:interior:civil-registry';

export const ORIGIN = 'dz.wasl/audit/2026';
export const sender = party('sender', CIVIL_REGISTRY);
export const retired = party('retired sender', CIVIL_REGISTRY);
export const compromised = party('compromised sender', CIVIL_REGISTRY);
export const stranger = party('stranger', CIVIL_REGISTRY);
export const consumer = party('consumer', 'urn:wasl:dz:social-protection:rights');
export const gateway = party('gateway', `${BUS}:gateway`);
export const stolenGateway = party('stolen gateway', `${BUS}:gateway`);
export const futureGateway = party('future gateway', `${BUS}:gateway`);
export const log = party('log', `${BUS}:audit`);
export const otherLog = party('other log', 'urn:wasl:xx:bus:audit');

/** P-256: its signatures are not deterministic, so the one token signed with it is kept in es256-manifest.ts. */
export const territoryJwk: Jwk = {
  kty: 'EC',
  crv: 'P-256',
  x: '12mP25txnlvijikutud2zzXlaVX2za9SFptxLc6OTMw',
  y: 'WMlzxC_t4dDJIQAoV1GNCwfdNIT1w4XY09oNrH1Eu7k',
  kid: 'V0mxM7dHXF1qL_Sd0ErIkECs-flRbiXkZc7nAfPfdIg',
  alg: 'ES256',
  use: 'sig',
};
export const TERRITORY_REGISTRY = 'urn:wasl:dz:interior:territory-registry';

export const logSigner: NoteSigner = noteSigner(ORIGIN, log.key);
export const witnessSigner: NoteSigner = noteSigner('witness.example/w1', otherLog.key);
export const otherLogSigner: NoteSigner = noteSigner('xx.example/audit/2026', otherLog.key);
export const impostorSigner: NoteSigner = noteSigner(ORIGIN, otherLog.key);

const trusted = (
  { jwk, system }: { jwk: Jwk; system: string },
  status: KeyStatus,
  times: { notBefore?: string; notAfter?: string; changedAt?: string } = {},
): TrustedKey => ({
  kid: jwk.kid!,
  alg: jwk.alg!,
  jwk: publicJwk(jwk),
  system,
  status,
  notBefore: times.notBefore ?? '2026-01-01T00:00:00Z',
  notAfter: times.notAfter ?? '2027-01-01T00:00:00Z',
  changedAt: times.changedAt ?? '2026-01-01T00:00:00Z',
});

export const trustedKeys: TrustedKey[] = [
  trusted(sender, 'active'),
  trusted({ jwk: territoryJwk, system: TERRITORY_REGISTRY }, 'active'),
  trusted(consumer, 'active'),
  trusted(gateway, 'active'),
  trusted(retired, 'retired', { changedAt: '2026-11-01T09:00:00Z' }),
  trusted(compromised, 'compromised', { changedAt: '2026-11-01T09:00:00Z' }),
  trusted(stolenGateway, 'compromised', { changedAt: '2026-12-01T00:00:00Z' }),
  trusted(futureGateway, 'active', { notBefore: '2026-11-02T00:00:00Z' }),
];
export { BUS };

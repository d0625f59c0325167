import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { publicJwk, signCompactJws, WaslError, type Jwk } from '#protocol';
import { keyFile, type Installation } from '../installation.js';
import { AGREEMENTS, BUS, MEMBERS, STEWARD, SYSTEMS, type AgreementSeed } from '../population.js';
import { call, type Clients } from './clients.js';

interface KeyView {
  kid: string;
  status: string;
}
interface AgreementView {
  id: string;
  approvals: { publisher: object | null; steward: object | null };
}

function proofOfPossession(clients: Clients, system: string): string {
  const iat = Math.floor(Date.now() / 1000);
  return signCompactJws(
    'wasl-key-proof+jwt',
    { iss: system, aud: BUS, iat, exp: iat + 120 },
    clients.keyOf(system),
  );
}

/** Members, their systems and active keys, registered by the steward; what is there already stays. */
export async function registerMembers(clients: Clients, installation: Installation): Promise<void> {
  const { directory } = clients.environment;
  const steward = clients.as(STEWARD, 'steward');
  for (const { id, parent, names } of MEMBERS) {
    await call(steward, directory, 'POST', '/v1/members', { id, parent, names });
  }
  for (const { id, member, names, roles } of SYSTEMS) {
    await call(steward, directory, 'POST', '/v1/systems', { id, member, names, roles });
    const jwk = publicJwk(JSON.parse(readFileSync(keyFile(installation, id), 'utf8')) as Jwk);
    const proof = proofOfPossession(clients, id);
    const key = await call<KeyView>(steward, directory, 'POST', '/v1/keys', { system: id, jwk, proof });
    if (key.status === 'pending') await call(steward, directory, 'POST', `/v1/keys/${key.kid}/activate`);
  }
}

async function agree(
  clients: Clients,
  { consumer, publisher, topic, purpose, legalBasis }: AgreementSeed,
): Promise<void> {
  const { directory } = clients.environment;
  const asked = { topic, purpose, legalBasis };
  const agreement = await call<AgreementView>(
    clients.as(consumer, 'consumer'),
    directory,
    'POST',
    '/v1/agreements',
    asked,
  );
  const path = `/v1/agreements/${agreement.id}/approve`;
  if (!agreement.approvals.publisher) await call(clients.as(publisher, 'publisher'), directory, 'POST', path);
  if (!agreement.approvals.steward) await call(clients.as(STEWARD, 'steward'), directory, 'POST', path);
}

const PATIENCE_MS = 15_000;

/** Waits until the gateway has heard of an agreement: connectors that ask before would be refused and stop. */
async function untilInForce(clients: Clients, { consumer, topic }: AgreementSeed): Promise<void> {
  for (const began = Date.now(); ;) {
    try {
      await clients.as(consumer, 'consumer').pull({ topic, limit: 1 });
      return;
    } catch (error) {
      const pending = error instanceof WaslError && ['no-agreement', 'unknown-topic'].includes(error.code);
      if (!pending || Date.now() - began > PATIENCE_MS) throw error;
      await sleep(100);
    }
  }
}

/** The agreements of the sample, asked for by the consumer and approved by publisher and steward. */
export async function makeAgreements(clients: Clients): Promise<number> {
  for (const agreement of AGREEMENTS) await agree(clients, agreement);
  for (const agreement of AGREEMENTS) await untilInForce(clients, agreement);
  return AGREEMENTS.length;
}

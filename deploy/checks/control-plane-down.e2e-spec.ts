import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyContracts } from '#client';
import { readContracts } from '#contracts';
import { Clients } from '../local/src/job/clients.js';
import { makeAgreements, registerMembers } from '../local/src/job/control-plane.js';
import {
  CIVIL_REGISTRY,
  ENROLMENT,
  STEWARD,
  TERRITORY_REGISTRY,
  TERRITORY_TOPIC,
} from '../local/src/population.js';
import { SpecInstallation } from './spec-installation.js';

let installation: SpecInstallation;
const unit = (code: string) => ({
  id: v7(),
  topic: TERRITORY_TOPIC,
  version: 1,
  op: 'put' as const,
  key: `DZ-2019|${code}`,
  payload: Buffer.from(
    JSON.stringify({ codeList: 'DZ-2019', code, level: 'wilaya', names: { fr: 'Adrar', ar: 'أدرار' } }),
  ),
});

beforeAll(async () => {
  installation = await SpecInstallation.create();
  await installation.start('directory', 'schema-registry', 'gateway');
  const { clients } = installation;
  await registerMembers(clients, installation.installation);
  const steward = clients.as(STEWARD, 'steward');
  await applyContracts(steward, clients.environment.registry, readContracts('schemas'));
  await makeAgreements(clients);
});
afterAll(() => installation.close());

describe('with directory and schema-registry stopped', () => {
  it('publishing and pulling go on, even after the gateway was killed and started again', async () => {
    const publisher = installation.clients.as(TERRITORY_REGISTRY, 'publisher');
    const newcomer = new Clients(installation.installation, installation.environment);
    const consumer = newcomer.as(ENROLMENT, 'consumer');
    const before = await publisher.publish(unit('01'));
    expect(before.status).toBe('accepted');

    await installation.end('directory', 'SIGKILL');
    await installation.end('schema-registry', 'SIGKILL');
    expect((await publisher.publish(unit('02'))).status).toBe('accepted');
    await installation.end('gateway', 'SIGKILL');
    await installation.start('gateway');

    const third = unit('03');
    expect((await publisher.publish(third)).status).toBe('accepted');
    // This consumer never had an access token: it speaks for itself while the directory is away.
    const page = await consumer.pull({ topic: TERRITORY_TOPIC });
    expect(page.messages.map(({ key }) => key).sort()).toEqual(['DZ-2019|01', 'DZ-2019|02', 'DZ-2019|03']);
    await newcomer.close();
    const again = await publisher.publish(third);
    expect(again).toMatchObject({ status: 'accepted', duplicate: true });
  });

  it('what was not agreed stays refused', async () => {
    const stranger = installation.clients.as(ENROLMENT, 'consumer');
    await expect(stranger.pull({ topic: 'civil-status.birth.v1' })).rejects.toMatchObject({
      code: 'no-agreement',
    });
    const other = installation.clients.as(CIVIL_REGISTRY, 'publisher');
    const outcome = await other.publish({ ...unit('04'), version: 9 });
    expect(outcome).toMatchObject({ status: 'rejected', problem: { code: 'unknown-contract-version' } });
  });
});

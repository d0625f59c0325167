import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { json, V1 } from '../conformance/spec-api.js';
import { GOVERNANCE, PUBLISHER, STEWARD, STRANGER, TestRegistry } from '../spec-harness.js';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await TestRegistry.start();
});
afterAll(() => registry?.stop());

const OWN = ':.dz.interior:births';
const request = (topic: string, info: object) => ({
  ...{ resourceName: topic, resourceNamespace: 'lkc-1', resourceId: `id-${topic}` },
  associations: [info],
});
const create = (as: string | undefined, topic: string, info: object) =>
  registry.call('POST', '/associations', { ...(as ? { as } : {}), body: request(topic, info) });

describe('associations', () => {
  const info = { subject: 'free', schema: json(V1) };

  it('are made and deleted by nobody unknown', async () => {
    expect((await create(undefined, 't', info)).status).toBe(401);
    const path = '/associations/resources/id-t';
    expect((await registry.call('PUT', path, { body: request('t', info) })).status).toBe(401);
    expect((await registry.call('DELETE', path)).status).toBe(401);
    const batch = { requests: [{ ...request('t', { opType: 'CREATE', ...info }) }] };
    expect((await registry.call('POST', '/associations:batchMutate', { body: batch })).status).toBe(401);
    expect((await registry.call('GET', path)).body).toEqual([]);
  });

  it('need the right to each of their subjects', async () => {
    expect((await create(STRANGER, 't', info)).body).toMatchObject({ error_code: 40301 });
    expect((await create(PUBLISHER, 't', { ...info, subject: OWN })).status).toBe(200);
    const both = request('t', { ...info, subject: OWN });
    both.associations.push({ ...info, associationType: 'key' });
    expect((await registry.call('PUT', '/associations', { as: PUBLISHER, body: both })).status).toBe(403);
    const [answer] = (
      await registry.call('POST', '/associations:batchMutate', {
        as: STRANGER,
        body: { requests: [request('t', { opType: 'DELETE' })] },
      })
    ).body.results;
    expect(answer.error.error_code).toBe(40301);
    expect((await registry.call('DELETE', '/associations/resources/id-t', { as: STRANGER })).status).toBe(
      403,
    );
    expect((await registry.call('GET', '/associations/resources/id-t')).body).toHaveLength(1);
  });

  it('of a topic of the bus need the right to what the topic holds', async () => {
    const topic = 'civil-status.birth.v1';
    const contract = { as: PUBLISHER, body: GOVERNANCE };
    expect((await registry.call('PUT', `/v1/contracts/${topic}`, contract)).status).toBe(201);
    for (const associationType of ['value', 'key']) {
      const evil = { subject: ':.dz.education:evil', associationType, schema: json(V1) };
      const refusal = {
        error_code: 40301,
        message: `User is denied operation Write on Subject: ${topic}-${associationType}`,
      };
      expect(await create(STRANGER, topic, evil)).toMatchObject({ status: 403, body: refusal });
      const elsewhere = { as: STRANGER, body: { ...request(topic, evil), resourceNamespace: 'evil' } };
      for (const path of ['/associations', '/associations?dryRun=true'])
        expect((await registry.call('PUT', path, elsewhere)).status).toBe(403);
      const { body } = await registry.call('POST', '/associations:batchMutate', {
        as: STRANGER,
        body: { requests: [request(topic, { opType: 'UPSERT', ...evil })] },
      });
      expect(body.results).toMatchObject([{ error: refusal }]);
    }
    expect((await registry.call('GET', `/associations/resources/-/${topic}`)).body).toEqual([]);
    expect(
      (await create(STRANGER, 'evil.v1', { subject: ':.dz.education:evil', schema: json(V1) })).status,
    ).toBe(200);
    const births = { subject: ':.dz.interior:births-of-topic', schema: json(V1) };
    expect((await create(PUBLISHER, topic, births)).status).toBe(200);
    expect((await registry.call('GET', `/associations/resources/-/${topic}`)).body).toMatchObject([
      { subject: births.subject, associationType: 'value' },
    ]);
  });

  it('leave evidence of each change', async () => {
    await create(STEWARD, 'seen', { subject: 'seen', schema: json(V1) });
    await create(STEWARD, 'seen', { subject: 'seen' });
    const thawed = request('seen', { subject: 'seen', lifecycle: 'WEAK' });
    await registry.call('PUT', '/associations', { as: STEWARD, body: thawed });
    await registry.call('DELETE', '/associations/resources/id-seen', { as: STEWARD });
    const about = (items: { name: string; subject: string }[]) =>
      items.filter(({ name, subject }) => name.startsWith('Association') && subject === 'seen');
    const events = about(await registry.evidence((items) => about(items).length >= 3));
    expect(events.map(({ name }) => name)).toEqual([
      'AssociationCreated',
      'AssociationChanged',
      'AssociationDeleted',
    ]);
    expect(events[0]).toMatchObject({
      by: STEWARD,
      resource: { name: 'seen', namespace: 'lkc-1', id: 'id-seen', type: 'topic' },
      lifecycle: 'STRONG',
    });
  });
});

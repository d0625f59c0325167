import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSUMER, PUBLISHER, STEWARD, STRANGER } from '../spec-harness.js';
import { BOTH, COLLEAGUE, type LifecycleCall, LifecycleRegistry, SECOND_STEWARD } from './spec-lifecycle.js';

const SCHEMA = { type: 'object', properties: { name: { type: 'string', maxLength: 100 } } };
const text = (schema: unknown) => JSON.stringify(schema);

let lifecycle: LifecycleRegistry;
let count = 0;
beforeAll(async () => {
  lifecycle = await LifecycleRegistry.start();
});
afterAll(() => lifecycle.stop());

/** A governed topic of its own for each test. */
async function governed(): Promise<string> {
  const topic = `drafts.contract-${++count}.v1`;
  await lifecycle.govern(topic);
  return topic;
}
const call = (method: string, path: string, options?: LifecycleCall) => lifecycle.call(method, path, options);

describe('a draft', () => {
  it('is saved, read, changed and discarded by its owner, each twice', async () => {
    const topic = await governed();
    const body = { schema: text(SCHEMA), note: 'First' };
    const first = await call('PUT', `${topic}/draft`, { as: PUBLISHER, body });
    expect(first).toMatchObject({
      status: 201,
      body: { topic, status: 'draft', note: 'First', schema: text(SCHEMA) },
    });
    const again = await call('PUT', `${topic}/draft`, { as: PUBLISHER, body });
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(again.headers.get('wasl-changed')).toBe('false');
    const etag = first.headers.get('etag')!;
    expect(again.headers.get('etag')).toBe(etag);
    for (const as of [PUBLISHER, COLLEAGUE, STEWARD])
      expect(await call('GET', `${topic}/draft`, { as })).toMatchObject({ status: 200, body: first.body });

    const other = { schema: text({ ...SCHEMA, title: 'Other' }) };
    const changed = await call('PUT', `${topic}/draft`, { as: COLLEAGUE, body: other, ifMatch: etag });
    expect(changed).toMatchObject({ status: 200, body: { editors: [PUBLISHER, COLLEAGUE] } });
    expect(changed.headers.get('etag')).not.toBe(etag);

    expect((await call('DELETE', `${topic}/draft`, { as: PUBLISHER, ifMatch: etag })).status).toBe(412);
    expect((await call('DELETE', `${topic}/draft`, { as: PUBLISHER })).status).toBe(204);
    expect((await call('DELETE', `${topic}/draft`, { as: PUBLISHER })).status).toBe(404);
    const names = (await lifecycle.evidence(topic, 4)).map(({ name, by }) => [name, by]);
    expect(names).toEqual([
      ['ContractPublished', STEWARD],
      ['ContractDraftSaved', PUBLISHER],
      ['ContractDraftSaved', COLLEAGUE],
      ['ContractDraftDiscarded', PUBLISHER],
    ]);
  });

  it('is replaced only by those who have seen it', async () => {
    const topic = await governed();
    const etag = (await lifecycle.draft(topic, SCHEMA)).headers.get('etag')!;
    const body = { schema: text({ ...SCHEMA, title: 'Other' }) };
    const put = (ifMatch?: string) =>
      call('PUT', `${topic}/draft`, { as: COLLEAGUE, body, ...(ifMatch === undefined ? {} : { ifMatch }) });
    expect(await put()).toMatchObject({ status: 428, body: { code: 'precondition-required' } });
    expect(await put('*')).toMatchObject({ status: 428 });
    expect(await put('"999999"')).toMatchObject({ status: 412, body: { code: 'precondition-failed' } });
    expect(await put(etag)).toMatchObject({ status: 200 });
    expect((await call('DELETE', `${topic}/draft`, { as: PUBLISHER })).status).toBe(204);
    expect(await put(etag), 'a revision of a draft that is gone').toMatchObject({ status: 412 });
  });

  it('is hidden from everyone else, and from the Confluent routes', async () => {
    const topic = await governed();
    await lifecycle.submitted(topic, SCHEMA);
    expect((await call('GET', `${topic}/draft`)).status).toBe(401);
    expect((await call('GET', `${topic}/draft`, { as: CONSUMER })).status).toBe(403);
    // As if there were none.
    const hidden = await call('GET', `${topic}/draft`, { as: STRANGER });
    expect(hidden).toMatchObject({ status: 404, body: { code: 'not-found' } });
    const none = await call('GET', `${await governed()}/draft`, { as: PUBLISHER });
    expect(none.body.detail).toBe(hidden.body.detail);
    const { registry } = lifecycle;
    expect((await registry.call('GET', `/subjects/${topic}-value/versions`)).status).toBe(404);
    expect((await registry.call('GET', '/subjects?limit=1000')).body).not.toContain(`${topic}-value`);
    const lookUp = { as: STRANGER, body: { schemaType: 'JSON', schema: text(SCHEMA) } };
    expect((await registry.call('POST', `/subjects/${topic}-value`, lookUp)).status).toBe(404);
    expect(await call('GET', topic)).toMatchObject({ status: 200, body: { versions: [] } });
    expect(JSON.stringify((await call('GET', topic)).body)).not.toContain('maxLength');
  });

  it.each<[string, string | undefined, number, string]>([
    ['nobody', undefined, 401, 'not-authenticated'],
    ['a consumer', CONSUMER, 403, 'not-allowed'],
    ['a publisher of another member', STRANGER, 403, 'not-allowed'],
  ])('is none of the business of %s', async (_, as, status, code) => {
    const topic = await governed();
    const ifMatch = await lifecycle.submitted(topic, SCHEMA);
    const caller = { ...(as === undefined ? {} : { as }), ifMatch };
    for (const [method, path, body] of [
      ['PUT', 'draft', { schema: '{}' }],
      ['DELETE', 'draft', undefined],
      ['POST', 'draft/submit', undefined],
      ['POST', 'draft/approve', undefined],
      ['POST', 'draft/send-back', { reason: 'r' }],
      ['POST', 'plan', { schema: '{}' }],
      ['GET', 'history', undefined],
      ['GET', 'consumers', undefined],
    ] as const) {
      const answer = await call(method, `${topic}/${path}`, { ...caller, ...(body && { body }) });
      expect(answer, `${method} ${path}`).toMatchObject({ status, body: { code } });
    }
    expect((await call('GET', `${topic}/draft`, { as: PUBLISHER })).body.status).toBe('in-review');
  });

  it.each<[string, unknown, number, string]>([
    ['no schema', {}, 400, 'malformed-request'],
    ['an unknown member', { schema: '{}', admin: true }, 400, 'malformed-request'],
    ['Avro', { schema: '{}', schemaType: 'AVRO' }, 400, 'malformed-request'],
    ['what is not JSON', { schema: '{' }, 422, 'invalid-schema'],
    ['a remote reference', { schema: '{"$ref":"http://169.254.169.254/"}' }, 422, 'invalid-schema'],
    ['$async', { schema: '{"$async":true}' }, 422, 'invalid-schema'],
    ['too large a note', { schema: '{}', note: 'x'.repeat(2_001) }, 400, 'malformed-request'],
    [
      'a sunset of what is replaced in the past',
      { schema: '{}', replaces: { topic: 'drafts.old.v1', sunset: '2020-01-01T00:00:00Z' } },
      400,
      'invalid-request',
    ],
    [
      'another contract as what is replaced',
      { schema: '{}', replaces: { topic: 'other.contract.v1', sunset: '2099-01-01T00:00:00Z' } },
      400,
      'invalid-request',
    ],
  ])('with %s is refused', async (_, body, status, code) => {
    const topic = await governed();
    const answer = await call('PUT', `${topic}/draft`, { as: PUBLISHER, body });
    expect(answer).toMatchObject({ status, body: { code } });
    expect((await call('GET', `${topic}/draft`, { as: PUBLISHER })).status).toBe(404);
  });

  it('of a topic without a contract, or of no topic, is refused', async () => {
    for (const topic of ['drafts.nothing.v1', 'no-topic', 'drafts.x.v0', '..%2F..'])
      expect((await call('PUT', `${topic}/draft`, { as: PUBLISHER, body: { schema: '{}' } })).status).toBe(
        404,
      );
  });

  it('is not flooded: so many saves an hour, then 429', async () => {
    const topic = await governed();
    const statuses: number[] = [];
    for (let n = 0; n < 62; n++) statuses.push((await lifecycle.draft(topic, { title: `${n}` })).status);
    expect(statuses.slice(0, 60).every((status) => status < 300)).toBe(true);
    expect(statuses.slice(60)).toEqual([429, 429]);
    // Nor by discarding in between.
    expect((await call('DELETE', `${topic}/draft`, { as: PUBLISHER })).status).toBe(204);
    const refused = await lifecycle.draft(topic, { title: 'once more' });
    expect(refused).toMatchObject({ status: 429, body: { code: 'too-many-requests' } });
    expect(refused.headers.has('retry-after')).toBe(true);
  });
});

describe('a review', () => {
  it('ends in a version that is active, once, whoever asks again', async () => {
    const topic = await governed();
    const ifMatch = await lifecycle.submitted(topic, SCHEMA, { note: 'Please look' });
    const submittedAgain = await call('POST', `${topic}/draft/submit`, { as: PUBLISHER });
    expect(submittedAgain).toMatchObject({
      status: 200,
      body: { status: 'in-review', submittedBy: PUBLISHER },
    });
    expect(submittedAgain.headers.get('etag')).toBe(ifMatch);
    const approve = (as: string) => call('POST', `${topic}/draft/approve`, { as, ifMatch });
    const approved = await approve(STEWARD);
    expect(approved).toMatchObject({
      status: 200,
      body: { topic, version: 1, status: 'active', submittedBy: PUBLISHER, approvedBy: STEWARD },
    });
    expect(await approve(STEWARD)).toMatchObject({ status: 200, body: approved.body });
    expect(await approve(SECOND_STEWARD)).toMatchObject({ status: 200, body: approved.body });
    expect((await call('GET', `${topic}/draft`, { as: PUBLISHER })).status).toBe(404);
    expect((await call('GET', topic)).body.versions).toEqual([approved.body]);
    const subject = `/subjects/${topic}-value/versions/latest`;
    expect((await lifecycle.registry.call('GET', subject)).body).toMatchObject({
      version: 1,
      schema: text(SCHEMA),
    });

    const records = await lifecycle.versionRecords(topic, 1);
    expect(records.at(-1)).toMatchObject({ version: 1, status: 'active', schema: text(SCHEMA) });
    expect(records.at(-1).since).toMatch(/Z$/);
    const evidence = await lifecycle.evidence(topic, 4);
    const approval = evidence.filter(({ name }) => name === 'ContractDraftApproved');
    expect(approval).toHaveLength(1);
    expect(approval[0]).toMatchObject({ by: STEWARD, submittedBy: PUBLISHER, version: 1 });
    const saved = evidence.find(({ name }) => name === 'ContractDraftSaved');
    expect(approval[0].digest).toBe(saved.digest);
    const acts = (await call('GET', `${topic}/history`, { as: STEWARD })).body.items;
    expect(acts.map(({ act, by }: { act: string; by: string }) => [act, by])).toEqual([
      ['version-activated', STEWARD],
      ['draft-submitted', PUBLISHER],
      ['draft-saved', PUBLISHER],
    ]);
    const page = await call('GET', `${topic}/history?limit=2`, { as: PUBLISHER });
    const rest = await call('GET', `${topic}/history?before=${page.body.next}`, { as: PUBLISHER });
    expect([...page.body.items, ...rest.body.items]).toEqual(acts);
    for (const query of ['limit=0', 'limit=x', 'before=x'])
      expect((await call('GET', `${topic}/history?${query}`, { as: STEWARD })).status).toBe(400);
  });

  it('may send the draft back, with a reason, and takes it again', async () => {
    const topic = await governed();
    const ifMatch = await lifecycle.submitted(topic, SCHEMA);
    const sendBack = (as: string, body: object = { reason: 'No label in Arabic' }, tag = ifMatch) =>
      call('POST', `${topic}/draft/send-back`, { as, body, ifMatch: tag });
    expect((await sendBack(PUBLISHER)).status).toBe(403);
    expect((await sendBack(STEWARD, {})).status).toBe(400);
    expect((await sendBack(STEWARD, { reason: 'r' }, '"1"')).status).toBe(412);
    const back = await sendBack(STEWARD);
    expect(back).toMatchObject({
      status: 200,
      body: { status: 'draft', sentBackBy: STEWARD, sentBackReason: 'No label in Arabic' },
    });
    expect(await sendBack(STEWARD)).toMatchObject({ status: 200, body: back.body });
    expect(await call('POST', `${topic}/draft/approve`, { as: STEWARD, ifMatch })).toMatchObject({
      status: 409,
    });
    expect((await lifecycle.activated(topic, { ...SCHEMA, title: 'Mended' })).status).toBe(200);
  });

  it('needs four eyes: neither the submitter nor an author approves, whatever roles they have', async () => {
    const topic = await governed();
    await call('PUT', `${topic}/draft`, { as: BOTH, body: { schema: text(SCHEMA) } });
    const submitted = await call('POST', `${topic}/draft/submit`, { as: PUBLISHER });
    const ifMatch = submitted.headers.get('etag')!;
    for (const as of [BOTH, PUBLISHER])
      expect(await call('POST', `${topic}/draft/approve`, { as, ifMatch })).toMatchObject({
        status: 403,
        body: { code: 'not-allowed' },
      });
    expect((await call('GET', topic)).body.versions).toEqual([]);
    expect((await call('POST', `${topic}/draft/approve`, { as: SECOND_STEWARD, ifMatch })).status).toBe(200);
  });

  it('approves what was read: not a draft swapped meanwhile, nor one never named', async () => {
    const topic = await governed();
    const read = await lifecycle.submitted(topic, SCHEMA);
    const approve = (ifMatch?: string) =>
      call('POST', `${topic}/draft/approve`, { as: STEWARD, ...(ifMatch === undefined ? {} : { ifMatch }) });
    expect(await approve()).toMatchObject({ status: 428 });
    expect(await approve('*')).toMatchObject({ status: 428 });
    // Edited and submitted anew between review and approval.
    const swapped = await lifecycle.submitted(topic, { type: 'object', additionalProperties: true });
    expect(await approve(read)).toMatchObject({ status: 412, body: { code: 'precondition-failed' } });
    // Discarded and begun anew: a revision never comes back.
    await call('DELETE', `${topic}/draft`, { as: PUBLISHER });
    await lifecycle.submitted(topic, { title: 'another' });
    for (const ifMatch of [read, swapped]) expect(await approve(ifMatch)).toMatchObject({ status: 412 });
    // Edited only: out of review.
    const last = (await lifecycle.draft(topic, { title: 'yet another' })).headers.get('etag')!;
    expect(await approve(last)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await call('GET', topic)).body.versions).toEqual([]);
  });

  it('refuses what is newest already', async () => {
    const topic = await governed();
    await lifecycle.activated(topic, SCHEMA);
    await lifecycle.draft(topic, SCHEMA);
    const submit = await call('POST', `${topic}/draft/submit`, { as: PUBLISHER });
    expect(submit).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });
});

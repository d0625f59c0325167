import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { v7 } from 'uuid';
import { manifestDigest, parseEvidence } from '#protocol';
import { GatewayFixture } from '../gateway.spec-fixture.js';

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await GatewayFixture.start();
});
afterAll(() => fixture.stop());

const payload = JSON.stringify({ name: 'Amina' });

describe('a valid message', () => {
  it('is receipted with 201, and its one Kafka record carries payload, manifest and evidence', async () => {
    const id = v7();
    const manifest = fixture.manifest(payload, { jti: id, key: 'citizen-1' });
    const { status, body, headers } = await fixture.post(manifest, payload);
    expect(status).toBe(201);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(body).toEqual({ format: 'wasl-receipt/1', manifest, evidence: body.evidence });

    const evidence = parseEvidence(body.evidence);
    expect(evidence.claims).toMatchObject({ iss: 'urn:wasl:dz:bus:gateway', sub: `urn:uuid:${id}` });
    expect(evidence.event).toMatchObject({
      name: 'SubmissionAcceptance',
      body: {
        sender: fixture.publisher.system,
        topic: fixture.topic,
        version: 1,
        op: 'put',
        manifest: manifestDigest(manifest),
        size: payload.length,
      },
    });

    const [record, ...others] = (await fixture.records(fixture.topic)).filter(
      ({ headers }) => headers.get('ce_id')?.toString() === id,
    );
    expect(others).toEqual([]);
    expect(record?.value?.toString()).toBe(payload);
    expect(record?.key?.toString()).toBe('citizen-1');
    const header = (name: string) => record?.headers.get(name)?.toString();
    expect(header('wasl-manifest')).toBe(manifest);
    expect(header('wasl-evidence')).toBe(body.evidence);
    expect(header('ce_source')).toBe(fixture.publisher.system);
    expect(header('ce_type')).toBe(`${fixture.topic}.put`);
    expect(header('ce_dataschema')).toBe('urn:wasl:schema:0f8fad5b-d9cb-469f-a165-70867728950e');
    expect(record?.headers.get('__value_schema_id')?.toString('hex')).toBe(
      '010f8fad5bd9cb469fa16570867728950e',
    );
  });

  it('may be a deletion, without body', async () => {
    const id = v7();
    const manifest = fixture.manifest('', { op: 'delete', jti: id });
    expect((await fixture.post(manifest, '')).status).toBe(201);
    const record = (await fixture.records(fixture.topic)).find(
      ({ headers }) => headers.get('ce_id')?.toString() === id,
    );
    expect(record?.value).toBeNull();
  });

  it('keeps payload bytes exactly, whatever their spelling', async () => {
    const id = v7();
    const odd = Buffer.from('{ "name" :\t"\\u0041\u0645\u0631 \u{1F600}" ,\n"age":1.0e1}\n');
    expect((await fixture.post(fixture.manifest(odd, { jti: id }), odd)).status).toBe(201);
    const record = (await fixture.records(fixture.topic)).find(
      ({ headers }) => headers.get('ce_id')?.toString() === id,
    );
    expect(record?.value).toEqual(odd);
  });
});

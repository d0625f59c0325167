import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  decodeEntryBundle,
  leafHash,
  manifestDigest,
  nodeHash,
  openCheckpoint,
  parseEvidence,
  parseTlogProof,
  tilePath,
  tileWidth,
  treeRoot,
  uuidUrn,
  verifyConsistency,
  verifyInclusion,
  type Checkpoint,
} from '#protocol';
import type { Problem } from '#service';
import type { ExchangeItem, ExchangeList } from './exchanges/exchange-search.js';
import { SYSTEMS, TestAudit, TOPIC, type Who } from './spec-audit.js';
import { eventually } from './spec-ledger.js';

let audit: TestAudit;
let vkey: string;
const sender = SYSTEMS.sender.id;
const recipient = SYSTEMS.recipient.id;

beforeAll(async () => {
  audit = await TestAudit.start();
  vkey = ((await (await audit.get('/v1/log')).json()) as { vkey: string }).vkey;
});
afterAll(() => audit.close());

async function checkpoint(): Promise<Checkpoint> {
  return openCheckpoint(await (await audit.get('/ledger/checkpoint')).text(), [vkey]);
}

async function search(query: string, who: Who = 'auditor'): Promise<ExchangeList> {
  const response = await audit.get(`/v1/exchanges?${query}`, who);
  expect(response.status).toBe(200);
  return (await response.json()) as ExchangeList;
}

/** The item of a message once it can be searched. */
const found = (message: string) =>
  eventually(
    `message ${message}`,
    async (): Promise<ExchangeItem | undefined> => (await search(`message=${message}`)).items[0],
  );

async function accepted(
  count = 1,
  key = 'k',
): Promise<{ id: string; jti: string; token: string; manifest: string }[]> {
  const messages = Array.from({ length: count }, () => {
    const [id, jti] = [v7(), v7()];
    const manifest = `manifest of ${id}`;
    const body = { sender, topic: TOPIC, version: 1, op: 'put', manifest: manifestDigest(manifest) };
    return { id, jti, manifest, token: audit.gateway.acceptance(id, body, jti) };
  });
  await audit.messages(key, ...messages);
  return messages;
}

async function included(path: string, who: Who): Promise<Response> {
  return eventually(path, async () => {
    const response = await audit.get(path, who);
    if (response.status !== 404) return response;
    expect(response.headers.get('retry-after') ?? '1').toBe('1');
    return undefined;
  });
}

function check(proofText: string, token: string): void {
  const { index, hashes, checkpoint: note } = parseTlogProof(proofText);
  const { size, root } = openCheckpoint(note, [vkey]);
  verifyInclusion({ index, size, leafHash: leafHash(token), proof: hashes, root });
}

describe('proofs', () => {
  it('come as a transparent receipt with the manifest, verifiable from the log key alone', async () => {
    const [message] = await accepted();
    const response = await included(`/v1/messages/${message!.id}/receipt?sender=${sender}`, 'sender');
    expect(response.status).toBe(200);
    const receipt = (await response.json()) as {
      format: string;
      manifest: string;
      evidence: string;
      proof: string;
    };
    expect(receipt).toMatchObject({
      format: 'wasl-receipt/1',
      manifest: message!.manifest,
      evidence: message!.token,
    });
    check(receipt.proof, message!.token);
    const evidence = await audit.get(`/v1/evidence/${message!.jti}`, 'sender');
    expect(evidence.headers.get('content-type')).toBe('application/jose');
    expect(await evidence.text()).toBe(message!.token);
    const proof = await audit.get(`/v1/evidence/${message!.jti}/proof`, 'sender');
    expect(proof.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    check(await proof.text(), message!.token);
  });

  it('are refused until a checkpoint covers the entry', async () => {
    const response = await audit.get(`/v1/messages/${v7()}/receipt`, 'sender');
    expect(response.status).toBe(404);
    expect(((await response.json()) as Problem).code).toBe('not-yet-included');
    expect(response.headers.get('retry-after')).toBe('1');
  });

  it('say so when the manifest was erased, and still give evidence and proof', async () => {
    const id = v7();
    const jti = v7();
    await audit.evidence(audit.gateway.acceptance(id, { sender }, jti));
    await included(`/v1/evidence/${jti}/proof`, 'sender');
    await found(id);
    const response = await audit.get(`/v1/messages/${id}/receipt`, 'sender');
    expect(response.status).toBe(404);
    expect((await response.json()) as Problem).toMatchObject({
      code: 'not-found',
      detail: expect.stringContaining(jti) as string,
    });
  });

  it('of consistency hold between any two published checkpoints and for no other size', async () => {
    const first = await checkpoint();
    await accepted(3);
    const second = await eventually('growth', async () => {
      const now = await checkpoint();
      return now.size > first.size && now;
    });
    const response = await audit.get(`/v1/consistency?first=${first.size}&second=${second.size}`);
    expect(response.status).toBe(200);
    const body = (await response.json()) as { proof: string[]; second: { checkpoint: string } };
    verifyConsistency({
      size1: first.size,
      root1: first.root,
      size2: second.size,
      root2: second.root,
      proof: body.proof.map((hash) => Buffer.from(hash, 'base64')),
    });
    expect(openCheckpoint(body.second.checkpoint, [vkey])).toEqual(second);
    expect(await (await audit.get(`/v1/consistency?first=0&second=${second.size}`)).json()).toMatchObject({
      proof: [],
    });
    for (const [path, status] of [
      [`first=${first.size}&second=${second.size + 1000}`, 404],
      [`first=${second.size}&second=${first.size}`, 400],
      ['first=-1&second=2', 400],
      [`first=1e1&second=${second.size}`, 400],
      ['second=1', 400],
    ] as const)
      expect((await audit.get(`/v1/consistency?${path}`)).status, path).toBe(status);
  });
});

describe('the tile API', () => {
  async function bytes(path: string, who?: Who): Promise<Buffer> {
    const response = await audit.get(`/ledger/${path}`, who);
    expect(response.status, path).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('cache-control')).toContain('immutable');
    return Buffer.from(await response.arrayBuffer());
  }

  it('serves every tile and bundle of the published size, and they lead to its root', async () => {
    await accepted(300);
    const published = await eventually('more than a full tile', async () => {
      const now = await checkpoint();
      return now.size > 300 && now;
    });
    const leaves: Buffer[] = [];
    for (let index = 0; index * 256 < published.size; index++) {
      const width = tileWidth(0, index, published.size);
      const tile = await bytes(tilePath(0, index, width));
      const entries = decodeEntryBundle(await bytes(tilePath('entries', index, width), 'auditor'));
      expect(entries).toHaveLength(width);
      entries.forEach((entry, i) =>
        expect(tile.subarray(i * 32, i * 32 + 32).equals(leafHash(entry))).toBe(true),
      );
      leaves.push(...entries.map((entry) => leafHash(entry)));
    }
    expect(treeRoot(leaves)).toEqual(published.root);
    // An independent fold of the first full tile is the first hash of the level above.
    let row = leaves.slice(0, 256);
    while (row.length > 1) row = row.flatMap((hash, i) => (i % 2 === 0 ? [nodeHash(hash, row[i + 1]!)] : []));
    expect(await bytes(tilePath(1, 0, tileWidth(1, 0, published.size)))).toEqual(row[0]);
    // Partial widths of earlier published sizes stay available: prefixes of the tile.
    const full = await bytes('tile/0/000');
    for (const width of [1, 17, 255])
      expect(await bytes(`tile/0/000.p/${width}`)).toEqual(full.subarray(0, width * 32));
  });

  it.each([
    'tile/0/001',
    'tile/0/999',
    'tile/0/000.p/256',
    'tile/0/000.p/0',
    'tile/0/0',
    'tile/00/000',
    'tile/64/000',
    'tile/5/000.p/1',
    'tile/0/x000/000',
    'tile/0/../../v1/log',
    'tile/0/000.p/255/',
    'tile/entries.json',
    'tile',
  ])('answers 404 to %s', async (path) => {
    const response = await audit.get(`/ledger/${path}`, 'auditor');
    // The URL parser of the client resolves "..", which then is another route.
    if (!path.includes('..')) expect(response.status).toBe(404);
  });

  it('never serves a tile beyond the published checkpoint', async () => {
    const { size } = await checkpoint();
    const index = Math.floor(size / 256);
    const beyond = (size % 256) + 60;
    expect((await audit.get(`/ledger/${tilePath(0, index, Math.min(beyond, 255))}`)).status).toBe(404);
    expect(
      (await audit.get(`/ledger/${tilePath('entries', index, Math.min(beyond, 255))}`, 'auditor')).status,
    ).toBe(404);
  });

  it('gives the checkpoint as a note that nobody caches', async () => {
    const response = await audit.get('/ledger/checkpoint');
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('max-age=1');
  });
});

describe('searches', () => {
  async function handedOver(): Promise<{ id: string; handover: string }> {
    const [message] = await accepted(1, 'handed-over');
    await found(message!.id);
    const { rows } = await audit.query<{ partition: number; position: string }>(
      'select source_partition as partition, source_offset as position from entry where jti = $1',
      [message!.jti],
    );
    const { partition, position } = rows[0]!;
    const ranges = [{ partition, first: position, last: position }];
    const body = {
      recipient,
      agreement: 'agreement-1',
      purpose: 'enrolment',
      basis: 'law 1',
      topic: TOPIC,
      ranges,
      count: 1,
    };
    const handover = v7();
    await audit.evidence(
      audit.gateway.evidence('ContentHandover', uuidUrn(v7()), { ...body, acknowledgement: 'ack' }, handover),
    );
    await eventually(
      'the handover',
      async () => (await search(`message=${message!.id}`)).items[0]?.handovers.length === 1,
    );
    return { id: message!.id, handover };
  }

  it('show the life of a message: accepted, then handed over, to whom and on what basis', async () => {
    const { id, handover } = await handedOver();
    const [item] = (await search(`message=${id}`)).items;
    expect(item).toMatchObject({
      event: 'SubmissionAcceptance',
      message: id,
      sender,
      topic: TOPIC,
      version: 1,
      outcome: 'handed-over',
      handovers: [
        { jti: handover, recipient, agreement: 'agreement-1', purpose: 'enrolment', basis: 'law 1' },
      ],
    });
    expect((await audit.get(item!.links.evidence, 'auditor')).status).toBe(200);
    const ids = async (query: string) => (await search(query)).items.map(({ message }) => message);
    expect(await ids(`recipient=${recipient}&outcome=handed-over`)).toContain(id);
    expect(await ids(`recipient=urn:wasl:dz:education&outcome=accepted`)).toContain(id);
    expect(await ids(`recipient=urn:wasl:dz:statistics`)).toEqual([]);
    expect(await ids(`sender=${sender}&topic=${TOPIC}&outcome=rejected`)).toEqual([]);
  });

  it('find rejections with their reason, by period and outcome', async () => {
    const id = v7();
    const at = Date.parse('2026-03-01T12:00:00Z') / 1000;
    const body = {
      sender,
      topic: TOPIC,
      reason: 'payload-invalid',
      errors: [{ pointer: '/name', rule: 'type' }],
    };
    await audit.evidence(audit.gateway.evidence('SubmissionRejection', uuidUrn(id), body, v7(), at));
    await found(id);
    const period = 'from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z&outcome=rejected';
    expect((await search(period)).items).toMatchObject([
      { message: id, outcome: 'rejected', reason: 'payload-invalid' },
    ]);
    expect((await search(`message=${id}&to=2026-03-01T12:00:00Z`)).items).toEqual([]);
  });

  it('page through everything once while entries are being appended', async () => {
    const wanted = (await accepted(40, 'paging')).map(({ id }) => id);
    for (const id of wanted) await found(id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: ExchangeList = await search(`topic=${TOPIC}&limit=7${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...page.items.map(({ message }) => message ?? ''));
      cursor = page.cursor;
      await accepted(3, 'meanwhile');
    } while (cursor !== null && seen.length < 2_000);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => wanted.includes(id)).sort()).toEqual(wanted.sort());
  });

  it('show a party what its member sent or received and nothing else', async () => {
    const { id } = await handedOver();
    const rejected = v7();
    await audit.evidence(
      audit.gateway.evidence('SubmissionRejection', uuidUrn(rejected), { sender, reason: 'wrong-signature' }),
    );
    await found(rejected);
    const seen = async (who: Who) => (await search('limit=500&event=all', who)).items;
    const bySender = await seen('sender');
    expect(bySender.map(({ message }) => message)).toEqual(expect.arrayContaining([id, rejected]));
    const byRecipient = await seen('recipient');
    expect(byRecipient.map(({ message }) => message)).toContain(id);
    expect(byRecipient.map(({ message }) => message)).not.toContain(rejected);
    // All that a stranger finds is that it looked.
    expect((await seen('stranger')).filter(({ event }) => event !== 'AuditQuery')).toEqual([]);
    const { jti } = bySender.find(({ message }) => message === id)!;
    for (const [who, status] of [
      ['sender', 200],
      ['recipient', 200],
      ['auditor', 200],
      ['stranger', 404],
    ] as const) {
      expect((await audit.get(`/v1/evidence/${jti}`, who)).status, who).toBe(status);
      expect((await audit.get(`/v1/evidence/${jti}/proof`, who)).status, who).toBe(status);
      expect((await audit.get(`/v1/messages/${id}/receipt`, who)).status, who).toBe(status);
    }
  });

  it.each([
    '/v1/exchanges',
    `/v1/messages/${v7()}/receipt`,
    `/v1/evidence/${v7()}`,
    `/v1/evidence/${v7()}/proof`,
    '/ledger/tile/entries/000',
  ])('are refused without a token and to the wrong role: %s', async (path) => {
    expect((await audit.get(path)).status).toBe(401);
    expect((await audit.get(path, undefined, { authorization: 'Bearer x.y.z' })).status).toBe(401);
    expect((await audit.get(path, 'steward')).status).toBe(403);
    if (path.startsWith('/ledger')) expect((await audit.get(path, 'sender')).status).toBe(403);
    expect((await (await audit.get(path, 'steward')).json()) as Problem).toMatchObject({
      code: 'not-allowed',
    });
  });

  it('take no role from a token that the directory does not grant', async () => {
    const token = await audit.token('sender', { scope: 'auditor publisher' });
    const response = await audit.get('/v1/exchanges?event=all&limit=500', undefined, {
      authorization: `Bearer ${token}`,
    });
    const { items } = (await response.json()) as ExchangeList;
    expect(items.every(({ sender: by }) => by?.startsWith('urn:wasl:dz:interior:'))).toBe(true);
    expect(
      (await audit.get('/ledger/tile/entries/000', undefined, { authorization: `Bearer ${token}` })).status,
    ).toBe(403);
  });

  it.each(['limit=0', 'sender=x', 'colour=blue', 'from=yesterday'])(
    'are refused with a bad parameter: %s',
    async (query) => {
      const response = await audit.get(`/v1/exchanges?${query}`, 'auditor');
      expect(response.status).toBe(400);
      expect((await response.json()) as Problem).toMatchObject({
        code: 'malformed-request',
        errors: [{ rule: 'parameter' }],
      });
    },
  );

  it('are refused with a cursor that was never given out', async () => {
    const response = await audit.get('/v1/exchanges?cursor=abc', 'auditor');
    expect([response.status, ((await response.json()) as Problem).code]).toEqual([400, 'invalid-cursor']);
  });
});

describe('looking into the journal', () => {
  async function queries(reason: string): Promise<Record<string, unknown>[]> {
    return eventually(`AuditQuery ${reason}`, async () => {
      const { rows } = await audit.query<{ data: Buffer }>(`select data from entry order by idx`);
      const bodies = rows
        .map(({ data }) => parseEvidence(data.toString()).event)
        .filter(({ name }) => name === 'AuditQuery');
      const matching = bodies.map(({ body }) => body).filter((body) => body['reason'] === reason);
      return matching.length > 0 && matching;
    });
  }

  it('leaves an AuditQuery in the ledger: who, what, why', async () => {
    const [message] = await accepted();
    await included(`/v1/evidence/${message!.jti}/proof`, 'sender');
    const cases: [path: string, resource: string, filter: object][] = [
      [`/v1/exchanges?sender=${sender}&limit=1`, 'exchanges', { sender, limit: '1' }],
      [`/v1/evidence/${message!.jti}`, 'evidence', { jti: message!.jti }],
      [`/v1/evidence/${message!.jti}/proof`, 'proof', { jti: message!.jti }],
      [`/v1/messages/${message!.id}/receipt`, 'receipt', { id: message!.id }],
      ['/ledger/tile/entries/000.p/1', 'entries', { bundle: 0, width: 1 }],
    ];
    for (const [path, resource, filter] of cases) {
      const reason = `mandate ${v7()}`;
      expect((await audit.get(path, 'auditor', { 'wasl-query-reason': reason })).status, path).toBe(200);
      const member = 'urn:wasl:dz:court-of-accounts';
      expect(await queries(reason)).toEqual([
        { system: SYSTEMS.auditor.id, member, resource, filter, reason },
      ]);
    }
    const shown = await search('event=AuditQuery&limit=5');
    expect(shown.items[0]).toMatchObject({ event: 'AuditQuery', sender: SYSTEMS.auditor.id });
  });

  it('refuses a reason that is an essay', async () => {
    const response = await audit.get('/v1/exchanges', 'auditor', { 'wasl-query-reason': 'x'.repeat(201) });
    expect(response.status).toBe(400);
  });
});

describe('the service', () => {
  it('is ready, serves its document, and counts what it does', async () => {
    expect((await audit.get('/health/ready')).status).toBe(200);
    const document = (await (await audit.get('/openapi.json')).json()) as { openapi: string; paths: object };
    expect(document.openapi).toMatch(/^3\.1/);
    const metrics = await (await audit.get('/metrics')).text();
    for (const name of ['ledger_size', 'checkpoint_size', 'lag_records', 'checkpoint_time_seconds', 'leader'])
      expect(metrics).toContain(`wasl_audit_${name}`);
  });

  it('has a second instance that stands by, serves reads, and takes over', async () => {
    const first = audit.newest;
    const second = await audit.run();
    expect((await fetch(`${second.url}/health/ready`)).status).toBe(200);
    expect(await (await fetch(`${second.url}/metrics`)).text()).toMatch(/wasl_audit_leader\{[^}]*\} 0/);
    expect(openCheckpoint(await (await audit.get('/ledger/checkpoint')).text(), [vkey]).size).toBeGreaterThan(
      0,
    );
    await first.close();
    const [message] = await accepted();
    const proof = await included(`/v1/evidence/${message!.jti}/proof`, 'sender');
    check(await proof.text(), message!.token);
  });

  it('answers no search while the query cannot be recorded', async () => {
    await audit.broker.kafka.kill();
    const response = await audit.get('/v1/exchanges', 'auditor');
    expect(response.status).toBe(503);
    expect((await response.json()) as Problem).toMatchObject({ code: 'unavailable' });
    // What needs no record goes on.
    expect((await audit.get('/ledger/checkpoint')).status).toBe(200);
    await audit.broker.kafka.start();
    await eventually(
      'searches again',
      async () => (await audit.get('/v1/exchanges', 'auditor')).status === 200,
      60_000,
    );
    const [message] = await accepted();
    await included(`/v1/evidence/${message!.jti}/proof`, 'sender');
  });
});

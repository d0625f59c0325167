import { readFile, writeFile } from 'node:fs/promises';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  decodeEntryBundle,
  leafHash,
  nodeHash,
  openCheckpoint,
  tilePath,
  tileWidth,
  treeRoot,
  verifyConsistency,
} from '#protocol';
import type { Problem } from '#service';
import { SYSTEMS, TestAudit, type Who } from '../spec-audit.js';
import { eventually } from '../spec-ledger.js';

const sender = SYSTEMS.sender.id;

let audit: TestAudit;

beforeAll(async () => {
  audit = await TestAudit.start();
});
afterAll(() => audit.close());

describe('proofs', () => {
  it('come as a transparent receipt with the manifest, verifiable from the log key alone', async () => {
    const [message] = await audit.accepted();
    const response = await audit.included(`/v1/messages/${message!.id}/receipt?sender=${sender}`, 'sender');
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
    audit.check(receipt.proof, message!.token);
    const evidence = await audit.get(`/v1/evidence/${message!.jti}`, 'sender');
    expect(evidence.headers.get('content-type')).toBe('application/jose');
    expect(await evidence.text()).toBe(message!.token);
    const proof = await audit.get(`/v1/evidence/${message!.jti}/proof`, 'sender');
    expect(proof.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    audit.check(await proof.text(), message!.token);
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
    await audit.included(`/v1/evidence/${jti}/proof`, 'sender');
    await audit.found(id);
    const response = await audit.get(`/v1/messages/${id}/receipt`, 'sender');
    expect(response.status).toBe(404);
    expect((await response.json()) as Problem).toMatchObject({
      code: 'not-found',
      detail: expect.stringContaining(jti) as string,
    });
  });

  it('of consistency hold between any two published checkpoints and for no other size', async () => {
    const first = await audit.checkpoint();
    await audit.accepted(3);
    const second = await eventually('growth', async () => {
      const now = await audit.checkpoint();
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
    expect(openCheckpoint(body.second.checkpoint, [audit.vkey])).toEqual(second);
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
    await audit.accepted(300);
    const published = await eventually('more than a full tile', async () => {
      const now = await audit.checkpoint();
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
    const { size } = await audit.checkpoint();
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
    expect(
      openCheckpoint(await (await audit.get('/ledger/checkpoint')).text(), [audit.vkey]).size,
    ).toBeGreaterThan(0);
    await first.close();
    const [message] = await audit.accepted();
    const proof = await audit.included(`/v1/evidence/${message!.jti}/proof`, 'sender');
    audit.check(await proof.text(), message!.token);
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
    const [message] = await audit.accepted();
    await audit.included(`/v1/evidence/${message!.jti}/proof`, 'sender');
  });

  it('freezes when the guard refuses: not ready, appends and signs nothing, still serves reads', async () => {
    const guard = await readFile(audit.guardFile, 'utf8');
    await writeFile(audit.guardFile, 'not a checkpoint');
    await eventually('not ready', async () => (await audit.get('/health/ready')).status === 503);
    const size = async () => (await audit.query<{ size: string }>('select size from head')).rows;
    // The transaction in flight may still end.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const [checkpoint, before] = [await audit.checkpoint(), await size()];
    const [message] = await audit.accepted();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await audit.checkpoint()).toEqual(checkpoint);
    expect(await size()).toEqual(before);
    expect(await (await audit.get('/metrics')).text()).toMatch(/wasl_audit_frozen\{[^}]*\} 1/);
    // Put back what was signed last, start again: nothing was lost.
    await writeFile(audit.guardFile, guard);
    await audit.newest.close();
    await audit.run();
    const proof = await audit.included(`/v1/evidence/${message!.jti}/proof`, 'sender');
    audit.check(await proof.text(), message!.token);
  });
});

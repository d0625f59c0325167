import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { encodeEntryBundle, HASH_BYTES, parseTilePath, TILE_WIDTH, tileWidth, WaslError } from '#protocol';
import { CurrentCaller, Public, Roles, type Caller } from '#service';
import { AuditTrail } from '../exchanges/audit-trail.js';
import { queryReason } from '../exchanges/query-reason.js';
import { CheckpointStore } from './checkpoint-store.js';
import { EntryStore } from './entry-store.js';
import { TileStore } from './tile-store.js';

const IMMUTABLE = 'max-age=31536000, immutable';

/** The log as C2SP tlog-tiles: checkpoint and hashes for everyone, entries for auditors. */
@Controller('ledger')
export class LedgerController {
  constructor(
    @Inject(CheckpointStore) private readonly checkpoints: CheckpointStore,
    @Inject(TileStore) private readonly tiles: TileStore,
    @Inject(EntryStore) private readonly entries: EntryStore,
    @Inject(AuditTrail) private readonly trail: AuditTrail,
  ) {}

  @Public()
  @Get('checkpoint')
  async checkpoint(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const checkpoint = await this.checkpoints.latest();
    if (!checkpoint)
      throw new WaslError('unavailable', 'no checkpoint was signed yet', { retryAfterSeconds: 1 });
    void reply.header('content-type', 'text/plain; charset=utf-8').header('cache-control', 'max-age=1');
    return checkpoint.note;
  }

  @Roles('auditor')
  @Get('tile/entries/*')
  async bundle(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentCaller() caller: Caller,
  ): Promise<Buffer> {
    const { index, width } = await this.published(request);
    await this.trail.record(caller, 'entries', { bundle: index, width }, queryReason(request));
    const entries = await this.entries.range(index * TILE_WIDTH, width);
    if (entries.length !== width)
      throw new Error(`bundle ${index} has ${entries.length} entries instead of ${width}`);
    void reply
      .header('content-type', 'application/octet-stream')
      .header('cache-control', `private, ${IMMUTABLE}`);
    return encodeEntryBundle(entries);
  }

  @Public()
  @Get('tile/*')
  async tile(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const { level, index, width } = await this.published(request);
    if (level === 'entries') throw notFound();
    const hashes = await this.tiles.read(level, index, width);
    void reply
      .header('content-type', 'application/octet-stream')
      .header('cache-control', `public, ${IMMUTABLE}`);
    return hashes.subarray(0, width * HASH_BYTES);
  }

  /** The address in the path, if a published checkpoint has such a tile in that width. */
  private async published(request: FastifyRequest) {
    const address = parseTilePath(request.url.replace(/\?.*$/s, '').slice('/ledger/'.length));
    const checkpoint = await this.checkpoints.latest();
    if (!address || !checkpoint || tileWidth(address.level, address.index, checkpoint.size) < address.width)
      throw notFound();
    return address;
  }
}

const notFound = () => new WaslError('not-found', 'no published checkpoint has this tile in this width');

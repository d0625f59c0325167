import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isSystemUrn, isUuid, parseEvidence, RECEIPT_FORMAT, WaslError, type Receipt } from '#protocol';
import { CurrentCaller, Roles, type Caller } from '#service';
import { EntryStore } from '../ledger/entry-store.js';
import { notYetIncluded, Prover } from '../ledger/prover.js';
import { EvidenceAccess, type ReadEntry } from './evidence-access.js';
import { queryReason } from './query-reason.js';
import { scopeOf } from './scope.js';

/** Transparent receipts: evidence with its inclusion proof, and the manifest as long as it is kept. */
@Roles('auditor', 'publisher', 'consumer')
@Controller('v1/messages/:id/receipt')
export class ReceiptsController {
  constructor(
    @Inject(EvidenceAccess) private readonly access: EvidenceAccess,
    @Inject(EntryStore) private readonly entries: EntryStore,
    @Inject(Prover) private readonly prover: Prover,
  ) {}

  @Get()
  async receipt(
    @Param('id') id: string,
    @Query('sender') sender: unknown,
    @Req() request: FastifyRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<Receipt> {
    if (!isUuid(id)) throw new WaslError('malformed-request', 'the id of a message is a UUID in lower case');
    if (sender !== undefined && !isSystemUrn(sender))
      throw new WaslError('malformed-request', 'sender is the URN of a system');
    await this.access.announce(
      caller,
      'receipt',
      sender === undefined ? { id } : { id, sender },
      queryReason(request),
    );
    const entries = await this.entries.aboutMessage(id, scopeOf(caller), sender);
    return this.receiptFor(chosen(await this.access.readable(caller, entries)));
  }

  private async receiptFor({ entry, row }: ReadEntry): Promise<Receipt> {
    const evidence = entry.data.toString('latin1');
    const proof = await this.prover.inclusion(entry.index);
    if (row.event === 'ContentHandover') {
      const acknowledgement = parseEvidence(evidence).event.body['acknowledgement'];
      if (typeof acknowledgement === 'string')
        return { format: RECEIPT_FORMAT, acknowledgement, evidence, proof };
    }
    const manifest = await this.entries.manifest(entry.index);
    if (manifest === undefined)
      throw new WaslError('not-found', `its manifest is not kept; /v1/evidence/${row.jti} and its proof are`);
    return { format: RECEIPT_FORMAT, manifest, evidence, proof };
  }
}

/** The acceptance of a message rather than an earlier rejection. @throws WaslError not-yet-included, malformed-request */
function chosen(readable: readonly ReadEntry[]): ReadEntry {
  const submissions = readable.filter(({ row }) => row.event !== 'ContentHandover');
  if (new Set(submissions.map(({ row }) => row.sender)).size > 1)
    throw new WaslError('malformed-request', 'several senders used this id: name one with ?sender=');
  const best = readable.find(({ row }) => row.event === 'SubmissionAcceptance') ?? readable[0];
  if (!best) throw notYetIncluded();
  return best;
}

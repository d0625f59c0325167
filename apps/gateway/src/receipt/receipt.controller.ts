import { Controller, Get, Inject, Param } from '@nestjs/common';
import { isUuid, WaslError, type MessageReceipt } from '#protocol';
import { CurrentCaller, Roles, type Caller } from '#service';
import { SubmissionCommitter } from '../intake/committer.js';
import { SubmissionStore } from '../intake/submission.store.js';

@Controller('v1/messages')
export class ReceiptController {
  constructor(
    @Inject(SubmissionStore) private readonly store: SubmissionStore,
    @Inject(SubmissionCommitter) private readonly committer: SubmissionCommitter,
  ) {}

  /** The receipt of a message that the caller itself sent; the journal gives it with its proof. */
  @Get(':id/receipt')
  @Roles('publisher')
  async receipt(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<MessageReceipt> {
    if (!isUuid(id)) throw new WaslError('malformed-request', 'a message id is a UUID in lower case');
    const [stored] = await this.store.find([{ sender: caller.system, messageId: id }]);
    // An id that was reserved but never produced has no receipt yet: sending the message again completes it.
    if (!stored || !(stored.produced || this.committer.isProduced(stored.batchId))) {
      throw new WaslError('not-found', 'this system has no receipt for a message of that id here');
    }
    return { format: 'wasl-receipt/1', manifest: stored.manifest, evidence: stored.evidence };
  }
}

import type { KafkaProducer } from '#kafka';
import { WaslError } from '#protocol';
import { evidenceRecord, type Caller, type EvidenceSigner } from '#service';

const MAX_REASON = 200;

/** Whoever looks into the journal is written into it, durably and before the answer. */
export class AuditTrail {
  constructor(
    private readonly signer: EvidenceSigner,
    private readonly producer: Pick<KafkaProducer, 'send'>,
  ) {}

  /**
   * @param filter what is asked for, as given; how much is found is not known yet
   * @param reason text of the header `wasl-query-reason`
   * @throws WaslError unavailable: not recorded, so not answered; malformed-request: the reason is too long
   */
  async record(caller: Caller, resource: string, filter: object, reason: string | undefined): Promise<void> {
    if (reason !== undefined && reason.length > MAX_REASON)
      throw new WaslError('malformed-request', `wasl-query-reason may have at most ${MAX_REASON} characters`);
    const { system, member } = caller;
    const body = { system, member, resource, filter, ...(reason === undefined ? {} : { reason }) };
    const evidence = this.signer.sign('AuditQuery', system, body, new Date());
    await this.producer.send([evidenceRecord(evidence)]);
  }
}

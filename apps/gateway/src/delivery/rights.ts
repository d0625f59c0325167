import { isKeyInForce, type AgreementRecord, type ControlState } from '#control';
import { WaslError } from '#protocol';
import type { Signatories } from '../signatories.js';
import type { SystemKeys } from './system-keys.js';

/** Whether a consumer may have messages of a topic, asked anew for every page and while it waits. */
export class Rights {
  constructor(
    private readonly view: ControlState,
    private readonly signatories: Signatories,
    private readonly keys: SystemKeys,
  ) {}

  /** @throws WaslError unknown-topic, system-suspended, key-not-active, no-agreement */
  require(consumer: string, topic: string, now: Date): AgreementRecord {
    if (!this.view.contract(topic))
      throw new WaslError('unknown-topic', 'no contract is published for this topic');
    const system = this.signatories.requireSystem(consumer);
    if (!system.roles.includes('consumer')) throw noAgreement();
    // A token outlives the key that it was asked for with; without any key in force it is worth nothing.
    if (!this.keys.of(consumer).some((key) => isKeyInForce(key, now))) {
      throw new WaslError('key-not-active', 'the system has no signing key in force');
    }
    const agreement = this.view.agreementInForce(consumer, topic, now);
    if (!agreement) throw noAgreement();
    if (agreement.fields !== null) {
      throw new WaslError(
        'no-agreement',
        'the agreement covers some fields only, and messages are delivered whole',
      );
    }
    return agreement;
  }
}

function noAgreement(): WaslError {
  return new WaslError('no-agreement', 'no agreement in force lets this system receive the topic');
}

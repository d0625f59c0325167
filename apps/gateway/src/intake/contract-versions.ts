import { CompiledContracts } from '#contracts';
import type { ControlState, VersionRecord } from '#control';
import { WaslError } from '#protocol';

/** Contract versions with their validators, compiled at first use and bounded in number and memory. */
export class ContractVersions {
  private readonly compiled = new CompiledContracts();

  constructor(private readonly view: ControlState) {}

  /** @throws WaslError unknown-contract-version: unknown or retired */
  require(topic: string, version: number): VersionRecord {
    const record = this.view.version(topic, version);
    if (!record)
      throw new WaslError('unknown-contract-version', 'the contract of this topic has no such version');
    if (record.status === 'retired') {
      throw new WaslError(
        'unknown-contract-version',
        'this version of the contract is retired; use a newer one',
      );
    }
    return record;
  }

  /** @throws WaslError payload-invalid with pointers and rules, no values */
  validate(version: VersionRecord, data: unknown): void {
    const contract = this.compiled.get(version.sha256, { text: version.schema });
    const violations = contract.validate(data);
    if (violations.length > 0) {
      throw new WaslError('payload-invalid', 'the payload breaks rules of its contract', { violations });
    }
  }
}

import { LRUCache } from 'lru-cache';
import { CompiledContract } from '#contracts';
import type { ControlState, VersionRecord } from '#control';
import { WaslError } from '#protocol';

const COMPILED_AT_MOST = 256;

/** Contract versions with their validators, compiled at first use and bounded in number. */
export class ContractVersions {
  private readonly compiled = new LRUCache<string, CompiledContract>({ max: COMPILED_AT_MOST });

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
    let contract = this.compiled.get(version.sha256);
    if (!contract) {
      contract = CompiledContract.compile(version.schema);
      this.compiled.set(version.sha256, contract);
    }
    const violations = contract.validate(data);
    if (violations.length > 0) {
      throw new WaslError('payload-invalid', 'the payload breaks rules of its contract', { violations });
    }
  }
}

import { Injectable } from '@nestjs/common';
import { bundleSchema, type ExportedContract, type SchemaSource } from '#contracts';
import { WaslError } from '#protocol';
import { ContractStore, type StoredContract } from '../contracts/contract-store.js';
import { VersionsService } from '../contracts/lifecycle/versions.service.js';
import { ReferenceResolver } from '../schemas/references.js';
import type { StoredVersion } from '../schemas/schema-rows.js';
import { SchemaStore } from '../schemas/schema-store.js';
import { subjectOf } from '../topics.js';
import type { VersionChoice } from '../schemas/version-number.js';

const PAGE = 500;
/** Of one member, in one document. */
const MOST_CONTRACTS = 200;

/** Gathers what is published of contracts, for documents in the formats of others. */
@Injectable()
export class ExportService {
  constructor(
    private readonly contracts: ContractStore,
    private readonly schemas: SchemaStore,
    private readonly references: ReferenceResolver,
    private readonly versions: VersionsService,
  ) {}

  /** @throws WaslError `not-found` */
  async contract(topic: string, version: VersionChoice): Promise<ExportedContract> {
    const contract = await this.contracts.contract(topic);
    if (!contract) throw new WaslError('not-found', 'no contract is published for this topic');
    const stored = await this.versionOf(topic, version);
    if (!stored) throw new WaslError('not-found', 'the contract has no such version');
    return this.exported(contract, stored);
  }

  /** A version of a contract as one text. @throws WaslError `not-found` */
  async bundle(topic: string, version: VersionChoice): Promise<string> {
    const stored = await this.versionOf(topic, version);
    if (!stored || !(await this.contracts.contract(topic))) {
      throw new WaslError('not-found', 'no contract with such a version is published for this topic');
    }
    return bundleSchema(await this.sourceOf(stored));
  }

  /**
   * All contracts of a member at their newest version, in order of topics; without those that have none, or a retired
   * one.
   * @throws WaslError `invalid-request` if they are too many for one document
   */
  async contractsOf(owner: string): Promise<ExportedContract[]> {
    const all: ExportedContract[] = [];
    for (let after: string | undefined = ''; after !== undefined;) {
      const page: StoredContract[] = await this.contracts.contracts(after, PAGE, owner);
      for (const contract of page) {
        const stored = await this.versionOf(contract.topic, 'latest');
        const whole = stored && (await this.exported(contract, stored));
        if (whole && whole.state !== 'retired') all.push(whole);
        if (all.length > MOST_CONTRACTS) {
          throw new WaslError(
            'invalid-request',
            `more than ${MOST_CONTRACTS} contracts: export them by topic`,
          );
        }
      }
      after = page.length === PAGE ? page.at(-1)?.topic : undefined;
    }
    return all;
  }

  private versionOf(topic: string, version: VersionChoice): Promise<StoredVersion | undefined> {
    return this.schemas.version(subjectOf(topic), version);
  }

  private async sourceOf({ context, text, references }: StoredVersion): Promise<SchemaSource> {
    const { texts } = await this.references.resolve(context, references);
    return { text, references: texts };
  }

  private async exported(contract: StoredContract, stored: StoredVersion): Promise<ExportedContract> {
    const { topic, name, major, ...governance } = contract;
    const source = await this.sourceOf(stored);
    const states = await this.versions.states(topic);
    const state = states.find(({ version }) => version === stored.version);
    return {
      ...{ topic, name, major },
      ...{ version: stored.version, id: stored.id, guid: stored.guid },
      state: state?.status ?? 'active',
      ...(state?.sunset ? { sunset: state.sunset.toISOString().slice(0, 10) } : {}),
      governance: { name, ...governance } as ExportedContract['governance'],
      schemaText: source.text,
      flat: JSON.parse(bundleSchema(source, { flatten: true })) as ExportedContract['flat'],
    };
  }
}

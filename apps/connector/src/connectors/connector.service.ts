import type { Pool, PoolClient } from 'pg';
import type { ControlView, Outbox } from '#control';
import type { TopicAdmin } from '#kafka';
import { WaslError, memberOf } from '#protocol';
import { evidenceRecord, type Caller, type EventName, type EvidenceSigner } from '#service';
import { connectorSettings, type ConfigMap } from '../configuration/connector-config.js';
import { deadLetterTopic } from '../dead-letters/dead-letter.js';
import { readRegistrySpec } from '../registry/registry-spec.js';
import type { Worker } from '../worker/worker.js';
import type { ConnectorRepository, ConnectorRow, TargetState } from './connector.repository.js';

export interface ConnectorServiceParts {
  pool: Pool;
  repository: ConnectorRepository;
  outbox: Outbox;
  signer: EvidenceSigner;
  admin: TopicAdmin;
  view: Pick<ControlView, 'isMemberWithin'>;
  worker: Pick<Worker, 'kick'>;
  specsDir: string;
}

const MOST_CONNECTORS = 1_000;

/** Administration of connectors. Every change is evidence, written in the same transaction. */
export class ConnectorService {
  constructor(private readonly parts: ConnectorServiceParts) {}

  async list(caller: Caller): Promise<ConnectorRow[]> {
    return (await this.parts.repository.all()).filter(({ system }) => this.mayControl(caller, system));
  }

  /** Throws `not-found` also for a connector of another member: its name is not the caller's business. */
  async get(caller: Caller, name: string): Promise<ConnectorRow> {
    const row = await this.parts.repository.find(name);
    if (!row || !this.mayControl(caller, row.system)) {
      throw new WaslError('not-found', 'there is no connector of this name that the caller may see');
    }
    return row;
  }

  /** Throws malformed-request, not-allowed, conflict. */
  async create(
    caller: Caller,
    name: string,
    config: ConfigMap,
    target: TargetState = 'RUNNING',
  ): Promise<ConnectorRow> {
    const settings = this.settings(caller, name, config);
    const { repository, admin } = this.parts;
    if ((await repository.all()).length >= MOST_CONNECTORS) {
      throw new WaslError('conflict', `there are ${MOST_CONNECTORS} connectors already; delete some`);
    }
    await admin.ensureTopics([{ topic: deadLetterTopic(name), partitions: 1 }]);
    const row = {
      name,
      system: settings.system,
      type: settings.type,
      config: withoutName(config),
      targetState: target,
    };
    await this.act(caller, row, 'ConnectorCreated', async (client) => {
      if (!(await repository.insert(client, row)))
        throw new WaslError('conflict', `the connector ${name} exists`);
      return true;
    });
    return this.get(caller, name);
  }

  /** Creates the connector or changes its configuration; says which. */
  async put(
    caller: Caller,
    name: string,
    config: ConfigMap,
  ): Promise<{ row: ConnectorRow; created: boolean }> {
    const existing = await this.parts.repository.find(name);
    if (!existing) return { row: await this.create(caller, name, config), created: true };
    const row = await this.get(caller, name);
    this.settings(caller, name, config);
    for (const fixed of ['connector.class', 'wasl.registry', 'wasl.flow']) {
      if (config[fixed] !== row.config[fixed]) {
        throw new WaslError(
          'conflict',
          `${fixed} cannot change: offsets would not fit; make another connector`,
        );
      }
    }
    await this.act(caller, row, 'ConnectorChanged', (client) =>
      this.parts.repository.saveConfig(client, name, withoutName(config)),
    );
    return { row: await this.get(caller, name), created: false };
  }

  async target(caller: Caller, name: string, target: TargetState): Promise<void> {
    const events = {
      RUNNING: 'ConnectorResumed',
      PAUSED: 'ConnectorPaused',
      STOPPED: 'ConnectorStopped',
    } as const;
    const row = await this.get(caller, name);
    await this.act(caller, row, events[target], (client) =>
      this.parts.repository.saveTarget(client, name, target),
    );
  }

  async restart(caller: Caller, name: string, onlyFailed: boolean): Promise<ConnectorRow> {
    const row = await this.get(caller, name);
    if (!onlyFailed || row.taskState === 'FAILED') {
      await this.act(caller, row, 'ConnectorRestarted', async (client) => {
        await this.parts.repository.nextGeneration(client, name);
        return true;
      });
    }
    return row;
  }

  async remove(caller: Caller, name: string): Promise<void> {
    const row = await this.get(caller, name);
    await this.act(caller, row, 'ConnectorDeleted', (client) => this.parts.repository.remove(client, row));
  }

  /** The steward, and systems of the member that owns the registry or of one above it. */
  private mayControl(caller: Caller, system: string): boolean {
    if (caller.roles.includes('steward')) return true;
    const exchanges = caller.roles.includes('publisher') || caller.roles.includes('consumer');
    return exchanges && this.parts.view.isMemberWithin(memberOf(system), caller.member);
  }

  private settings(caller: Caller, name: string, config: ConfigMap) {
    const settings = connectorSettings(name, config, (registry) =>
      readRegistrySpec(this.parts.specsDir, registry),
    );
    if (!this.mayControl(caller, settings.system)) {
      throw new WaslError(
        'not-allowed',
        `only ${memberOf(settings.system)} and the steward may connect this registry`,
      );
    }
    return settings;
  }

  /** Runs a change with its evidence in one transaction; a change that changes nothing leaves none. */
  private async act(
    caller: Caller,
    row: Pick<ConnectorRow, 'name' | 'system' | 'type' | 'config'>,
    event: EventName,
    change: (client: PoolClient) => Promise<boolean>,
  ): Promise<void> {
    const { pool, outbox, signer, worker } = this.parts;
    const body = {
      connector: row.name,
      system: row.system,
      type: row.type,
      registry: row.config['wasl.registry'],
      flow: row.config['wasl.flow'],
      by: caller.system,
    };
    const client = await pool.connect();
    try {
      await client.query('begin');
      if (await change(client)) {
        const evidence = signer.sign(event, `urn:wasl:connector:${row.name}`, body, new Date());
        await outbox.enqueue(client, [evidenceRecord(evidence)]);
      }
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
    outbox.kick();
    worker.kick();
  }
}

function withoutName(config: ConfigMap): ConfigMap {
  return Object.fromEntries(Object.entries(config).filter(([key]) => key !== 'name'));
}

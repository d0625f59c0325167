import { Injectable } from '@nestjs/common';
import type { Trust } from '#protocol';
import { Changes } from '../changes/changes.service.js';
import { KeyEntity } from '../keys/key.entity.js';
import { keyView } from '../keys/key-view.js';
import { Bus } from '../runtime/bus.js';

@Injectable()
export class TrustService {
  constructor(
    private readonly changes: Changes,
    private readonly bus: Bus,
  ) {}

  /** All keys there ever were: what they signed while they were good must verify for ever. */
  async read(): Promise<Trust> {
    const rows = await this.changes.read((manager) =>
      manager.find(KeyEntity, { order: { system: 'asc', kid: 'asc' } }),
    );
    const keys = rows.map((row) => {
      const { version: _version, ...key } = keyView(row);
      return key;
    });
    return { format: 'wasl-trust/1', bus: this.bus.urn, log: [], keys };
  }
}

import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import type { DataSource } from 'typeorm';

/** Keeps nothing: what oidc-provider would store for the flows that are switched off. */
export class SilentAdapter implements Adapter {
  async find(_id: string): Promise<AdapterPayload | undefined | void> {}
  async findByUid(): Promise<undefined> {}
  async findByUserCode(): Promise<undefined> {}
  async upsert(_id: string, _payload: AdapterPayload, _expiresIn: number): Promise<undefined> {}
  async consume(): Promise<undefined> {}
  async destroy(): Promise<undefined> {}
  async revokeByGrantId(): Promise<undefined> {}

  /** Runs SQL; a database that can't answer gives 503, and no token. */
  protected async ask<T>(source: DataSource, sql: string, parameters: unknown[]): Promise<T[]> {
    try {
      return await source.query<T[]>(sql, parameters);
    } catch (cause) {
      throw new errors.OIDCProviderError(503, 'temporarily_unavailable', { cause });
    }
  }
}

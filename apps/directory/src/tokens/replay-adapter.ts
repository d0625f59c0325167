import { errors, type AdapterPayload } from 'oidc-provider';
import type { DataSource } from 'typeorm';
import { SilentAdapter } from './silent-adapter.js';

const MARGIN_SECONDS = 60;
const USE = `
  insert into used_assertion (issuer, id, expires_at) values ($1, $2, now() + make_interval(secs => $3))
  on conflict do nothing returning id`;

/**
 * Client assertions that were used, for all instances. Inserting if absent is the check, so two requests
 * at once can't both pass. `find` says nothing: oidc-provider asks it before, which would be a race.
 */
export class ReplayAdapter extends SilentAdapter {
  constructor(private readonly source: DataSource) {
    super();
  }

  /** `expiresIn`: seconds until the assertion would be refused as expired, clock tolerance included. */
  override async upsert(id: string, payload: AdapterPayload, expiresIn: number): Promise<undefined> {
    const issuer = String(payload['iss']);
    const inserted = await this.ask(this.source, USE, [issuer, id, expiresIn + MARGIN_SECONDS]);
    if (inserted.length === 0)
      throw new errors.InvalidClientAuth('client assertion tokens must only be used once');
  }

  /** Forgets what would be refused as expired anyway. */
  async sweep(): Promise<void> {
    await this.source.query('delete from used_assertion where expires_at < now()');
  }
}

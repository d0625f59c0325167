import { createHash, createHmac, randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import { NO_PASSWORD, verifyPassword, WaslError } from '#protocol';
import type { Account } from './accounts-file.js';
import type { Accounts } from './accounts.js';
import { BackOff } from './back-off.js';
import type { Credentials } from './credentials.js';
import type { RegistryCaller } from './registry-access.js';
import { WorkQueue } from './work-queue.js';

const REMEMBERED_MS = 10 * 60_000;
const PASSWORDS_AT_ONCE = 2;
const PASSWORDS_WAITING = 64;

type BasicCredentials = Extract<Credentials, { scheme: 'basic' }>;

/** Accounts of a file, by password or token. */
export class AccountCallers {
  /** Passwords are costly to check by design: a good one is remembered for a while, under a key of this process. */
  private readonly key = randomBytes(32);
  private readonly verified = new LRUCache<string, Account>({ max: 1_000, ttl: REMEMBERED_MS });
  private readonly checking = new Map<string, Promise<boolean>>();
  private readonly queue = new WorkQueue(PASSWORDS_AT_ONCE, PASSWORDS_WAITING);
  private readonly byAddress: BackOff;
  private readonly byName: BackOff;

  constructor(
    private readonly accounts: Accounts,
    private readonly now: () => number = Date.now,
  ) {
    this.byAddress = new BackOff({ free: 10, firstMs: 1_000, longestMs: 60_000 }, now);
    this.byName = new BackOff({ free: 10, firstMs: 1_000, longestMs: 15_000 }, now);
    accounts.changed = () => this.verified.clear();
  }

  /** @param ip address that the request came from */
  callerOf(credentials: Credentials, ip: string): RegistryCaller | Promise<RegistryCaller> {
    if (credentials.scheme === 'bearer') return this.byToken(credentials.token, networkOf(ip));
    const key = this.keyOf(credentials);
    const remembered = this.verified.get(key);
    // What was good a moment ago is not held up by others who guess.
    return remembered ? this.inForce(remembered) : this.byPassword(credentials, key, networkOf(ip));
  }

  private byToken(token: string, network: string): RegistryCaller {
    const account = this.accounts.withToken(createHash('sha256').update(token).digest('hex'));
    if (account) return this.inForce(account);
    this.requirePatience(network, undefined);
    this.byAddress.failed(network);
    throw new WaslError('not-authenticated', 'this registry does not know the token');
  }

  private async byPassword(
    credentials: BasicCredentials,
    key: string,
    network: string,
  ): Promise<RegistryCaller> {
    const { name, password } = credentials;
    this.requirePatience(network, name);
    const account = this.accounts.named(name);
    const check = async () => {
      // An unknown name takes as long as a known one.
      const agrees = await verifyPassword(password, account?.password ?? NO_PASSWORD);
      return agrees && account?.password !== undefined;
    };
    const known = this.checking.get(key);
    const checked = known ?? this.queue.run(check).finally(() => this.checking.delete(key));
    if (!known) this.checking.set(key, checked);
    if (!(await checked) || !account) {
      this.byAddress.failed(network);
      this.byName.failed(name);
      throw new WaslError(
        'not-authenticated',
        'this registry does not know the account, or not by this password',
      );
    }
    this.byName.succeeded(name);
    // The file may have changed in the meantime.
    if (this.accounts.named(name) === account) this.verified.set(key, account);
    return this.inForce(account);
  }

  private inForce({ expires, caller }: Account): RegistryCaller {
    if (expires === undefined || this.now() < expires) return caller;
    throw new WaslError('not-authenticated', 'the account has expired');
  }

  private requirePatience(network: string, name: string | undefined): void {
    const ofName = name === undefined ? 0 : this.byName.wait(name);
    const wait = Math.max(this.byAddress.wait(network), ofName);
    if (wait === 0) return;
    throw new WaslError('too-many-requests', 'too many wrong credentials: wait before the next attempt', {
      retryAfterSeconds: Math.ceil(wait / 1_000),
    });
  }

  private keyOf({ name, password }: BasicCredentials): string {
    return createHmac('sha256', this.key).update(`${name.length}:${name}`).update(password).digest('base64');
  }
}

/** Whoever has one address of IPv6 has the other 2^64 of its network too. */
function networkOf(ip: string): string {
  if (!isIPv6(ip) || ip.startsWith('::ffff:')) return ip;
  const [head = '', tail] = ip.split('::');
  const groups = head.split(':');
  if (tail !== undefined) groups.push(...Array<string>(8).fill('0'));
  return groups.slice(0, 4).join(':');
}

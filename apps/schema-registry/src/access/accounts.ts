import { readFileSync, statSync, unwatchFile, watchFile } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { ConfigError, type Logger } from '#service';
import { type Account, parseAccounts } from './accounts-file.js';

const LARGEST_FILE = 8 << 20;
const LOOK_EVERY_MS = 2_000;
/** in a line of the log */
const MOST_NAMES = 100;

/** The accounts of a file, read again whenever it changes. A file that is no longer right changes nothing. */
export class Accounts {
  private byName = new Map<string, Account>();
  private byToken = new Map<string, Account>();
  private readonly onChange = () => this.reload();

  /** Called after the accounts have changed. */
  changed: () => void = () => undefined;

  /** @throws ConfigError saying what is wrong where */
  constructor(
    private readonly file: string,
    private readonly logger: Logger,
    lookEveryMs = LOOK_EVERY_MS,
  ) {
    try {
      this.read();
    } catch (error) {
      throw new ConfigError([
        { env: 'REGISTRY_ACCOUNTS_FILE', problem: `${file}: ${(error as Error).message}` },
      ]);
    }
    // By its state, not by events: these miss files that are replaced by others, as orchestrators do it.
    watchFile(file, { interval: lookEveryMs, persistent: false }, this.onChange);
  }

  named(name: string): Account | undefined {
    return this.byName.get(name);
  }

  withToken(sha256: string): Account | undefined {
    return this.byToken.get(sha256);
  }

  close(): void {
    unwatchFile(this.file, this.onChange);
  }

  private reload(): void {
    try {
      const before = this.byName;
      this.read();
      this.changed();
      const fields = { accounts: this.byName.size, ...differences(before, this.byName) };
      this.logger.info(fields, 'the accounts file was read again');
    } catch (error) {
      const reason = (error as Error).message;
      this.logger.error({ reason }, 'the accounts file is wrong: the accounts from before stay in force');
    }
  }

  private read(): void {
    if (statSync(this.file).size > LARGEST_FILE) throw new Error(`it is larger than ${LARGEST_FILE} bytes`);
    const accounts = parseAccounts(readFileSync(this.file));
    this.byName = new Map(accounts.map((account) => [account.name, account]));
    this.byToken = new Map(
      accounts.flatMap((account) => (account.tokenSha256 ? [[account.tokenSha256, account]] : [])),
    );
  }
}

/** Who came, went or was given something else. Names are told, never what proves them. */
function differences(before: ReadonlyMap<string, Account>, after: ReadonlyMap<string, Account>): object {
  const kept = [...after.keys()].filter((name) => before.has(name));
  const told = (names: string[]) => names.slice(0, MOST_NAMES);
  return {
    added: told([...after.keys()].filter((name) => !before.has(name))),
    removed: told([...before.keys()].filter((name) => !after.has(name))),
    changed: told(kept.filter((name) => !isDeepStrictEqual(after.get(name), before.get(name)))),
  };
}

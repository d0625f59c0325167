import { CompiledContract, parsePayload } from '#contracts';
import { parsePasswordHash, type PasswordHash, WaslError } from '#protocol';
import { ROLES } from '#control';
import { AccountRights, type Grants } from './account-rights.js';
import type { RegistryCaller } from './registry-access.js';
import { ALL_RIGHTS } from './rights.js';
import { parseSubjectPattern, type SubjectPattern } from './subject-pattern.js';

/** An account of the file: it shows a password, a token, or either. */
export interface Account {
  name: string;
  password: PasswordHash | undefined;
  /** SHA-256, lower-case hexadecimal */
  tokenSha256: string | undefined;
  /** When it ends, in ms since 1970. */
  expires: number | undefined;
  caller: RegistryCaller;
}

const RIGHTS = ['read', 'write', 'delete', 'config'] as const;

type AccountEntry = Partial<Record<(typeof RIGHTS)[number], string[]>> & {
  name: string;
  password?: string;
  tokenSha256?: string;
  expires?: string;
  admin?: boolean;
};

const patterns = { type: 'array', maxItems: 100, items: { type: 'string', minLength: 1, maxLength: 512 } };

const FILE = CompiledContract.compile(
  JSON.stringify({
    type: 'object',
    required: ['accounts'],
    additionalProperties: false,
    properties: {
      accounts: {
        type: 'array',
        maxItems: 10_000,
        items: {
          type: 'object',
          required: ['name'],
          additionalProperties: false,
          properties: {
            name: { type: 'string', maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._@-]*$' },
            password: { type: 'string', maxLength: 256 },
            tokenSha256: { type: 'string', maxLength: 64, pattern: '^[0-9a-f]{64}$' },
            expires: { type: 'string', maxLength: 40 },
            admin: { type: 'boolean' },
            ...Object.fromEntries(RIGHTS.map((right) => [right, patterns])),
          },
        },
      },
    },
  }),
);

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * Reads the text of an accounts file.
 * @throws Error saying where what is wrong; no value of the file is repeated
 */
export function parseAccounts(bytes: Buffer): Account[] {
  let document: unknown;
  try {
    document = parsePayload(bytes);
  } catch (error) {
    throw new Error(error instanceof WaslError ? error.detail : 'it cannot be read', { cause: error });
  }
  const [violation] = FILE.validate(document);
  if (violation) throw new Error(`${violation.pointer || '/'} is not as expected (${violation.rule})`);
  const accounts = (document as { accounts: AccountEntry[] }).accounts.map(readAccount);
  requireDistinct(accounts, 'name');
  requireDistinct(accounts, 'tokenSha256');
  return accounts;
}

function readAccount(entry: AccountEntry, index: number): Account {
  const wrong = (member: string, expected: string) =>
    new Error(`/accounts/${index}${member} is not as expected: ${expected}`);
  const { name, tokenSha256, admin } = entry;
  if (entry.password === undefined && tokenSha256 === undefined) throw wrong('', 'a password or tokenSha256');
  const password = entry.password === undefined ? undefined : parsePasswordHash(entry.password);
  if (entry.password !== undefined && !password) {
    throw wrong('/password', 'a hash such as `wasl registry account` makes, $scrypt$ln=14,r=8,p=5$…');
  }
  if (entry.expires !== undefined && !(INSTANT.test(entry.expires) && Date.parse(entry.expires))) {
    throw wrong('/expires', 'a time with its offset, such as 2027-01-31T00:00:00Z');
  }
  const grants = {} as Record<keyof Grants, SubjectPattern[]>;
  for (const right of RIGHTS) {
    grants[right] = (entry[right] ?? []).map((text, at) => {
      const pattern = parseSubjectPattern(text);
      if (!pattern) throw wrong(`/${right}/${at}`, 'name, beginning*, :.context:name, :.context:* or :*:*');
      return pattern;
    });
  }
  if (admin && RIGHTS.some((right) => entry[right])) throw wrong('', 'admin is all rights: list no others');
  const caller: RegistryCaller = {
    system: `account:${name}`,
    member: '',
    roles: admin ? ROLES : [],
    rights: admin ? ALL_RIGHTS : new AccountRights(grants),
  };
  const expires = entry.expires === undefined ? undefined : Date.parse(entry.expires);
  return { name, password, tokenSha256, expires, caller };
}

function requireDistinct(accounts: readonly Account[], member: 'name' | 'tokenSha256'): void {
  const seen = new Set<string>();
  for (const [index, { [member]: value }] of accounts.entries()) {
    if (value === undefined) continue;
    if (seen.has(value)) throw new Error(`/accounts/${index}/${member} is another account's already`);
    seen.add(value);
  }
}

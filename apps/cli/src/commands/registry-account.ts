import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { hashPassword } from '#protocol';
import { print, UsageError, type OutputOptions } from '../output.js';

const RIGHTS = ['read', 'write', 'delete', 'config'] as const;

type Rights = Partial<Record<(typeof RIGHTS)[number], string[]>>;

interface Options extends OutputOptions, Rights {
  admin?: boolean;
  token?: boolean;
  expires?: string;
  file?: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
/** The registry reads them more closely. */
const SUBJECTS = /^(?::\*:|:\.[\w.-]*:)?[^*]*\*?$/;
const SECRET_BYTES = 24;

export function registryAccount(parent: Command): void {
  const command = parent
    .command('account <name>')
    .description('make an account of a schema registry; its fresh password or token is shown once')
    .option('--admin', 'may do everything')
    .option('--token', 'a bearer token instead of a password')
    .option('--expires <time>', 'when it ends, such as 2027-01-31T00:00:00Z')
    .option('--file <file>', 'accounts file to put it in; an account of the same name is replaced')
    .option('--json', 'machine readable');
  for (const right of RIGHTS)
    command.option(
      `--${right} <subjects...>`,
      `may ${right}: name, beginning*, :.context:name, :.context:*, :*:*`,
    );
  command.action(async (name: string, options: Options) => {
    if (!NAME.test(name)) throw new UsageError('a name has letters, digits and ._@- (64 at most)');
    if (options.admin && RIGHTS.some((right) => options[right]))
      throw new UsageError('--admin is all rights: name no others');
    if (options.expires !== undefined && !/T.*(?:Z|[+-]\d{2}:\d{2})$/.test(options.expires))
      throw new UsageError('--expires is a time with its offset, such as 2027-01-31T00:00:00Z');
    for (const subject of RIGHTS.flatMap((right) => options[right] ?? []))
      if (!SUBJECTS.test(subject)) throw new UsageError(`"${subject}": a star may end the name, no more`);
    const secret = (options.token ? 'wasl_' : '') + randomBytes(SECRET_BYTES).toString('base64url');
    const account = { name, ...(await proofOf(secret, options)), ...rightsOf(options) };
    if (options.file !== undefined) putInto(options.file, account);
    const kind = options.token ? 'token' : 'password';
    print(options, { account, [kind]: secret, ...(options.file ? { file: options.file } : {}) }, [
      options.file ? `Account ${name} is in ${options.file}.` : JSON.stringify(account, null, 2),
      `The ${kind} of ${name}, shown only now: ${secret}`,
    ]);
  });
}

async function proofOf(secret: string, { token }: Options): Promise<object> {
  if (token) return { tokenSha256: createHash('sha256').update(secret).digest('hex') };
  return { password: await hashPassword(secret, randomBytes(16)) };
}

function rightsOf(options: Options): object {
  const rights = RIGHTS.flatMap((right) => (options[right] ? [[right, options[right]] as const] : []));
  return {
    ...(options.expires === undefined ? {} : { expires: options.expires }),
    ...(options.admin ? { admin: true } : {}),
    ...Object.fromEntries(rights),
  };
}

/** Replaces the file as a whole, so that a registry never reads half of it. */
function putInto(file: string, account: { name: string }): void {
  let accounts: { name: string }[] = [];
  let mode = 0o600;
  if (existsSync(file)) {
    const document = JSON.parse(readFileSync(file, 'utf8')) as { accounts?: unknown };
    if (!Array.isArray(document.accounts)) throw new UsageError(`${file} is no accounts file`);
    mode = statSync(file).mode & 0o777;
    accounts = document.accounts as { name: string }[];
  }
  const others = accounts.filter(({ name }) => name !== account.name);
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.draft`;
  const text = JSON.stringify({ accounts: [...others, account] }, null, 2) + '\n';
  writeFileSync(draft, text, { mode, flag: 'wx' });
  renameSync(draft, file);
}

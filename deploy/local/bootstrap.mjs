// What `npm start`, `npm test` and `npm run bench` need before anything can be imported: a Node that is new
// enough, the dependencies of the lockfile, and a build of today's sources. Plain JavaScript without imports
// from npm, since on a fresh clone nothing is installed yet and the host may have Node 20.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const stamps = join(root, '.wasl', 'stamps');
const TARGETS = {
  // Five services share this process on a small machine: a young generation that stays small keeps it lean.
  start: {
    entry: 'dist/deploy/local/src/main.js',
    build: true,
    nodeArgs: ['--max-old-space-size=512', '--max-semi-space-size=8'],
    env: { MALLOC_ARENA_MAX: '2' },
  },
  test: { entry: 'deploy/checks/run.mjs', build: false },
  bench: { entry: 'dist/bench/main.js', build: true },
  build: { entry: null, build: true },
};

function fail(message) {
  console.error(`\n${message}\n`);
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(
    `Node ${process.versions.node} is too old: Wasl needs Node 20.19 or newer. Install it, then try again.`,
  );
}

/** Shows that a long step is alive: one line that ends with its duration. */
function step(label, run) {
  const started = Date.now();
  process.stdout.write(`  ${label} … `);
  const result = run();
  process.stdout.write(`${((Date.now() - started) / 1000).toFixed(1)} s\n`);
  return result;
}

function unchanged(name, value) {
  const file = join(stamps, name);
  return existsSync(file) && readFileSync(file, 'utf8') === value;
}

function remember(name, value) {
  mkdirSync(stamps, { recursive: true });
  writeFileSync(join(stamps, name), value);
}

function runTool(command, args, wayOut) {
  try {
    execFileSync(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
  } catch (error) {
    fail(`${command} ${args.join(' ')} failed:\n${error.stdout ?? ''}${error.stderr ?? error}\n${wayOut}`);
  }
}

function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(join(root, 'node_modules', '.package-lock.json')) && unchanged('dependencies', lock)) return;
  step('installing dependencies (npm ci)', () =>
    runTool(
      'npm',
      ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
      'Check the network and the npm registry, then try again.',
    ),
  );
  remember('dependencies', lock);
}

/** The Node 24 that npm brought as an optional platform package, else the host's. */
function packagedNode() {
  const file = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  return existsSync(file) ? file : process.execPath;
}

function sourcesDigest() {
  const hash = createHash('sha256');
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules') walk(path);
      } else if (/\.(ts|json)$/.test(entry.name)) {
        const { size, mtimeMs } = statSync(path);
        hash.update(`${path}\0${size}\0${mtimeMs}\n`);
      }
    }
  };
  for (const folder of ['apps', 'libs', 'deploy', 'bench'])
    if (existsSync(join(root, folder))) walk(join(root, folder));
  for (const file of ['package.json', 'tsconfig.base.json', 'tsconfig.build.json'])
    hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function build() {
  const digest = sourcesDigest();
  if (existsSync(join(root, 'dist')) && unchanged('build', digest)) return;
  step('building', () =>
    runTool(
      packagedNode(),
      ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
      'Mend the errors above, then try again.',
    ),
  );
  remember('build', digest);
}

checkNode();
const name = process.argv[2];
const target = TARGETS[name];
if (!target) fail(`Unknown target "${name}". Known: ${Object.keys(TARGETS).join(', ')}.`);
install();
if (target.build) build();
if (target.entry) {
  // The child shares the terminal's process group, so Ctrl-C reaches it directly; this process only waits.
  const child = spawn(packagedNode(), [...(target.nodeArgs ?? []), target.entry, ...process.argv.slice(3)], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...target.env },
  });
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

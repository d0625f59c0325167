// `npm test`: every check in one order, cheapest first; all of them run even when one fails, and the last
// line counts. A static check counts as one test, a Vitest project as its tests.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';

const results = '.wasl/test-results';
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const bin = (tool) => `node_modules/.bin/${tool}`;
const vitest = (project) => ({
  name: `${project} tests`,
  command: [
    bin('vitest'),
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}/${project}.json`,
  ],
  report: `${results}/${project}.json`,
});
const CHECKS = [
  { name: 'format', command: [bin('prettier'), '--check', '--log-level=warn', '.'] },
  { name: 'edges', command: [bin('depcruise'), 'apps', 'libs', 'deploy', 'bench', '--output-type', 'err'] },
  { name: 'types', command: [bin('tsc'), '-p', 'tsconfig.json'] },
  { name: 'lint', command: [bin('eslint'), '.', '--max-warnings=0'] },
  { name: 'unused', command: [bin('knip'), '--no-progress'] },
  vitest('unit'),
  { name: 'build', command: ['node', 'deploy/local/bootstrap.mjs', 'build'] },
  vitest('integration'),
  vitest('e2e'),
];

function run([command, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: process.env });
    child.on('error', (error) => {
      console.error(String(error));
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** Counts of a Vitest JSON report; a run that failed without a failing test (a crashed set-up) counts as one. */
function counts(check, code) {
  if (!check.report) return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  try {
    const report = JSON.parse(readFileSync(check.report, 'utf8'));
    const failed = report.numFailedTests || (code === 0 ? 0 : 1);
    return { passed: report.numPassedTests, failed, skipped: report.numPendingTests + report.numTodoTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const only = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };
const rows = [];
for (const check of CHECKS.filter(
  ({ name }) => only.length === 0 || only.some((word) => name.startsWith(word)),
)) {
  console.log(`\n── ${check.name} ${'─'.repeat(Math.max(0, 70 - check.name.length))}`);
  const started = Date.now();
  const code = await run(check.command);
  const count = counts(check, code);
  for (const key of Object.keys(total)) total[key] += count[key];
  rows.push([
    check.name,
    count.failed > 0 ? 'FAILED' : 'ok',
    `${((Date.now() - started) / 1000).toFixed(0)} s`,
  ]);
}

console.log('');
for (const [name, state, time] of rows)
  console.log(`  ${name.padEnd(20)} ${state.padEnd(8)} ${time.padStart(6)}`);
console.log('');
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.exitCode = total.failed > 0 ? 1 : 0;
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);

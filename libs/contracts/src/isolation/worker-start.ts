import { Worker, type ResourceLimits } from 'node:worker_threads';

/** From built output a worker starts as it is; from TypeScript sources, as under Vitest, Node must be told how. */
const RUNS_FROM_SOURCE = import.meta.url.endsWith('.ts');

const RESOLVE_SOURCES = `
import { registerHooks } from 'node:module';
registerHooks({
  resolve(specifier, context, next) {
    const isOwn = context.parentURL?.endsWith('.ts') && /^\\.{1,2}\\/.*\\.js$/.test(specifier);
    return next(isOwn ? specifier.replace(/\\.js$/, '.ts') : specifier, context);
  },
});`;

/** What makes Node run this repository's sources. */
export const SOURCE_ARGUMENTS = [
  '--conditions=wasl-source',
  '--experimental-transform-types',
  '--disable-warning=ExperimentalWarning',
  `--import=data:text/javascript,${encodeURIComponent(RESOLVE_SOURCES)}`,
];

export function startWorker(resourceLimits: ResourceLimits): Worker {
  const entry = new URL(RUNS_FROM_SOURCE ? './worker-entry.ts' : './worker-entry.js', import.meta.url);
  return new Worker(entry, {
    resourceLimits,
    execArgv: RUNS_FROM_SOURCE ? SOURCE_ARGUMENTS : [],
    // A hostile schema has no business with secrets, and a flood of output none with our log. The streams are not read:
    // reading them would keep the program alive.
    env: {},
    stdout: true,
    stderr: true,
    stdin: false,
  });
}

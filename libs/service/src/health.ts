import type { Pool } from 'pg';
import type { ControlView } from '#control';
import { WaslError } from '#protocol';

/** Something a service needs to do its job: it can sign, produce, write, knows the control plane. */
export interface HealthCheck {
  name: string;
  /** Returns or resolves when all is well; throws, rejects or outlasts the timeout otherwise. */
  check: () => unknown;
  /** Milliseconds; 2,000 by default. */
  timeoutMs?: number;
}

export interface CheckResult {
  name: string;
  ok: boolean;
  /** Milliseconds that the check took. */
  ms: number;
  /** For the log, never for the caller. */
  error?: unknown;
}

/** Runs all checks side by side; simultaneous askers share one run. */
export class Readiness {
  private running: Promise<CheckResult[]> | undefined;

  constructor(private readonly checks: readonly HealthCheck[]) {}

  run(): Promise<CheckResult[]> {
    this.running ??= Promise.all(this.checks.map(runCheck)).finally(() => (this.running = undefined));
    return this.running;
  }
}

async function runCheck({ name, check, timeoutMs = 2_000 }: HealthCheck): Promise<CheckResult> {
  const start = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  const elapsed = () => Math.round(performance.now() - start);
  try {
    await Promise.race([Promise.resolve().then(check), timeout]);
    return { name, ok: true, ms: elapsed() };
  } catch (error) {
    return { name, ok: false, ms: elapsed(), error };
  } finally {
    clearTimeout(timer);
  }
}

/** The database answers. */
export function databaseCheck(pool: Pool): HealthCheck {
  return { name: 'database', check: () => pool.query('select 1') };
}

/** The view of the control plane has caught up since start, and holds the keys by which callers prove who they are. */
export function controlViewCheck(view: Pick<ControlView, 'ready' | 'tokenKeys'>): HealthCheck {
  return {
    name: 'control-view',
    check: () => {
      if (!view.ready)
        throw new WaslError('unavailable', 'the control plane has not been read to its end yet');
      if (!view.tokenKeys())
        throw new WaslError('unavailable', 'the directory has not published the keys of its tokens yet');
    },
  };
}

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RunningProcess {
  pid: number;
  arguments: string[];
}

const hasProc = process.platform === 'linux';

/** The command line of a process; undefined when it has ended or is a zombie. */
export function processArguments(pid: number): string[] | undefined {
  try {
    if (hasProc) {
      const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return text === '' ? undefined : text.replace(/\0+$/, '').split('\0');
    }
    const text = execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return text === '' ? undefined : text.split(' ');
  } catch {
    return undefined;
  }
}

export function isRunning(pid: number): boolean {
  return processArguments(pid) !== undefined;
}

/** Processes one of whose arguments is `argument`: how a server left by a killed run is known as ours. */
export function findProcesses(argument: string): RunningProcess[] {
  const pids = hasProc
    ? readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    : execFileSync('ps', ['-axo', 'pid='], { encoding: 'utf8' }).trim().split(/\s+/);
  const found: RunningProcess[] = [];
  for (const pid of pids.map(Number)) {
    const line = pid === process.pid ? undefined : processArguments(pid);
    if (line?.includes(argument)) found.push({ pid, arguments: line });
  }
  return found;
}

/** Asks a process to end by `signal`, and ends it by SIGKILL when it still runs after `patienceMs`. */
export async function endProcess(pid: number, signal: NodeJS.Signals, patienceMs: number): Promise<void> {
  if (!send(pid, signal)) return;
  const deadline = Date.now() + patienceMs;
  while (isRunning(pid)) {
    if (Date.now() > deadline) send(pid, 'SIGKILL');
    await sleep(25);
  }
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** The process that listens on a TCP port of this machine, where the system lets us see it. */
export function listenerOf(port: number): RunningProcess | undefined {
  const pid = hasProc ? listenerByProc(port) : listenerByLsof(port);
  return pid === undefined ? undefined : { pid, arguments: processArguments(pid) ?? [] };
}

function listenerByLsof(port: number): number | undefined {
  try {
    const text = execFileSync('lsof', ['-nP', '-t', `-iTCP:${port}`, '-sTCP:LISTEN'], { encoding: 'utf8' });
    return Number(text.split('\n')[0]) || undefined;
  } catch {
    return undefined;
  }
}

function listenerByProc(port: number): number | undefined {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const sockets = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readQuietly(table).split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/);
      if (columns[1]?.endsWith(suffix) && columns[3] === '0A') sockets.add(`socket:[${columns[9]}]`);
    }
  }
  if (sockets.size === 0) return undefined;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => openFiles(pid).some((file) => sockets.has(file)));
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function openFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return '';
      }
    });
  } catch {
    return [];
  }
}

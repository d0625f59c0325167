import { execFileSync, spawn, type SpawnOptions } from 'node:child_process';
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

/** Runs a program to its end; output is what it wrote to both its outputs, code null when it could not run. */
export function runProgram(
  file: string,
  args: string[],
  options: SpawnOptions = {},
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const program = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const read = (chunk: Buffer) => (output += chunk.toString());
    program.stdout?.on('data', read);
    program.stderr?.on('data', read);
    program.on('error', (error) => resolve({ code: null, output: error.message }));
    program.on('close', (code) => resolve({ code, output }));
  });
}

export function isRunning(pid: number): boolean {
  return processArguments(pid) !== undefined;
}

/** Processes with an argument that `matches`: how a server left by a killed run is known as ours, by its folder. */
export function findProcesses(matches: (argument: string) => boolean): RunningProcess[] {
  const pids = hasProc
    ? readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    : execFileSync('ps', ['-axo', 'pid='], { encoding: 'utf8' }).trim().split(/\s+/);
  const found: RunningProcess[] = [];
  for (const pid of pids.map(Number)) {
    const line = pid === process.pid ? undefined : processArguments(pid);
    if (line?.some(matches)) found.push({ pid, arguments: line });
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

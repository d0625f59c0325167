import Table from 'cli-table3';
import type { Command } from 'commander';
import { HttpChannel } from '#client';
import { readEnvironment } from '../environment.js';
import { EXIT, print, type OutputOptions } from '../output.js';

const SERVICES = ['gateway', 'registry', 'directory', 'connector', 'audit'] as const;

interface ServiceState {
  service: string;
  address: string;
  state: 'ready' | 'not ready' | 'not answering';
}

async function stateOf(address: string): Promise<ServiceState['state']> {
  const channel = new HttpChannel(address, 1);
  try {
    const response = await channel.send({ method: 'GET', path: '/health/ready', timeoutMs: 3_000 });
    return response.status === 200 ? 'ready' : 'not ready';
  } catch {
    return 'not answering';
  } finally {
    await channel.close();
  }
}

export function status(parent: Command): void {
  parent
    .command('status')
    .description('say which services of the environment can do their job')
    .option('--json', 'machine readable')
    .action(async (options: OutputOptions) => {
      const environment = readEnvironment();
      const states = await Promise.all(
        SERVICES.map(async (service) => ({
          service,
          address: environment[service],
          state: await stateOf(environment[service]),
        })),
      );
      const table = new Table({
        head: ['service', 'state', 'address'],
        style: { head: [], border: [], compact: true },
      });
      for (const { service, state, address } of states) table.push([service, state, address]);
      print(options, states, [table.toString()]);
      process.exitCode = states.every(({ state }) => state === 'ready') ? EXIT.done : EXIT.undecided;
    });
}

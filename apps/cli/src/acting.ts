import type { Command } from 'commander';
import { ContractLifecycle, type WaslClient } from '#client';
import { clientFor, readEnvironment, type Identity } from './environment.js';
import type { OutputOptions } from './output.js';

export interface ActingOptions extends OutputOptions, Identity {
  role: string;
}

export interface Acting {
  client: WaslClient;
  /** base URL of the schema registry */
  registry: string;
  lifecycle: ContractLifecycle;
}

/** Options of a command that acts on contracts as a system. */
export function actingOptions(command: Command, role: 'steward' | 'publisher'): Command {
  return command
    .requiredOption('--as <system>', 'URN of a publisher that owns the contract, or of a steward')
    .option('--role <role>', 'role to act in: steward or publisher', role)
    .option('--key <file>', 'private key (default: the environment’s)')
    .option('--json', 'machine readable');
}

export async function acting<T>(options: ActingOptions, work: (acting: Acting) => Promise<T>): Promise<T> {
  const { registry } = readEnvironment();
  const client = clientFor(options, [options.role]);
  try {
    return await work({ client, registry, lifecycle: new ContractLifecycle(client, registry) });
  } finally {
    await client.close();
  }
}

import { parentPort } from 'node:worker_threads';
import { WaslError } from '#protocol';
import { SCHEMA_TASKS } from './tasks.js';
import type { TaskRequest, WorkerMessage } from './worker-messages.js';

const tasks = new Map<string, (input: never) => unknown>(Object.entries(SCHEMA_TASKS));

parentPort?.on('message', ({ task, input }: TaskRequest) => answer(() => tasks.get(task)?.(input as never)));
send({ kind: 'ready' });

function answer(run: () => unknown): void {
  try {
    send({ kind: 'value', value: run() });
  } catch (error) {
    if (error instanceof WaslError)
      send({ kind: 'refusal', code: error.code, detail: error.detail, violations: error.violations });
    else send({ kind: 'failure', message: (error as Error).message.slice(0, 500) });
  }
}

function send(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

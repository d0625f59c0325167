import type { Violation } from '#protocol';

export interface TaskRequest {
  task: string;
  input: unknown;
}

/** The first message of a worker says that it has loaded its modules; each other answers one request. */
export type WorkerMessage =
  | { kind: 'ready' }
  | { kind: 'value'; value: unknown }
  | { kind: 'refusal'; code: string; detail: string; violations?: Violation[] | undefined }
  | { kind: 'failure'; message: string };

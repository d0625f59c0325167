import { WaslError } from '#protocol';

/** Stops a task until someone restarts it. The message is the trace that the operator reads: plain words, no secret. */
export class TaskFailure extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'TaskFailure';
  }
}

/** The condition passes by itself: wait and try again, the task stays RUNNING. */
export class TransientFailure extends Error {
  constructor(
    message: string,
    readonly retryAfterSeconds = 0,
    options: { cause?: unknown } = {},
  ) {
    super(message, options);
    this.name = 'TransientFailure';
  }
}

/** Another instance holds the lease now; this task ends without a trace. */
export class LeaseLost extends Error {
  constructor() {
    super('another instance has taken the connector over');
    this.name = 'LeaseLost';
  }
}

/** SQLSTATE, or a socket's error; Node's own programming errors begin with ERR_. */
const DATABASE_CODE = /^(?:[0-9A-Z]{5}|E(?!RR_)[A-Z]+)$/;
/** Errors of the driver that carry no code. */
const CONNECTION_LOST =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered|Query read timeout)/;

/** What an error means for the task that met it. */
export function classify(error: unknown): TaskFailure | TransientFailure | LeaseLost {
  if (error instanceof TaskFailure || error instanceof TransientFailure || error instanceof LeaseLost)
    return error;
  if (error instanceof WaslError) return classifyWasl(error);
  const code = codeOf(error);
  if (code !== undefined && DATABASE_CODE.test(code)) return classifyDatabase(code, error);
  if (error instanceof Error && CONNECTION_LOST.test(error.message)) {
    return new TransientFailure('the database does not answer', 0, { cause: error });
  }
  return new TaskFailure('The task met an internal error; the log of the connector service has it.', {
    cause: error,
  });
}

function classifyWasl(error: WaslError): TaskFailure | TransientFailure {
  const { code, detail, retryAfterSeconds } = error;
  if (code === 'unavailable' || code === 'too-many-requests' || code === 'internal') {
    return new TransientFailure(detail, retryAfterSeconds, { cause: error });
  }
  if (code === 'malformed-request' || code === 'not-found') {
    return new TaskFailure(`${detail}. Correct it, then restart the connector.`, { cause: error });
  }
  return new TaskFailure(`The bus refused: ${code}. ${detail}. ${whatToDo(code)}`, { cause: error });
}

/** The next step for whoever reads the trace. */
export function whatToDo(code: string): string {
  const advice: Record<string, string> = {
    'no-agreement':
      'Have the agreement or the ownership of the contract put in force, then restart the connector.',
    'unknown-topic': 'Have the contract published in the schema registry, then restart the connector.',
    'unknown-contract-version': 'Correct contract.version in the registry spec, then restart the connector.',
    'id-conflict':
      'This id was used for other content: restore the connector database or report it, then restart.',
    'cursor-expired':
      'The topic no longer holds where the sink stands: delete its row of wasl_sink_state to read from the beginning, then restart.',
    'acknowledgement-mismatch':
      'What was written differs from what the topic holds: have it examined; empty "pending" in wasl_sink_state to go on, then restart.',
    'manifest-expired': 'Set the clock of the connector, then restart it.',
    'manifest-in-future': 'Set the clock of the connector, then restart it.',
    'unknown-key':
      'Register and activate the key of the system in the directory, then restart the connector.',
    'key-not-active': 'Activate a key of the system in the directory, then restart the connector.',
    'key-compromised': 'Give the system a new key, then restart the connector.',
    'not-authenticated':
      'Check the key of the system and its roles in the directory, then restart the connector.',
    'not-allowed': 'Have the role granted in the directory, then restart the connector.',
  };
  return advice[code] ?? 'Mend the cause, then restart the connector.';
}

function codeOf(error: unknown): string | undefined {
  const code: unknown = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** SQLSTATE classes and socket errors; texts of the database stay inside, they may hold values. */
function classifyDatabase(code: string, cause: unknown): TaskFailure | TransientFailure {
  if (code.startsWith('28')) {
    return new TaskFailure('The database refused the credentials of the secret. Mend it, then restart.', {
      cause,
    });
  }
  if (code === '42501') {
    return new TaskFailure('The database role may not do this. Grant access, then restart the connector.', {
      cause,
    });
  }
  if (code === '3D000') return new TaskFailure('The database of the secret does not exist.', { cause });
  if (/^(22|23|42|0A)/.test(code) && code.length === 5) {
    return new TaskFailure(
      `The database refused a statement (SQLSTATE ${code}): the table does not fit the registry spec. ` +
        'Correct one of them, then restart the connector.',
      { cause },
    );
  }
  return new TransientFailure('the database does not answer', 0, { cause });
}

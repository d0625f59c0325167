import { describe, expect, it } from 'vitest';
import { WaslError, type ErrorCode } from '#protocol';
import { classify, LeaseLost, TaskFailure, TransientFailure } from './task-failure.js';

const databaseError = (code: string) =>
  Object.assign(new Error('password authentication failed for user "births" of postgres://u:hunter2@h'), {
    code,
  });

describe('classify', () => {
  it.each<ErrorCode>(['unavailable', 'too-many-requests', 'internal'])(
    'waits and tries again on %s',
    (code) => {
      expect(classify(new WaslError(code, 'd', { retryAfterSeconds: 3 }))).toMatchObject({
        constructor: TransientFailure,
        retryAfterSeconds: 3,
      });
    },
  );

  it.each<ErrorCode>(['no-agreement', 'not-authenticated', 'not-allowed', 'id-conflict', 'key-not-active'])(
    'fails on %s and says what to do',
    (code) => {
      const failure = classify(new WaslError(code, 'why'));
      expect(failure).toBeInstanceOf(TaskFailure);
      expect(failure.message).toMatch(new RegExp(`${code}.*restart`));
    },
  );

  it.each(['ECONNREFUSED', '57P01', '40001', '08006', '53300'])(
    'waits for a database that says %s',
    (code) => {
      expect(classify(databaseError(code))).toBeInstanceOf(TransientFailure);
    },
  );

  it.each(['28P01', '42501', '42703', '3D000', '22P02'])(
    'fails on SQLSTATE %s without the text of the database',
    (code) => {
      const failure = classify(databaseError(code));
      expect(failure).toBeInstanceOf(TaskFailure);
      expect(failure.message).not.toContain('hunter2');
    },
  );

  it.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect'])(
    'waits for a database whose driver says "%s"',
    (message) => expect(classify(new Error(message))).toBeInstanceOf(TransientFailure),
  );

  it('does not wait for an error in our own code to pass', () => {
    const error = Object.assign(new TypeError('x'), { code: 'ERR_INVALID_ARG_TYPE' });
    expect(classify(error)).toBeInstanceOf(TaskFailure);
  });

  it('tells nothing of an error it does not know', () => {
    expect(classify(new Error('secret')).message).not.toContain('secret');
  });

  it('leaves a lost lease what it is', () => {
    expect(classify(new LeaseLost())).toBeInstanceOf(LeaseLost);
  });
});

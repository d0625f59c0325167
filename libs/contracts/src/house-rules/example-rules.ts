import type { WaslError } from '#protocol';
import type { CompiledContract } from '../compiled-contract.js';
import { parsePayload } from '../payload.js';
import { isObject } from '../schema-walk.js';
import type { Problem } from './rules.js';

/** Whether a valid example is accepted. `judge` is absent where the schema itself is at fault. */
export function validExampleProblems(text: string, judge: CompiledContract | undefined): Problem[] {
  const read = readExample(text);
  if ('problem' in read) return [read.problem];
  const refusals = judge?.validate(read.payload) ?? [];
  return refusals.map(({ pointer, rule }) => ({
    pointer,
    rule: 'example-verdict',
    message: `a valid example, but the schema refuses it (${rule})`,
  }));
}

/** Whether an invalid example, `{payload, expected: {pointer, rule}}`, is refused for the one reason it names. */
export function invalidExampleProblems(text: string, judge: CompiledContract | undefined): Problem[] {
  const read = readExample(text);
  if ('problem' in read) return [read.problem];
  const example = read.payload;
  if (!isObject(example) || !Object.hasOwn(example, 'payload') || !isObject(example['expected'])) {
    return [verdict('', 'an invalid example is {"payload", "expected": {"pointer", "rule"}}')];
  }
  if (judge === undefined) return [];
  const { pointer, rule } = example['expected'];
  const refusals = judge.validate(example['payload']);
  if (refusals.length === 0) return [verdict('/payload', 'an invalid example, but the schema accepts it')];
  if (refusals.length === 1 && refusals[0]!.pointer === pointer && refusals[0]!.rule === rule) return [];
  const told = refusals.map((refusal) => `${refusal.rule} at "${refusal.pointer}"`).join(', ');
  return [verdict('/expected', `the schema refuses it for other reasons: ${told}`)];
}

function readExample(text: string): { payload: unknown } | { problem: Problem } {
  try {
    return { payload: parsePayload(Buffer.from(text, 'utf8')) };
  } catch (error) {
    const message = (error as WaslError).detail.replace(/^the body/, 'the example');
    return { problem: { pointer: '', rule: 'json', message } };
  }
}

function verdict(pointer: string, message: string): Problem {
  return { pointer, rule: 'example-verdict', message };
}

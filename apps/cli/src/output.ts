import { styleText } from 'node:util';
import { WaslError } from '#protocol';

/** Exit codes: 0 done, 1 refused or not verified, 2 used wrongly, 3 could not be decided (no network, not there yet). */
export const EXIT = { done: 0, refused: 1, usage: 2, undecided: 3 } as const;

/** The command was used wrongly; the message says how to use it. */
export class UsageError extends Error {}

export interface OutputOptions {
  json?: boolean;
}

/** Prints for a program (`--json`: one JSON document a line) or for a person. */
export function print(options: OutputOptions, document: unknown, lines: string[]): void {
  process.stdout.write((options.json ? JSON.stringify(document) : lines.join('\n')) + '\n');
}

const UNDECIDED = new Set(['unavailable', 'not-yet-included', 'too-many-requests']);

/** Tells the error in words on standard error and returns the exit code that fits it. */
export function report(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`wasl: ${error.message}\n`);
    return EXIT.usage;
  }
  if (error instanceof WaslError) {
    process.stderr.write(`wasl: ${error.code}: ${error.detail}\n`);
    for (const { pointer, rule, message } of error.violations ?? [])
      process.stderr.write(printable(`  ${pointer || '/'}  ${rule}${message ? `: ${message}` : ''}`) + '\n');
    process.stderr.write(`  What to do: docs/errors.md#${error.code}\n`);
    return UNDECIDED.has(error.code) ? EXIT.undecided : EXIT.refused;
  }
  process.stderr.write(`wasl: ${error instanceof Error ? error.message : String(error)}\n`);
  return EXIT.undecided;
}

/** Texts of files and services on a terminal: without control characters, which could rewrite what is shown. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '\u{fffd}');
}

/** Coloured on a terminal, unless NO_COLOR is set; plain elsewhere. */
export function coloured(colour: 'red' | 'yellow' | 'green' | 'dim', text: string): string {
  return process.stdout.isTTY && !process.env.NO_COLOR ? styleText(colour, text) : text;
}

import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { LINT_LIMITS, lintSchema, type SchemaSource, schemaSha256, SchemaWorkers } from '#contracts';
import type { Violation } from '#protocol';
import { ConfluentError } from '../confluent/confluent-error.js';
import { topicOfSubject } from '../topics.js';
import { DEFAULT_CONTEXT, type QualifiedSubject } from './qualified-subject.js';

/** Schemas are hostile until proved harmless: linter first, and what the gateway will run is compiled once here. */
@Injectable()
export class SchemaCheck {
  /** Digests of texts without references that passed: the same schema is often registered under many subjects. */
  private readonly passed = new LRUCache<string, true>({ max: 10_000 });

  constructor(private readonly workers: SchemaWorkers) {}

  /** @throws ConfluentError 42201, 42209; what a hostile schema does wrong is named */
  async assertRegistrable(subject: QualifiedSubject, source: SchemaSource): Promise<void> {
    const isOfTopic = subject.context === DEFAULT_CONTEXT && topicOfSubject(subject.subject) !== undefined;
    this.assertHarmless(source);
    if (!isOfTopic) return;
    const violations = await this.workers.compileCheck(source);
    if (violations.length > 0) throw refusal(violations);
  }

  /** @throws ConfluentError 42201, 42209 */
  assertHarmless(source: SchemaSource): void {
    const key = (source.references?.size ?? 0) === 0 ? schemaSha256(source.text) : undefined;
    if (key !== undefined && this.passed.get(key)) return;
    const violations = lintSchema(source.text, LINT_LIMITS, source.references);
    if (violations.length > 0) throw refusal(violations);
    if (key !== undefined) this.passed.set(key, true);
  }
}

function refusal(violations: readonly Violation[]): ConfluentError {
  if (violations.some(({ rule }) => rule === 'size')) return ConfluentError.schemaTooLarge(LINT_LIMITS.size);
  const { rule, pointer, message } = violations[0]!;
  return ConfluentError.invalidSchema(`${rule} at "${pointer}": ${message ?? 'not allowed'}`);
}

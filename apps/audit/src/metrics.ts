import { Counter, Gauge, type Registry } from 'prom-client';

/** What the audit service counts; docs/services/audit.md says what to watch. */
export class AuditMetrics {
  readonly entries: Counter;
  readonly duplicates: Counter;
  readonly quarantined: Counter<'reason'>;
  readonly restarts: Counter;
  readonly size: Gauge;
  readonly publishedSize: Gauge;
  readonly lag: Gauge;
  readonly checkpointTime: Gauge;
  readonly leader: Gauge;
  readonly frozen: Gauge;
  readonly projected: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    const counter = (name: string, help: string) =>
      new Counter({ name: `wasl_audit_${name}`, help, registers });
    const gauge = (name: string, help: string) => new Gauge({ name: `wasl_audit_${name}`, help, registers });
    this.entries = counter('entries_total', 'entries appended by this instance');
    this.duplicates = counter('duplicates_total', 'evidence delivered again and already in the ledger');
    this.quarantined = new Counter({
      name: 'wasl_audit_quarantined_total',
      help: 'records that could not become entries',
      labelNames: ['reason'],
      registers,
    });
    this.restarts = counter(
      'restarts_total',
      'times that appending failed and began again from the database',
    );
    this.size = gauge('ledger_size', 'entries in the ledger');
    this.publishedSize = gauge('checkpoint_size', 'entries covered by the newest signed checkpoint');
    this.lag = gauge('lag_records', 'records in Kafka that were not read yet');
    this.checkpointTime = gauge(
      'checkpoint_time_seconds',
      'when the newest checkpoint was signed, Unix time',
    );
    this.leader = gauge('leader', '1 while this instance appends');
    this.frozen = gauge('frozen', '1 when the guard refused and nothing is appended or signed');
    this.projected = gauge('projected_size', 'entries that searches know');
  }
}

import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What the gateway counts beside the requests that every service counts. */
export class GatewayMetrics {
  /** Messages by outcome: accepted, duplicate, or the code of the refusal. */
  readonly submissions: Counter<'outcome'>;
  readonly delivered: Counter<'topic'>;
  readonly acknowledgements: Counter<'outcome'>;
  readonly batchMessages: Histogram;
  readonly stage: Histogram<'stage'>;

  constructor(registry: Registry, sizes: { pending: () => number; waiting: () => number }) {
    const registers = [registry];
    this.submissions = new Counter({
      name: 'wasl_submissions_total',
      help: 'submissions by outcome',
      labelNames: ['outcome'],
      registers,
    });
    this.delivered = new Counter({
      name: 'wasl_delivered_messages_total',
      help: 'messages handed out by the pull feed',
      labelNames: ['topic'],
      registers,
    });
    this.acknowledgements = new Counter({
      name: 'wasl_acknowledgements_total',
      help: 'acknowledgements by outcome',
      labelNames: ['outcome'],
      registers,
    });
    this.batchMessages = new Histogram({
      name: 'wasl_intake_batch_messages',
      help: 'messages that shared a micro-batch',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
      registers,
    });
    this.stage = new Histogram({
      name: 'wasl_intake_stage_seconds',
      help: 'time a micro-batch spends in each stage',
      labelNames: ['stage'],
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2, 10],
      registers,
    });
    gauge('wasl_intake_pending_messages', 'messages waiting for durability', sizes.pending);
    gauge('wasl_open_long_polls', 'open long polls', sizes.waiting);

    function gauge(name: string, help: string, read: () => number): void {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    }
  }
}

import type { Texts, TopicParts } from '#contracts';

/** Time that publishers and consumers get to move to a new major, as proposed. */
export const MIGRATION_DAYS = 180;
const DAY_MS = 86_400_000;

/** How a breaking change can be published: as the next major, beside the one in use. */
export interface Offer {
  topic: string;
  migrationPeriod: string;
  /** when the version in use could be retired, RFC 3339 */
  sunset: string;
  steps: Texts[];
}

/** @param highest highest major of the contract that is governed already */
export function offerOf(topic: TopicParts, highest: number, at: Date): Offer {
  const next = `${topic.name}.v${Math.max(topic.major, highest) + 1}`;
  const sunset = new Date(at.getTime() + MIGRATION_DAYS * DAY_MS);
  sunset.setUTCHours(0, 0, 0, 0);
  const day = sunset.toISOString().slice(0, 10);
  return {
    topic: next,
    migrationPeriod: `P${MIGRATION_DAYS}D`,
    sunset: sunset.toISOString(),
    steps: [
      {
        fr: `Publier la gouvernance de ${next} (PUT /v1/contracts/${next}).`,
        ar: `نشر حوكمة ${next} (PUT /v1/contracts/${next}).`,
        en: `Publish the governance of ${next} (PUT /v1/contracts/${next}).`,
      },
      {
        fr: `Y déposer ce schéma en brouillon, avec replaces = {topic: ${topic.topic}, sunset: ${day}}, et le soumettre.`,
        ar: `إيداع هذا المخطط هناك كمسودة مع replaces = {topic: ${topic.topic}, sunset: ${day}} ثم عرضه للمراجعة.`,
        en: `Put this schema there as a draft with replaces = {topic: ${topic.topic}, sunset: ${day}}, and submit it.`,
      },
      {
        fr: `Dès son activation, ${topic.topic} est déprécié et ses consommateurs sont prévenus ; publier sur les deux jusqu’au ${day}.`,
        ar: `عند تفعيله يصبح ${topic.topic} مهملا ويُبلَّغ مستهلكوه؛ يُنشر على الاثنين إلى غاية ${day}.`,
        en: `Once it is active, ${topic.topic} is deprecated and its consumers are told; publish on both until ${day}.`,
      },
      {
        fr: `Après cette date, retirer ${topic.topic} quand GET /v1/contracts/${topic.topic}/consumers n’en montre plus d’usage.`,
        ar: `بعد هذا التاريخ يُسحب ${topic.topic} عندما لا يظهر أي استعمال في GET /v1/contracts/${topic.topic}/consumers.`,
        en: `After that day retire ${topic.topic} once GET /v1/contracts/${topic.topic}/consumers shows no use any more.`,
      },
    ],
  };
}

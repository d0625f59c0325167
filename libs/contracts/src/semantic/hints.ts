export interface Hint {
  fr: string;
  ar: string;
  en: string;
}

export interface Subject {
  direction: 'backward' | 'forward';
  version: number;
  rule: string;
  /** of the property that is concerned, or of the keyword's place */
  name: unknown;
}

type Texts = readonly [fr: string, ar: string, en: string];

/** `{n}` is the property, `{k}` the keyword, `{v}` the previous version. */
const BACKWARD: Record<string, Texts> = {
  required: [
    'Rendez « {n} » facultatif, ou passez à une nouvelle version majeure : des données de la version {v} ne l’ont pas.',
    'اجعل «{n}» اختياريا، أو انتقل إلى إصدار رئيسي جديد: بيانات النسخة {v} قد تخلو منه.',
    'Make "{n}" optional, or start a new major version: data of version {v} may lack it.',
  ],
  properties: [
    'Gardez la propriété « {n} » dans le schéma (marquez-la obsolète si besoin) : des données de la version {v} la portent.',
    'أبق الخاصية «{n}» في المخطط (وسمها متقادمة عند الحاجة): بيانات النسخة {v} تحملها.',
    'Keep the property "{n}" in the schema (mark it deprecated if need be): data of version {v} carry it.',
  ],
  type: [
    'Gardez aussi les types admis par la version {v}, par exemple en liste dans « type ».',
    'أبق أيضا الأنواع المقبولة في النسخة {v}، مثلا في قائمة ضمن «type».',
    'Keep the types that version {v} allows as well, for example as a list in "type".',
  ],
  enum: [
    'Remettez dans « {k} » les valeurs admises par la version {v} ; retirez-les dans une nouvelle version majeure.',
    'أعد إلى «{k}» القيم المقبولة في النسخة {v}؛ واحذفها في إصدار رئيسي جديد.',
    'Put the values that version {v} allows back into "{k}"; drop them in a new major version.',
  ],
  bound: [
    'Élargissez « {k} » au moins à la borne de la version {v}.',
    'وسّع «{k}» إلى حد النسخة {v} على الأقل.',
    'Widen "{k}" at least to the bound of version {v}.',
  ],
  pattern: [
    'Faites accepter par « pattern » tout texte admis par la version {v}, par exemple par une alternative (ancien|nouveau).',
    'اجعل «pattern» يقبل كل نص مقبول في النسخة {v}، مثلا ببديل (قديم|جديد).',
    'Let "pattern" accept every text that version {v} allows, for example by an alternative (old|new).',
  ],
  format: [
    'Retirez « format » ou gardez celui de la version {v} : un format ajouté refuse des textes déjà émis.',
    'احذف «format» أو أبق على صيغة النسخة {v}: الصيغة المضافة ترفض نصوصا سبق إرسالها.',
    'Remove "format" or keep that of version {v}: an added format refuses texts already sent.',
  ],
  additional: [
    'Admettez les propriétés supplémentaires (« {k} ») que la version {v} laissait passer, ou déclarez « {n} ».',
    'اسمح بالخصائص الإضافية («{k}») التي كانت النسخة {v} تقبلها، أو صرّح بالخاصية «{n}».',
    'Allow the additional properties ("{k}") that version {v} let pass, or declare "{n}".',
  ],
  condition: [
    'Assouplissez « {k} » : toute donnée valide en version {v} doit encore remplir une branche ou la condition.',
    'خفّف «{k}»: كل بيان صالح في النسخة {v} يجب أن يبقى مستوفيا لأحد الفروع أو للشرط.',
    'Relax "{k}": data valid in version {v} must still meet a branch or the condition.',
  ],
  dependency: [
    'Retirez la dépendance « {k} » nouvelle : la version {v} admet la propriété sans ce qu’elle exige désormais.',
    'احذف الاعتماد الجديد «{k}»: النسخة {v} تقبل الخاصية دون ما صار مطلوبا معها.',
    'Remove the new dependency "{k}": version {v} allows the property without what it now demands.',
  ],
  content: [
    'Gardez le codage de la version {v}, ou portez le nouveau dans une autre propriété : « {k} » change ce que lit le destinataire.',
    'أبق ترميز النسخة {v}، أو ضع الجديد في خاصية أخرى: «{k}» يغيّر ما يقرؤه المتلقي.',
    'Keep the encoding of version {v}, or carry the new one in another property: "{k}" changes what a reader decodes.',
  ],
  other: [
    'Relâchez « {k} » pour qu’il accepte tout ce que la version {v} accepte, ou passez à une nouvelle version majeure.',
    'خفّف «{k}» ليقبل كل ما تقبله النسخة {v}، أو انتقل إلى إصدار رئيسي جديد.',
    'Relax "{k}" so that it accepts all that version {v} accepts, or start a new major version.',
  ],
};

const FORWARD: Record<string, Texts> = {
  required: [
    'Gardez « {n} » obligatoire : qui lit encore en version {v} l’exige.',
    'أبق «{n}» إلزاميا: من لا يزال يقرأ بالنسخة {v} يشترطه.',
    'Keep "{n}" required: whoever still reads version {v} demands it.',
  ],
  properties: [
    'N’ajoutez « {n} » que dans une nouvelle version majeure, ou attendez que plus personne ne lise en version {v}, qui la refuse.',
    'لا تضف «{n}» إلا في إصدار رئيسي جديد، أو انتظر حتى لا يقرأ أحد بالنسخة {v} التي ترفضها.',
    'Add "{n}" only in a new major version, or once nobody reads version {v} any more, which refuses it.',
  ],
  content: [
    'Gardez « {k} » comme en version {v} : qui lit encore en cette version décode le texte ainsi.',
    'أبق «{k}» كما في النسخة {v}: من لا يزال يقرأ بها يفك الترميز بهذه الطريقة.',
    'Keep "{k}" as in version {v}: whoever still reads that version decodes the text so.',
  ],
  other: [
    'Gardez « {k} » au moins aussi strict qu’en version {v} : qui lit encore en cette version refuse ce que le nouveau schéma admet en plus.',
    'أبق «{k}» صارما كما في النسخة {v} على الأقل: من لا يزال يقرأ بها يرفض ما يقبله المخطط الجديد زيادة.',
    'Keep "{k}" at least as strict as in version {v}: whoever still reads that version refuses what the new schema allows beyond it.',
  ],
};

const FAMILIES: Record<string, readonly string[]> = {
  enum: ['enum', 'const'],
  bound: [
    ...['maximum', 'minimum', 'exclusiveMaximum', 'exclusiveMinimum', 'maxLength', 'minLength'],
    ...['maxItems', 'minItems', 'maxProperties', 'minProperties', 'maxContains', 'minContains'],
  ],
  additional: ['additionalProperties', 'unevaluatedProperties', 'propertyNames'],
  condition: ['anyOf', 'oneOf', 'not', 'if', 'contains'],
  dependency: ['dependencies', 'dependentRequired', 'dependentSchemas'],
  content: ['contentEncoding', 'contentMediaType'],
};

/** How to mend an incompatibility, in the three languages of the platform. */
export function hintFor({ direction, version, rule, name }: Subject): Hint {
  const texts = direction === 'backward' ? BACKWARD : FORWARD;
  const family = Object.keys(FAMILIES).find((key) => FAMILIES[key]!.includes(rule)) ?? rule;
  const [fr, ar, en] = (Object.hasOwn(texts, family) ? texts[family] : texts['other'])!;
  const fill = (text: string): string =>
    text.replace(
      /\{([nkv])\}/g,
      (_, key) => ({ n: shortened(name), k: rule, v: String(version) })[key as 'n'],
    );
  return { fr: fill(fr), ar: fill(ar), en: fill(en) };
}

function shortened(name: unknown): string {
  const text = typeof name === 'string' ? name : '';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

import type { Language } from './language.js';

interface LifecycleWords {
  states: Record<'draft' | 'in-review' | 'active' | 'deprecated' | 'retired', string>;
  columns: { topic: string; version: string; state: string; since: string; until: string; by: string };
  submitted: string;
  inReview: string;
  sentBack: (by: string, reason: string) => string;
  unchanged: string;
  waits: (topics: string) => string;
  taken: (editors: string) => string;
  governanceLeft: string;
  awaits: (editors: string) => string;
  draftOf: (editors: string) => string;
  replaces: (topic: string, day: string) => string;
  note: (text: string) => string;
  next: (command: string) => string;
  nothingAwaits: string;
  breaking: string;
  approve: string;
  propose: string;
  nothingDone: string;
  approved: (topic: string, version: number, by: string) => string;
  returned: (topic: string, editors: string) => string;
  withdrawn: (topic: string) => string;
  noDraft: (topic: string) => string;
  is: (topic: string, version: number, state: string) => string;
}

/** What commands on the life of contracts say to people. */
export const LIFECYCLE_WORDS: Record<Language, LifecycleWords> = {
  fr: {
    states: {
      draft: 'brouillon',
      'in-review': 'en examen',
      active: 'active',
      deprecated: 'dépréciée',
      retired: 'retirée',
    },
    columns: {
      topic: 'CONTRAT',
      version: 'VERSION',
      state: 'ÉTAT',
      since: 'DEPUIS',
      until: 'FIN',
      by: 'PAR',
    },
    submitted: 'soumis à l’examen',
    inReview: 'déjà en examen, inchangé',
    sentBack: (by, reason) => `renvoyé par ${by} : ${reason} Modifiez le fichier, ou répondez avec --note.`,
    unchanged: 'inchangé',
    waits: (topics) => `attend l’approbation de ${topics} ; proposez-le de nouveau ensuite`,
    taken: (editors) => `il y a un autre brouillon, de ${editors} : remplacez-le avec --take-over`,
    governanceLeft: 'la gouvernance modifiée ne fait pas partie de la proposition (wasl contract apply)',
    awaits: (editors) => `attend l’approbation d’un steward autre que ${editors}`,
    draftOf: (editors) => `brouillon de ${editors}`,
    replaces: (topic, day) => `remplace ${topic}, qui prendra fin le ${day}`,
    note: (text) => `note : ${text}`,
    next: (command) => `Ensuite : ${command}`,
    nothingAwaits: 'Rien n’attend d’approbation.',
    breaking: 'rien n’a été proposé : un changement incompatible demande une nouvelle version majeure',
    approve: 'Approuver ?',
    propose: 'Proposer ?',
    nothingDone: 'rien n’a été fait',
    approved: (topic, version, by) => `${topic} : la version ${version} est active, approuvée par ${by}`,
    returned: (topic, editors) => `${topic} : renvoyé à ${editors}`,
    withdrawn: (topic) => `${topic} : le brouillon est retiré`,
    noDraft: (topic) => `Il n’y a pas de brouillon de ${topic} que vous puissiez voir.`,
    is: (topic, version, state) => `${topic} : la version ${version} est ${state}`,
  },
  ar: {
    states: {
      draft: 'مسودة',
      'in-review': 'قيد المراجعة',
      active: 'سارية',
      deprecated: 'مهجورة',
      retired: 'مسحوبة',
    },
    columns: { topic: 'العقد', version: 'النسخة', state: 'الحالة', since: 'منذ', until: 'النهاية', by: 'من' },
    submitted: 'قُدم للمراجعة',
    inReview: 'قيد المراجعة من قبل، دون تغيير',
    sentBack: (by, reason) => `أعاده ${by}: ${reason} عدل الملف أو أجب بواسطة --note.`,
    unchanged: 'دون تغيير',
    waits: (topics) => `ينتظر الموافقة على ${topics}؛ ثم اقترحه من جديد`,
    taken: (editors) => `توجد مسودة أخرى من ${editors}: استبدلها بواسطة --take-over`,
    governanceLeft: 'الحوكمة المعدلة ليست جزءا من الاقتراح (wasl contract apply)',
    awaits: (editors) => `ينتظر موافقة مشرف غير ${editors}`,
    draftOf: (editors) => `مسودة من ${editors}`,
    replaces: (topic, day) => `يحل محل ${topic} الذي ينتهي في ${day}`,
    note: (text) => `ملاحظة: ${text}`,
    next: (command) => `بعد ذلك: ${command}`,
    nothingAwaits: 'لا شيء ينتظر الموافقة.',
    breaking: 'لم يُقترح شيء: التغيير غير المتوافق يحتاج إلى نسخة رئيسية جديدة',
    approve: 'هل توافق؟',
    propose: 'هل تقترح؟',
    nothingDone: 'لم يُفعل شيء',
    approved: (topic, version, by) => `${topic}: النسخة ${version} سارية، وافق عليها ${by}`,
    returned: (topic, editors) => `${topic}: أُعيد إلى ${editors}`,
    withdrawn: (topic) => `${topic}: سُحبت المسودة`,
    noDraft: (topic) => `لا توجد مسودة من ${topic} يمكنك رؤيتها.`,
    is: (topic, version, state) => `${topic}: النسخة ${version} ${state}`,
  },
  en: {
    states: {
      draft: 'draft',
      'in-review': 'in review',
      active: 'active',
      deprecated: 'deprecated',
      retired: 'retired',
    },
    columns: {
      topic: 'CONTRACT',
      version: 'VERSION',
      state: 'STATE',
      since: 'SINCE',
      until: 'UNTIL',
      by: 'BY',
    },
    submitted: 'submitted for review',
    inReview: 'in review already, unchanged',
    sentBack: (by, reason) => `sent back by ${by}: ${reason} Change the file, or answer with --note.`,
    unchanged: 'unchanged',
    waits: (topics) => `waits for the approval of ${topics}; propose it again after that`,
    taken: (editors) => `there is another draft, by ${editors}: replace it with --take-over`,
    governanceLeft: 'changed governance is not part of the proposal (wasl contract apply)',
    awaits: (editors) => `awaits approval by a steward other than ${editors}`,
    draftOf: (editors) => `draft by ${editors}`,
    replaces: (topic, day) => `replaces ${topic}, which ends on ${day}`,
    note: (text) => `note: ${text}`,
    next: (command) => `Next: ${command}`,
    nothingAwaits: 'Nothing awaits approval.',
    breaking: 'nothing was proposed: a breaking change needs a new major version',
    approve: 'Approve?',
    propose: 'Propose?',
    nothingDone: 'nothing was done',
    approved: (topic, version, by) => `${topic}: version ${version} is active, approved by ${by}`,
    returned: (topic, editors) => `${topic}: sent back to ${editors}`,
    withdrawn: (topic) => `${topic}: the draft is withdrawn`,
    noDraft: (topic) => `There is no draft of ${topic} that you may see.`,
    is: (topic, version, state) => `${topic}: version ${version} is ${state}`,
  },
};

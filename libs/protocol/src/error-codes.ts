/** Text of one code in the three languages every error is shown in. */
export interface ErrorText {
  status: number;
  fr: string;
  ar: string;
  en: string;
}

const code = (status: number, fr: string, ar: string, en: string): ErrorText => ({ status, fr, ar, en });

/**
 * The closed set of error codes. Callers switch on the code, never on a message.
 * Every code has a section of the same name in docs/errors.md.
 */
export const ERROR_CODES = {
  // what the caller sent is not well-formed
  'malformed-request': code(400, 'Requête mal formée', 'طلب غير سليم البنية', 'Malformed request'),
  'malformed-manifest': code(
    400,
    'Manifeste mal formé',
    'بيان الإرسال غير سليم البنية',
    'Malformed manifest',
  ),
  'malformed-token': code(400, 'Jeton signé mal formé', 'رمز موقّع غير سليم البنية', 'Malformed signed token'),
  'malformed-evidence': code(400, 'Preuve mal formée', 'دليل غير سليم البنية', 'Malformed evidence'),
  'malformed-acknowledgement': code(
    400,
    'Accusé de réception mal formé',
    'إشعار استلام غير سليم البنية',
    'Malformed acknowledgement',
  ),
  'malformed-receipt': code(400, 'Récépissé mal formé', 'وصل غير سليم البنية', 'Malformed receipt'),
  'malformed-trust': code(
    400,
    'Fichier de confiance mal formé',
    'ملف الثقة غير سليم البنية',
    'Malformed trust file',
  ),
  'malformed-proof': code(400, 'Preuve d’inclusion mal formée', 'برهان غير سليم البنية', 'Malformed proof'),
  'malformed-checkpoint': code(
    400,
    'Point de contrôle mal formé',
    'نقطة تحقق غير سليمة البنية',
    'Malformed checkpoint',
  ),
  'malformed-key': code(
    400,
    'Clé mal formée ou non prise en charge',
    'مفتاح غير سليم أو غير مدعوم',
    'Malformed or unsupported key',
  ),
  'invalid-request': code(
    400,
    'La demande ne respecte pas les règles de l’opération',
    'الطلب لا يحترم قواعد العملية',
    'Request breaks the rules of the operation',
  ),
  'private-key-disclosed': code(
    400,
    'Une clé privée a été envoyée',
    'تم إرسال مفتاح خاص',
    'A private key was sent',
  ),
  'invalid-key-proof': code(
    400,
    'Preuve de possession de la clé invalide',
    'إثبات حيازة المفتاح غير صالح',
    'Invalid proof of possession',
  ),
  'malformed-body': code(400, 'Corps mal formé', 'محتوى غير سليم البنية', 'Malformed body'),
  'invalid-cursor': code(400, 'Curseur invalide', 'مؤشر غير صالح', 'Invalid cursor'),
  'body-too-large': code(413, 'Corps trop volumineux', 'المحتوى أكبر من المسموح', 'Body too large'),
  'unsupported-media-type': code(
    415,
    'Type de contenu non pris en charge',
    'نوع المحتوى غير مدعوم',
    'Unsupported media type',
  ),
  // who is asking
  'not-authenticated': code(401, 'Authentification requise', 'المصادقة مطلوبة', 'Authentication required'),
  'token-expired': code(401, 'Jeton d’accès expiré', 'انتهت صلاحية رمز الدخول', 'Access token expired'),
  'token-invalid': code(401, 'Jeton d’accès invalide', 'رمز الدخول غير صالح', 'Invalid access token'),
  'unknown-key': code(401, 'Clé de signature inconnue', 'مفتاح توقيع غير معروف', 'Unknown signing key'),
  'key-not-active': code(
    401,
    'Clé de signature inactive à cette date',
    'مفتاح التوقيع غير نشط في هذا التاريخ',
    'Signing key not active at that time',
  ),
  'key-compromised': code(
    401,
    'Clé de signature compromise',
    'مفتاح التوقيع مُخترق',
    'Signing key compromised',
  ),
  'unsupported-algorithm': code(
    401,
    'Algorithme de signature non pris en charge',
    'خوارزمية التوقيع غير مدعومة',
    'Unsupported signature algorithm',
  ),
  'algorithm-mismatch': code(
    401,
    'L’algorithme annoncé n’est pas celui de la clé',
    'الخوارزمية المعلنة ليست خوارزمية المفتاح',
    'Algorithm is not that of the key',
  ),
  'wrong-signature': code(401, 'Signature invalide', 'توقيع غير صحيح', 'Wrong signature'),
  'wrong-issuer': code(
    401,
    'La clé n’appartient pas à l’émetteur annoncé',
    'المفتاح لا يخص المُصدر المعلن',
    'Key does not belong to the stated issuer',
  ),
  'manifest-expired': code(401, 'Manifeste expiré', 'انتهت صلاحية بيان الإرسال', 'Manifest expired'),
  'manifest-in-future': code(
    401,
    'Manifeste daté dans le futur',
    'بيان الإرسال مؤرخ في المستقبل',
    'Manifest dated in the future',
  ),
  'wrong-audience': code(401, 'Destinataire incorrect', 'الجهة المقصودة غير صحيحة', 'Wrong audience'),
  'system-suspended': code(
    403,
    'Système ou membre suspendu',
    'النظام أو العضو موقوف',
    'System or member suspended',
  ),
  'not-allowed': code(403, 'Opération non autorisée', 'عملية غير مسموح بها', 'Operation not allowed'),
  'no-agreement': code(
    403,
    'Aucune convention en vigueur pour cet échange',
    'لا توجد اتفاقية سارية لهذا التبادل',
    'No agreement in force for this exchange',
  ),
  // what is asked for
  'not-found': code(404, 'Introuvable', 'غير موجود', 'Not found'),
  'not-yet-included': code(
    404,
    'Pas encore inscrit au journal',
    'لم يُدرج في السجل بعد',
    'Not yet included in the ledger',
  ),
  'unknown-topic': code(404, 'Sujet inconnu', 'موضوع غير معروف', 'Unknown topic'),
  'method-not-allowed': code(405, 'Méthode non autorisée', 'طريقة غير مسموح بها', 'Method not allowed'),
  'not-acceptable': code(
    406,
    'Format de réponse non disponible',
    'صيغة الرد غير متاحة',
    'Response format not available',
  ),
  'cursor-expired': code(
    410,
    'Curseur périmé : ces messages ne sont plus conservés',
    'انتهت صلاحية المؤشر: لم تعد هذه الرسائل محفوظة',
    'Cursor expired: those messages are no longer kept',
  ),
  'unknown-contract-version': code(
    422,
    'Version du contrat inconnue',
    'نسخة العقد غير معروفة',
    'Unknown contract version',
  ),
  'payload-altered': code(
    422,
    'Le contenu ne correspond pas au manifeste',
    'المحتوى لا يطابق بيان الإرسال',
    'Payload does not match the manifest',
  ),
  'payload-invalid': code(
    422,
    'Le contenu ne respecte pas le contrat',
    'المحتوى لا يحترم العقد',
    'Payload violates the contract',
  ),
  'deletion-not-allowed': code(
    422,
    'Le contrat n’admet pas la suppression',
    'العقد لا يسمح بالحذف',
    'The contract does not allow deletion',
  ),
  'invalid-schema': code(422, 'Schéma du contrat refusé', 'مخطط العقد مرفوض', 'Contract schema refused'),
  'acknowledgement-mismatch': code(
    422,
    'L’accusé ne correspond pas aux messages remis',
    'إشعار الاستلام لا يطابق الرسائل المسلّمة',
    'Acknowledgement does not match the messages delivered',
  ),
  'breaking-change': code(
    409,
    'Modification incompatible : une nouvelle version majeure est nécessaire',
    'تغيير غير متوافق: يلزم إصدار رئيسي جديد',
    'Breaking change: a new major version is needed',
  ),
  'id-conflict': code(
    409,
    'Identifiant déjà utilisé pour un autre contenu',
    'المعرّف مستعمل لمحتوى آخر',
    'Id already used for other content',
  ),
  conflict: code(
    409,
    'État incompatible avec l’opération',
    'الحالة لا تسمح بالعملية',
    'Conflict with the current state',
  ),
  'precondition-failed': code(
    412,
    'Modifié entre-temps par quelqu’un d’autre',
    'تم تعديله في الأثناء من طرف آخر',
    'Changed by somebody else in the meantime',
  ),
  'precondition-required': code(
    428,
    'La version modifiée doit être indiquée',
    'يجب تحديد النسخة المراد تعديلها',
    'The version that is changed must be named',
  ),
  // verification of receipts and ledger
  'evidence-mismatch': code(
    422,
    'La preuve ne porte pas sur ce manifeste',
    'الدليل لا يخص هذا البيان',
    'Evidence is not about this manifest',
  ),
  'invalid-proof': code(
    422,
    'Preuve d’inclusion ou de cohérence invalide',
    'برهان غير صحيح',
    'Invalid proof',
  ),
  'proof-missing': code(422, 'Preuve d’inclusion absente', 'برهان الإدراج غير موجود', 'Proof missing'),
  'unknown-log': code(422, 'Journal non reconnu', 'سجل غير معترف به', 'Log not trusted'),
  // the service's own condition
  'too-many-requests': code(429, 'Trop de requêtes', 'طلبات كثيرة جدًا', 'Too many requests'),
  internal: code(500, 'Erreur interne', 'خطأ داخلي', 'Internal error'),
  unavailable: code(
    503,
    'Service momentanément indisponible',
    'الخدمة غير متاحة مؤقتًا',
    'Temporarily unavailable',
  ),
} satisfies Record<string, ErrorText>;

export type ErrorCode = keyof typeof ERROR_CODES;

export const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && Object.hasOwn(ERROR_CODES, value);

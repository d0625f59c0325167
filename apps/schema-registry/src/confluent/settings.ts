import type { RegistryAccess } from '../access/registry-access.js';
import { isValidScope, type QualifiedSubject } from '../schemas/qualified-subject.js';
import type { SettingService } from '../settings/setting.service.js';
import type { SettingStore } from '../settings/setting-store.js';
import {
  type ConfigChange,
  configAnswer,
  type Mode,
  MODES,
  parseConfigChange,
  word,
  WordError,
} from '../settings/settings.js';
import { ConfluentError } from './confluent-error.js';
import { isTrue, refusing } from './requests.js';
import type { Call, Route } from './route.js';

/** Configuration and mode: of everything, of a context (`:.context:`), of a subject. */
export function settingRoutes(store: SettingStore, service: SettingService, access: RegistryAccess): Route[] {
  const getConfig = async ({ subject, name, query, params }: Call) => {
    const own = (await store.setting(subject)).config;
    const isGlobal = params['subject'] === undefined;
    if (!own && !isGlobal && !isTrue(query['defaultToGlobal'])) throw ConfluentError.configNotSet(name);
    const { mode: _, ...effective } = await store.inScope(subject);
    return configAnswer(
      isGlobal || isTrue(query['defaultToGlobal']) ? effective : own!,
      'compatibilityLevel',
    );
  };
  const putConfig = async ({ subject, name, params, body, caller, request, at }: Call) => {
    const change = configChange(body);
    // A client of KafkaJS sets the level that holds anyway after each first registration: who may write only may
    // ask for it, and it is kept for whoever may configure.
    const changes = !(await changesNothing(subject, change));
    const need = { action: changes ? 'config' : 'write', subject } as const;
    const { system: by, rights } =
      params['subject'] === undefined ? caller : await access.require(request, need);
    if (!isValidScope(subject)) throw ConfluentError.invalidSubject(name);
    if (changes || (await rights.allows('config', subject)))
      await service.changeConfig(subject, change, { by, at });
    return configAnswer(change, 'compatibility');
  };
  const changesNothing = async (subject: QualifiedSubject, change: ConfigChange) =>
    subject.subject !== '' &&
    Object.keys(change).join() === 'compatibilityLevel' &&
    (await store.inScope(subject)).compatibilityLevel === change.compatibilityLevel;
  const deleteConfig = async ({ subject, name, params, caller, at }: Call) => {
    const isGlobal = params['subject'] === undefined;
    const { mode: _, ...effective } = await store.inScope(subject);
    const former = await service.dropConfig(subject, { by: caller.system, at });
    if (!former && !isGlobal) throw ConfluentError.subjectNotFound(name);
    return configAnswer(former ?? effective, 'compatibilityLevel');
  };
  const getMode = async ({ subject, name, query, params }: Call) => {
    const isGlobal = params['subject'] === undefined;
    const own = (await store.setting(subject)).mode;
    if (!own && !isGlobal && !isTrue(query['defaultToGlobal'])) throw ConfluentError.modeNotSet(name);
    return { mode: (await store.inScope(subject)).mode };
  };
  const putMode = async ({ subject, name, body, query, caller, at }: Call) => {
    const mode = parseMode(body);
    if (!isValidScope(subject)) throw ConfluentError.invalidSubject(name);
    await service.setMode(subject, mode, { force: isTrue(query['force']), by: caller.system, at });
    return mode === undefined ? {} : { mode };
  };
  const deleteMode = async ({ subject, name, params, query, caller, at }: Call) => {
    const isGlobal = params['subject'] === undefined;
    const { mode: effective } = await store.inScope(subject);
    const recursive = isTrue(query['recursive']);
    const { mode, dropped } = await service.dropMode(subject, { recursive, by: caller.system, at });
    if (!dropped && !isGlobal) throw ConfluentError.subjectNotFound(name);
    if (isGlobal) return { mode: mode ?? effective };
    return mode === undefined ? {} : { mode };
  };
  return [
    { method: 'GET', path: '/config', right: 'read', handle: getConfig },
    { method: 'PUT', path: '/config', right: 'admin', handle: putConfig },
    { method: 'DELETE', path: '/config', right: 'admin', handle: deleteConfig },
    { method: 'GET', path: '/config/:subject', right: 'read', handle: getConfig },
    // `config` unless it changes nothing
    { method: 'PUT', path: '/config/:subject', right: 'read', handle: putConfig },
    { method: 'DELETE', path: '/config/:subject', right: 'config', handle: deleteConfig },
    { method: 'GET', path: '/mode', right: 'read', handle: getMode },
    { method: 'PUT', path: '/mode', right: 'admin', handle: putMode },
    { method: 'DELETE', path: '/mode', right: 'admin', handle: deleteMode },
    { method: 'GET', path: '/mode/:subject', right: 'read', handle: getMode },
    { method: 'PUT', path: '/mode/:subject', right: 'config', handle: putMode },
    { method: 'DELETE', path: '/mode/:subject', right: 'config', handle: deleteMode },
  ];
}

function configChange(body: unknown) {
  const members = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  try {
    return refusing(() => parseConfigChange(members));
  } catch (error) {
    if (error instanceof ConfluentError && error.errorCode === 42201) throw ConfluentError.invalidLevel();
    throw error;
  }
}

/** No mode takes back the one that is set. */
function parseMode(body: unknown): Mode | undefined {
  try {
    const mode = (body as Record<string, unknown> | null | undefined)?.['mode'] ?? undefined;
    return mode === undefined ? undefined : word(mode, MODES);
  } catch (error) {
    if (error instanceof WordError) throw ConfluentError.invalidMode();
    throw error;
  }
}

import type { SettingService } from '../settings/setting.service.js';
import type { SettingStore } from '../settings/setting-store.js';
import { configAnswer, type Mode, MODES, parseConfigChange, word, WordError } from '../settings/settings.js';
import { ConfluentError } from './confluent-error.js';
import { isTrue, refusing } from './requests.js';
import type { Call, Route } from './route.js';

/** Configuration and mode: of everything, of a context (`:.context:`), of a subject. */
export function settingRoutes(store: SettingStore, service: SettingService): Route[] {
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
  const putConfig = async ({ subject, body, caller, at }: Call) => {
    const change = configChange(body);
    await service.changeConfig(subject, change, { by: caller.system, at });
    return configAnswer(change, 'compatibility');
  };
  const deleteConfig = async ({ subject, name, caller, at }: Call) => {
    const former = await service.dropConfig(subject, { by: caller.system, at });
    if (!former) throw ConfluentError.subjectNotFound(name);
    return configAnswer(former, 'compatibilityLevel');
  };
  const getMode = async ({ subject, name, query, params }: Call) => {
    const isGlobal = params['subject'] === undefined;
    const own = (await store.setting(subject)).mode;
    if (!own && !isGlobal && !isTrue(query['defaultToGlobal'])) throw ConfluentError.modeNotSet(name);
    return { mode: own ?? (await store.inScope(subject)).mode };
  };
  const putMode = async ({ subject, body, query, caller, at }: Call) => {
    const mode = parseMode(body);
    await service.setMode(subject, mode, { force: isTrue(query['force']), by: caller.system, at });
    return { mode };
  };
  const deleteMode = async ({ subject, name, query, caller, at }: Call) => {
    const recursive = isTrue(query['recursive']);
    const former = await service.dropMode(subject, { recursive, by: caller.system, at });
    if (!former) throw ConfluentError.subjectNotFound(name);
    return { mode: former };
  };
  return [
    { method: 'GET', path: '/config', right: 'read', handle: getConfig },
    { method: 'PUT', path: '/config', right: 'admin', handle: putConfig },
    { method: 'DELETE', path: '/config', right: 'admin', handle: deleteConfig },
    { method: 'GET', path: '/config/:subject', right: 'read', handle: getConfig },
    { method: 'PUT', path: '/config/:subject', right: 'config', handle: putConfig },
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

function parseMode(body: unknown): Mode {
  try {
    return word((body as Record<string, unknown> | null)?.['mode'], MODES);
  } catch (error) {
    if (error instanceof WordError) throw ConfluentError.invalidMode();
    throw error;
  }
}

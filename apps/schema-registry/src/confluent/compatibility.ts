import type { RegistryAccess } from '../access/registry-access.js';
import type { CompatibilityCheck } from '../schemas/compatibility-check.js';
import { ConfluentError } from './confluent-error.js';
import { isTrue, parseSchemaRequest, parseVersion } from './requests.js';
import { type Call, mayRefer, type Route } from './route.js';

/** Tests a schema against one version of a subject, or against those that the subject's level names. */
export function compatibilityRoutes(check: CompatibilityCheck, access: RegistryAccess): Route[] {
  const handle = async (call: Call) => {
    const { subject, params, body, query } = call;
    const verbose = isTrue(query['verbose']);
    const version = params['version'] === undefined ? 'all' : parseVersion(params['version']);
    try {
      const request = parseSchemaRequest(body, query);
      await mayRefer(access, call, request.references);
      const { compatible, messages, semantic } = await check.verdict(subject, request, version, {
        semantic: isTrue(query['semantic']),
      });
      return {
        is_compatible: compatible,
        ...(verbose ? { messages } : {}),
        ...(semantic ? { semantic } : {}),
      };
    } catch (error) {
      // Whoever asks for reasons gets them, of an invalid schema too.
      if (!verbose || !(error instanceof ConfluentError) || error.errorCode !== 42201) throw error;
      return { is_compatible: false, messages: [error.message] };
    }
  };
  const route = { method: 'POST', right: 'read', follows: true, status: 200, handle } as const;
  return [
    { ...route, path: '/compatibility/subjects/:subject/versions' },
    { ...route, path: '/compatibility/subjects/:subject/versions/:version' },
  ];
}

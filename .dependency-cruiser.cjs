const PURE = '^libs/(protocol|contracts)/src/';
/** One rule an allowed edge: docs/architecture.md explains them. */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'app-not-to-app',
      comment: 'apps talk over HTTP and Kafka, never by import',
      severity: 'error',
      from: { path: '^apps/([^/]+)/src/', pathNot: '\\.e2e-spec\\.ts$' },
      to: { path: '^apps/([^/]+)/', pathNot: '^apps/$1/' },
    },
    { name: 'lib-not-to-app', severity: 'error', from: { path: '^libs/' }, to: { path: '^(apps|bench)/' } },
    {
      name: 'lib-only-through-index',
      comment: 'a lib is entered by its src/index.ts',
      severity: 'error',
      from: { path: '^(apps|deploy|bench)/', pathNot: '\\.(e2e-)?spec\\.ts$' },
      to: { path: '^libs/[^/]+/src/', pathNot: '^libs/[^/]+/src/index\\.ts$' },
    },
    {
      name: 'lib-not-into-other-lib',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'testing-only-from-specs',
      severity: 'error',
      from: { pathNot: ['spec\\.ts$', '^libs/testing/', 'spec-[a-z-]+\\.ts$', '\\.spec-fixture\\.ts$'] },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'pure-libs-stay-pure',
      comment: 'protocol and contracts must be usable in any program',
      severity: 'error',
      from: { path: PURE, pathNot: ['spec\\.ts$', 'spec-[a-z-]+\\.ts$', '\\.spec-fixture\\.ts$'] },
      to: { path: 'node_modules/(@nestjs|fastify|typeorm|pg|kafkajs|pino|undici)/' },
    },
    {
      name: 'lib-order-protocol',
      severity: 'error',
      from: {
        path: '^libs/protocol/',
        pathNot: ['spec\\.ts$', 'spec-[a-z-]+\\.ts$', '\\.spec-fixture\\.ts$'],
      },
      to: { path: '^libs/(contracts|kafka|control|service|client|testing)/' },
    },
    {
      name: 'lib-order-contracts',
      severity: 'error',
      from: {
        path: '^libs/contracts/',
        pathNot: ['spec\\.ts$', 'spec-[a-z-]+\\.ts$', '\\.spec-fixture\\.ts$'],
      },
      to: { path: '^libs/(kafka|control|service|client|testing)/' },
    },
    {
      name: 'lib-order-kafka',
      severity: 'error',
      from: { path: '^libs/kafka/', pathNot: ['spec\\.ts$', 'spec-[a-z-]+\\.ts$', '\\.spec-fixture\\.ts$'] },
      to: { path: '^libs/(contracts|control|service|client|testing)/' },
    },
    {
      name: 'lib-order-control',
      severity: 'error',
      from: {
        path: '^libs/control/',
        pathNot: ['spec\\.ts$', 'spec-[a-z-]+\\.ts$', '\\.spec-fixture\\.ts$'],
      },
      to: { path: '^libs/(service|client|testing)/' },
    },
    {
      name: 'lib-order-service',
      severity: 'error',
      from: {
        path: '^libs/service/',
        pathNot: ['spec\\.ts$', 'spec-[a-z-]+\\.ts$', '\\.spec-fixture\\.ts$'],
      },
      to: { path: '^libs/(client|testing)/' },
    },
    {
      name: 'lib-order-client',
      severity: 'error',
      from: { path: '^libs/client/', pathNot: ['spec\\.ts$', 'spec-[a-z-]+\\.ts$', '\\.spec-fixture\\.ts$'] },
      to: { path: '^libs/(kafka|control|service|testing)/' },
    },
    {
      name: 'kafkajs-only-in-kafka',
      severity: 'error',
      from: { pathNot: ['^libs/kafka/', '^apps/schema-registry/src/clients/spec-kafka[.]ts$'] },
      to: { path: 'node_modules/kafkajs/' },
    },
    {
      name: 'image-has-no-dev-dependencies',
      severity: 'error',
      from: {
        path: '^(apps|libs)/',
        pathNot: [
          'spec\\.ts$',
          'spec-[a-z-]+\\.ts$',
          '\\.spec-fixture\\.ts$',
          '^libs/(testing|protocol/examples)/',
        ],
      },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.wasl)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['wasl-source', 'import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};

/** The arrows between the folders, as docs/ARCHITECTURE.md draws them. */
const forbid = (name, from, to, comment) => ({ name, severity: 'error', comment, from: { path: from }, to })
const others = '^(app|components|config|content|data|labs|raft|supervisor|scripts|test)/'

module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    forbid(
      'site-knows-no-rooms',
      '^(app|components)/',
      { path: '^labs/(sandbox|watcher|kafka|gateway|cli)/' },
      'pages speak to the gateway',
    ),
    forbid(
      'kafka-stands-alone',
      '^labs/kafka/',
      { path: others, pathNot: '^labs/kafka/' },
      'it imports nothing of ours',
    ),
    forbid(
      'engine-knows-no-rooms',
      '^labs/engine/',
      { path: '^(labs/(sandbox|gateway|watcher|cli)|app|supervisor)/' },
      'nor HTTP',
    ),
    forbid(
      'protocol-is-words',
      '^labs/protocol/',
      { path: others, pathNot: '^labs/protocol/' },
      'messages depend on nothing',
    ),
    forbid('raft-stands-alone', '^raft/', { path: others, pathNot: '^raft/' }, 'a model of rules, and nothing else'),
    forbid(
      'data-serves',
      '^data/',
      { path: '^(app|components|labs/(gateway|sandbox|watcher|cli)|supervisor)/' },
      'site and gateway use it',
    ),
    forbid('tests-are-not-imported', '^(?!test/)', { path: '^test/' }, 'by nothing but tests'),
    forbid('set-up-before-npm', '^scripts/setup/', { path: 'node_modules' }, 'runs before npm ci: Node built-ins only'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|generated|\\.next|\\.cache)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
}

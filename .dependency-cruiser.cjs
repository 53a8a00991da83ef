/** The arrows between the folders; docs/ARCHITECTURE.md draws them. */
const top = (...names) => `^(${names.join('|')})/`

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'kafka-stands-alone',
      comment: 'labs/kafka knows Kafka and nothing of ours',
      severity: 'error',
      from: { path: '^labs/kafka/' },
      to: {
        path: top('app', 'components', 'config', 'data', 'labs', 'lessons', 'supervisor'),
        pathNot: '^labs/kafka/',
      },
    },
    {
      name: 'engine-knows-no-rooms',
      severity: 'error',
      from: { path: '^labs/engine/' },
      to: { path: '^labs/(sandbox|gateway|watcher|cli)/|^app/|^data/' },
    },
    {
      name: 'site-knows-no-rooms',
      comment: 'the site reaches labs through the gateway and shares only messages and models',
      severity: 'error',
      from: { path: top('app', 'components', 'lessons') },
      to: { path: '^labs/(sandbox|gateway|watcher|kafka|cli)/' },
    },
    {
      name: 'room-processes-are-small',
      comment: 'what runs in a room drags in neither database nor site',
      severity: 'error',
      from: { path: '^labs/sandbox/(switch|spawner)/' },
      to: { path: top('app', 'components', 'data', 'lessons', 'supervisor') },
    },
    {
      name: 'protocol-is-leaf',
      severity: 'error',
      from: { path: '^labs/protocol/' },
      to: { path: '^labs/(?!protocol/)' },
    },
    { name: 'tests-are-not-imported', severity: 'error', from: { pathNot: '^test/' }, to: { path: '^test/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules|dist|generated|\\.next|\\.cache)' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}

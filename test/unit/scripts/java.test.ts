import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { findJava } from '../../../scripts/setup/java.mjs'
import { sharedFolder } from '../../support/folder.ts'

const folder = sharedFolder()
afterAll(folder.remove)

function makeJdk(path: string, version: string, tools = ['java', 'javac']) {
  const home = folder.make(path)
  mkdirSync(join(home, 'bin'))
  for (const tool of tools) writeFileSync(join(home, 'bin', tool), '')
  writeFileSync(join(home, 'release'), `IMPLEMENTOR="Somebody"\nJAVA_VERSION="${version}"\n`)
  return home
}

describe('findJava', () => {
  const jvms = folder.make('jvm')
  makeJdk('jvm/java-8', '1.8.0_402')
  makeJdk('jvm/java-17', '17.0.9')
  makeJdk('jvm/java-21-runtime', '21.0.2', ['java'])
  makeJdk('jvm/java-26', '26')
  makeJdk('jvm/java-21', '21.0.1')

  it('takes the newest that Kafka runs on and that compiles', () => {
    expect(findJava({}, jvms)).toMatchObject({ version: 21, full: '21.0.1' })
  })

  it('takes JAVA_HOME where it is set', () => {
    expect(findJava({ JAVA_HOME: join(jvms, 'java-17') }, jvms)).toMatchObject({ version: 17 })
  })

  it.each([
    ['java-8', /Java 1\.8\.0_402, too old/],
    ['java-21-runtime', /has no javac/],
    ['nothing', /is not a JDK/],
  ])('refuses a JAVA_HOME that does not do: %s', (name, words) => {
    expect(() => findJava({ JAVA_HOME: join(jvms, name) }, jvms)).toThrow(words)
  })

  it('finds none where there is none', () => {
    expect(findJava({}, folder.make('empty'))).toBeNull()
  })
})

/** For each key that is named, its partition of six: by this client's own rule, and by that of Java's client. */
import { compatibilityPartitioner, defaultPartitioner } from '@platformatic/kafka'

for (const name of process.argv.slice(2)) {
  const key = Buffer.from(name)
  console.log(name, defaultPartitioner(null, key) % 6, compatibilityPartitioner(null, key) % 6)
}

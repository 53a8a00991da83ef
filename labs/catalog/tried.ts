/** What labs whose checks are judged by trials ask of them. Pure, as all judges are. */
import { type Fact, missing, type Verdict } from '#labs/engine/define.ts'
import type { TopicRecord } from '#labs/protocol/observation.ts'

const NOT_TRIED = 'Not tried yet in this room: “Try it” runs it against a cluster of its own.'

/** What has to be there whatever a check is about. */
export function tried<Evidence>(fact: Fact<Evidence>, judge: (evidence: Evidence) => Verdict): Verdict {
  if (fact.state === 'not-fetched') return missing(NOT_TRIED)
  if (fact.state === 'failed') return missing(`The last trial could not be made: ${fact.why}`)
  return judge(fact.value)
}

export const recordsOf = (fact: Fact<{ records: TopicRecord[] }>): TopicRecord[] =>
  fact.state === 'fetched' ? fact.value.records : []

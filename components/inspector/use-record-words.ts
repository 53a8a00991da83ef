'use client'
import { useMemo } from 'react'
import { useTranslations } from 'use-intl'
import { clock } from '#components/workbench/format.ts'
import type { MetadataRecord } from '#labs/protocol/observation.ts'
import type { Messages } from '#messages/text.ts'
import { type Family, familyOf } from './families.ts'
import { CONFIG_RESOURCES } from './filter.ts'
import { type Data, dataOf, isObject, type Names, numbersIn, textOf } from './names.ts'

type TypeKey = keyof Messages['inspector']['types']

/** AclOperation, ResourceType, PatternType, ScramMechanism: as their codes in Kafka's enums. */
const ACL_OPERATIONS = [
  'unknown',
  'any',
  'all',
  'read',
  'write',
  'create',
  'delete',
  'alter',
  'describe',
  'cluster action',
  'describe configs',
  'alter configs',
  'idempotent write',
  'create tokens',
  'describe tokens',
]
const ACL_RESOURCES = ['unknown', 'any', 'topic', 'group', 'cluster', 'transactional id', 'delegation token', 'user']
const PREFIXED = 4
const ALLOW = 3
const SCRAM_MECHANISMS = ['unknown', 'SCRAM-SHA-256', 'SCRAM-SHA-512']

/** A record's type and contents in words, with names in place of ids where they are known. */
export function useRecordWords(names: Names) {
  const t = useTranslations('inspector')
  return useMemo(() => {
    const node = (id: unknown): string =>
      typeof id === 'number' && id >= 0 ? (names.hosts.get(id) ?? t('says.node', { id: String(id) })) : t('says.none')
    const topic = (id: unknown): string => names.topics.get(textOf(id)) ?? textOf(id)
    const list = (value: unknown): string => `[${numbersIn(value).join(', ')}]`
    const partition = (data: Data): string => `${topic(data.topicId)}-${data.partitionId}`
    const listeners = (data: Data): string =>
      (Array.isArray(data.endPoints) ? data.endPoints.filter(isObject) : [])
        .map(({ name, host, port }) => `${name} ${host}:${port}`)
        .join(', ')
    const voters = (value: unknown): string =>
      (Array.isArray(value) ? value.filter(isObject) : []).map(({ voterId }) => node(voterId)).join(', ')
    const resource = (data: Data): string => {
      const kind = CONFIG_RESOURCES[Number(data.resourceType)] ?? String(data.resourceType)
      if (kind === 'broker') return data.resourceName === '' ? t('says.allBrokers') : node(Number(data.resourceName))
      return `${kind} ${data.resourceName}`
    }

    const partitionChange = (record: MetadataRecord, data: Data): string => {
      const was = names.before.get(record)
      const parts: string[] = []
      if (typeof data.leader === 'number') {
        const is = node(data.leader)
        parts.push(
          was?.leader != null && was.leader !== data.leader
            ? t('says.leaderWas', { was: node(was.leader), is })
            : t('says.leader', { is }),
        )
      }
      if (Array.isArray(data.isr))
        parts.push(
          was?.isr
            ? t('says.isrWas', { was: list(was.isr), is: list(data.isr) })
            : t('says.isr', { is: list(data.isr) }),
        )
      if (Array.isArray(data.replicas)) parts.push(t('says.replicas', { is: list(data.replicas) }))
      if (numbersIn(data.addingReplicas).length > 0) parts.push(t('says.adding', { is: list(data.addingReplicas) }))
      if (numbersIn(data.removingReplicas).length > 0)
        parts.push(t('says.removing', { is: list(data.removingReplicas) }))
      if (Array.isArray(data.eligibleLeaderReplicas))
        parts.push(t('says.elr', { is: list(data.eligibleLeaderReplicas) }))
      if (Array.isArray(data.lastKnownElr)) parts.push(t('says.lastElr', { is: list(data.lastKnownElr) }))
      if (data.leaderRecoveryState === 1) parts.push(t('says.recovering'))
      if (data.leaderRecoveryState === 0) parts.push(t('says.recovered'))
      if (Array.isArray(data.directories)) parts.push(t('says.directories'))
      return t('says.change', { partition: partition(data), what: parts.join(', ') || t('says.nothing') })
    }

    const brokerChange = (data: Data): string => {
      const parts: string[] = []
      if (data.fenced === 1) parts.push(t('says.fenced'))
      if (data.fenced === -1) parts.push(t('says.unfenced'))
      if (data.inControlledShutdown === 1) parts.push(t('says.controlledShutdown'))
      if (Array.isArray(data.logDirs)) parts.push(t('says.logDirs', { count: data.logDirs.length }))
      if (Array.isArray(data.cordonedLogDirs)) parts.push(t('says.cordoned', { count: data.cordonedLogDirs.length }))
      return t('says.change', { partition: node(data.brokerId), what: parts.join(', ') || t('says.nothing') })
    }

    const quotaEntity = (data: Data): string =>
      (Array.isArray(data.entity) ? data.entity.filter(isObject) : [])
        .map(({ entityType, entityName }) =>
          entityName === null || entityName === undefined
            ? t('says.defaultEntity', { type: String(entityType) })
            : `${entityType} ${entityName}`,
        )
        .join(', ')

    /** One line; empty where the type says it all. */
    const summary = (record: MetadataRecord): string => {
      const data = dataOf(record)
      switch (record.type) {
        case 'TOPIC_RECORD':
          return textOf(data.name)
        case 'REMOVE_TOPIC_RECORD':
          return topic(data.topicId)
        case 'CLEAR_ELR_RECORD':
          return textOf(data.topicName)
        case 'PARTITION_RECORD':
          return t('says.partition', {
            partition: partition(data),
            replicas: list(data.replicas),
            leader: node(data.leader),
          })
        case 'PARTITION_CHANGE_RECORD':
          return partitionChange(record, data)
        case 'REGISTER_BROKER_RECORD':
          return t('says.registered', {
            node: node(data.brokerId),
            listeners: listeners(data),
            epoch: String(data.brokerEpoch),
          })
        case 'UNREGISTER_BROKER_RECORD':
        case 'FENCE_BROKER_RECORD':
        case 'UNFENCE_BROKER_RECORD':
          return node(data.brokerId ?? data.id)
        case 'BROKER_REGISTRATION_CHANGE_RECORD':
          return brokerChange(data)
        case 'REGISTER_CONTROLLER_RECORD':
          return t('says.controllerRegistered', { node: node(data.controllerId), listeners: listeners(data) })
        case 'CONFIG_RECORD':
          return data.value === null || data.value === undefined
            ? t('says.configGone', { resource: resource(data), name: textOf(data.name) })
            : t('says.config', { resource: resource(data), name: textOf(data.name), value: String(data.value) })
        case 'FEATURE_LEVEL_RECORD':
          return t('says.feature', { name: textOf(data.name), level: String(data.featureLevel) })
        case 'ACCESS_CONTROL_ENTRY_RECORD':
          return t('says.acl', {
            permission: data.permissionType === ALLOW ? 'allow' : 'deny',
            principal: textOf(data.principal),
            operation: ACL_OPERATIONS[Number(data.operation)] ?? String(data.operation),
            resource: `${ACL_RESOURCES[Number(data.resourceType)] ?? data.resourceType} ${data.resourceName}${data.patternType === PREFIXED ? '*' : ''}`,
            host: textOf(data.host),
          })
        case 'USER_SCRAM_CREDENTIAL_RECORD':
        case 'REMOVE_USER_SCRAM_CREDENTIAL_RECORD':
          return t('says.scram', {
            user: textOf(data.name),
            mechanism: SCRAM_MECHANISMS[Number(data.mechanism)] ?? String(data.mechanism),
          })
        case 'CLIENT_QUOTA_RECORD':
          return t(data.remove === true ? 'says.quotaGone' : 'says.quota', {
            entity: quotaEntity(data),
            key: textOf(data.key),
            value: String(data.value),
          })
        case 'DELEGATION_TOKEN_RECORD':
          return t('says.token', { owner: textOf(data.owner) })
        case 'PRODUCER_IDS_RECORD':
          return t('says.producerIds', { node: node(data.brokerId), next: String(data.nextProducerId) })
        case 'BEGIN_TRANSACTION_RECORD':
          return textOf(data.name)
        case 'ABORT_TRANSACTION_RECORD':
          return textOf(data.reason)
        case 'LeaderChange':
          return t('says.leads', { leader: node(data.leaderId), voters: voters(data.voters) })
        case 'KRaftVersion':
          return t('says.kraftVersion', { version: String(data.kRaftVersion) })
        case 'KRaftVoters':
          return voters(data.voters)
        case 'SnapshotHeader':
          return t('says.lastContained', { time: clock(Number(data.lastContainedLogTimestamp)) })
        case 'END_TRANSACTION_RECORD':
        case 'SnapshotFooter':
        case 'NO_OP_RECORD':
          return ''
        default:
          return JSON.stringify(record.data ?? {})
      }
    }

    return {
      /** a type in words; Kafka's own name where this version of the page has none */
      type: (type: string): string => (t.has(`types.${type as TypeKey}`) ? t(`types.${type as TypeKey}`) : type),
      family: (type: string): string => t(`families.${familyOf(type)}`),
      familyName: (family: Family): string => t(`families.${family}`),
      node,
      topic,
      summary,
    }
  }, [names, t])
}
export type RecordWords = ReturnType<typeof useRecordWords>

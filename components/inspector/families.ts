/** Which family a record's type belongs to: each has a colour, a shape and a word, the same everywhere. */
import {
  Binary,
  Brackets,
  CircleHelp,
  Cpu,
  Flag,
  Grid2x2,
  KeyRound,
  Layers,
  type LucideIcon,
  Milestone,
  Server,
  SlidersHorizontal,
} from 'lucide-react'

export const FAMILIES = [
  'broker',
  'controller',
  'topic',
  'partition',
  'config',
  'feature',
  'security',
  'producer',
  'transaction',
  'control',
  'other',
] as const
export type Family = (typeof FAMILIES)[number]

/** As kafka-dump-log names them (MetadataRecordType, ControlRecordType). A later version's own are `other`. */
const FAMILY_OF: Record<string, Family> = {
  REGISTER_BROKER_RECORD: 'broker',
  UNREGISTER_BROKER_RECORD: 'broker',
  BROKER_REGISTRATION_CHANGE_RECORD: 'broker',
  FENCE_BROKER_RECORD: 'broker',
  UNFENCE_BROKER_RECORD: 'broker',
  REGISTER_CONTROLLER_RECORD: 'controller',
  ZK_MIGRATION_STATE_RECORD: 'controller',
  TOPIC_RECORD: 'topic',
  REMOVE_TOPIC_RECORD: 'topic',
  CLEAR_ELR_RECORD: 'topic',
  PARTITION_RECORD: 'partition',
  PARTITION_CHANGE_RECORD: 'partition',
  CONFIG_RECORD: 'config',
  CLIENT_QUOTA_RECORD: 'config',
  FEATURE_LEVEL_RECORD: 'feature',
  ACCESS_CONTROL_ENTRY_RECORD: 'security',
  REMOVE_ACCESS_CONTROL_ENTRY_RECORD: 'security',
  USER_SCRAM_CREDENTIAL_RECORD: 'security',
  REMOVE_USER_SCRAM_CREDENTIAL_RECORD: 'security',
  DELEGATION_TOKEN_RECORD: 'security',
  REMOVE_DELEGATION_TOKEN_RECORD: 'security',
  PRODUCER_IDS_RECORD: 'producer',
  BEGIN_TRANSACTION_RECORD: 'transaction',
  END_TRANSACTION_RECORD: 'transaction',
  ABORT_TRANSACTION_RECORD: 'transaction',
  LeaderChange: 'control',
  KRaftVersion: 'control',
  KRaftVoters: 'control',
  SnapshotHeader: 'control',
  SnapshotFooter: 'control',
  NO_OP_RECORD: 'other',
}
export const KNOWN_TYPES = Object.keys(FAMILY_OF)

export const familyOf = (type: string): Family => FAMILY_OF[type] ?? 'other'

export const FAMILY_ICON: Record<Family, LucideIcon> = {
  broker: Server,
  controller: Cpu,
  topic: Layers,
  partition: Grid2x2,
  config: SlidersHorizontal,
  feature: Flag,
  security: KeyRound,
  producer: Binary,
  transaction: Brackets,
  control: Milestone,
  other: CircleHelp,
}

/** Text and mark; the colours are in app/globals.css. */
export const FAMILY_TONE: Record<Family, string> = {
  broker: 'text-family-broker',
  controller: 'text-family-controller',
  topic: 'text-family-topic',
  partition: 'text-family-partition',
  config: 'text-family-config',
  feature: 'text-family-feature',
  security: 'text-family-security',
  producer: 'text-ink-soft',
  transaction: 'text-ink-quiet',
  control: 'text-accent',
  other: 'text-ink-quiet',
}

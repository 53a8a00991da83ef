/**
 * The state of a KRaft quorum and what may happen to it, as plain data. Times are in ms of the model's own clock. Offsets
 * count records from 0; an end offset is that of the next record.
 */
export type NodeId = number

/** A replica is its id and its disk: a wiped disk makes another replica of the same node (KIP-853). */
export type ReplicaKey = { id: NodeId; directory: number }

export type LogRecord = {
  epoch: number /** 'LeaderChange' is the control record with which an epoch begins */
  payload: string
}

/** By voter: granted or refused; who has not answered is not in it. */
export type Votes = Readonly<Record<NodeId, boolean>>

/** What a leader knows of a replica. `end`: null until it has fetched. `fetchedAt`: null likewise. */
export type ReplicaState = { key: ReplicaKey; end: number | null; fetchedAt: number | null }

/** The classes of org.apache.kafka.raft that end in State. A vote is kept in Unattached: 4.3.1 has no VotedState. */
export type Role =
  | { is: 'unattached'; leader: NodeId | null; voted: ReplicaKey | null }
  | { is: 'prospective'; leader: NodeId | null; voted: ReplicaKey | null; votes: Votes }
  | { is: 'candidate'; votes: Votes }
  | {
      is: 'follower'
      leader: NodeId
      voted: ReplicaKey | null /** from this leader, since it follows it */
      hasFetched: boolean
    }
  | {
      is: 'leader'
      epochStart: number
      granted: NodeId[]
      replicas: ReplicaState[]
      /** since the check-quorum timer was last set */
      fetchedVoters: NodeId[]
      /** when it next reminds voters that do not fetch */
      remindAt: number
    }
  | { is: 'resigned'; unacknowledged: NodeId[]; successors: NodeId[] }
export type RoleName = Role['is']

/** One request at a time to each peer, as RequestManager has it. */
export type Connection = { is: 'waiting'; request: number; until: number } | { is: 'backing-off'; until: number }

/** A Fetch that the leader holds back until there is something to answer. `answer`: what it says if nothing comes. */
export type ParkedFetch = { request: Message; until: number; answer: FetchAnswer }

export type Node = {
  id: NodeId
  name: string
  directory: number
  process: 'running' | 'paused' | 'down'
  /** a controlled shutdown is under way, until then at most */
  stopBy: number | null
  /** the file quorum-state: what survives a crash, beside the log */
  disk: { epoch: number; leader: NodeId | null; voted: ReplicaKey | null }
  log: readonly LogRecord[]
  epoch: number
  role: Role
  highWatermark: number | null
  /** when the time-out of its role is over; null: the role has none */
  deadline: number | null
  connections: Readonly<Record<NodeId, Connection>>
  parked: readonly ParkedFetch[]
  /** how many random time-outs it has drawn */
  draws: number
}

type Told = { epoch: number; leader: NodeId | null }
export type ErrorCode = 'none' | 'fenced-leader-epoch' | 'unknown-leader-epoch' | 'not-leader' | 'invalid-voter-key'

export type Request =
  | {
      is: 'vote'
      preVote: boolean
      epoch: number
      candidate: ReplicaKey
      voter: ReplicaKey
      lastEpoch: number
      /** end offset of the candidate's log */
      end: number
    }
  | { is: 'begin-quorum-epoch'; epoch: number; leader: NodeId; voter: ReplicaKey }
  | { is: 'end-quorum-epoch'; epoch: number; leader: NodeId; successors: NodeId[] }
  | { is: 'fetch'; epoch: number; replica: ReplicaKey; offset: number; lastEpoch: number; highWatermark: number | null }

export type FetchAnswer = Told & {
  is: 'fetch-answer'
  error: ErrorCode
  records: readonly LogRecord[]
  diverging: { epoch: number; end: number } | null
  highWatermark: number | null
}
export type Answer =
  | (Told & { is: 'vote-answer'; error: ErrorCode; preVote: boolean; granted: boolean })
  | (Told & { is: 'begin-quorum-epoch-answer' | 'end-quorum-epoch-answer'; error: ErrorCode })
  | FetchAnswer

/** In flight from one node to another. `answers`: the request's id, for an answer. `sent`, `due`: when it left, and when it arrives if nobody meddles. */
export type Message = {
  id: number
  from: NodeId
  to: NodeId
  sent: number
  due: number
  answers: number | null
  body: Request | Answer
}

export type Link = { from: NodeId; to: NodeId }

export type Quorum = {
  settings: Settings
  now: number
  nodes: readonly Node[]
  voters: readonly ReplicaKey[]
  messages: readonly Message[]
  /** Nothing that is sent from the one arrives at the other. */
  cuts: readonly Link[]
  nextMessage: number
  /** What the last event did. */
  news: readonly News[]
}

export type Settings = {
  seed: number
  /** off: as if a voter did not know PreVote; then a prospective voter becomes a candidate at once */
  preVote: boolean
  fetchTimeoutMs: number
  /** and up to as much again, at random */
  electionTimeoutMs: number
  requestTimeoutMs: number
  /** how long a leader holds a Fetch that has nothing to bring */
  fetchMaxWaitMs: number
  /** before a peer is asked again that could not help */
  retryBackoffMs: number
}

/** One step. What does not apply (a message that is gone, a timer that does not run) changes nothing. */
export type RaftEvent = (
  | { is: 'deliver' | 'drop'; message: number }
  /** the time-out of the node's role, or (`remind`) the leader's reminder to voters that do not fetch */
  | { is: 'timeout' | 'remind' | 'stop-timeout'; node: NodeId }
  /** a request to a peer timed out, or the wait before the next one is over */
  | { is: 'peer-timeout'; node: NodeId; peer: NodeId }
  /** a held Fetch has waited long enough */
  | { is: 'fetch-wait-over'; node: NodeId; request: number }
  | { is: 'append'; node: NodeId; payloads: string[] }
  | { is: 'crash' | 'start' | 'pause' | 'resume' | 'stop' | 'wipe'; node: NodeId }
  | { is: 'cut' | 'mend'; from: NodeId; to: NodeId }
) & {
  /** The clock goes on to it. Left out: it happens now, before its time or by somebody's hand. */
  at?: number
}

export type Why =
  | 'fetch-timeout'
  | 'election-timeout'
  | 'check-quorum'
  | 'majority'
  | 'lost'
  | 'later-epoch'
  | 'leader-known'
  | 'start'
  | 'stop'
  | 'no-pre-vote'

export type News =
  | {
      is: 'role'
      node: NodeId
      role: RoleName
      epoch: number
      why: Why /** whom a follower follows */
      leader: NodeId | null
    }
  | { is: 'vote'; node: NodeId; candidate: NodeId; preVote: boolean; granted: boolean; because: VoteReason }
  | { is: 'appended'; node: NodeId; offset: number; count: number; epoch: number }
  | { is: 'fetched'; node: NodeId; offset: number; count: number }
  | { is: 'truncated'; node: NodeId; to: number; count: number }
  | { is: 'high-watermark'; node: NodeId; to: number }
  | { is: 'lost'; message: Message; why: 'cut' | 'down' | 'dropped' }
  | { is: 'ignored'; message: Message }
  | { is: 'refused'; node: NodeId; to: NodeId; error: ErrorCode }

export type VoteReason =
  | 'up-to-date'
  | 'log-behind'
  | 'voted-for-another'
  | 'has-leader'
  | 'stands-itself'
  | 'leads'
  | 'old-epoch'
  | 'not-meant'

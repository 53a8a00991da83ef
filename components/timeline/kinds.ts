/** How each kind of event looks: a shape and a colour, the same on the line and in the list. */
import type { TimelineEvent } from '#labs/protocol/live.ts'

export type Kind = TimelineEvent['kind']
export type Tone = 'ink-quiet' | 'ink-soft' | 'accent' | 'good' | 'warn' | 'bad'
/** One above the other on the line. */
export const LANES = ['actions', 'cluster', 'outages'] as const
export type Lane = (typeof LANES)[number]

/** In a square of 10 by 10. */
const SHAPE = {
  circle: 'M5 1a4 4 0 1 0 0 8a4 4 0 1 0 0-8z',
  ring: 'M5 1a4 4 0 1 0 0 8a4 4 0 1 0 0-8zM5 2.6a2.4 2.4 0 1 1 0 4.8a2.4 2.4 0 1 1 0-4.8z',
  square: 'M1.5 1.5h7v7h-7z',
  frame: 'M1.5 1.5h7v7h-7zM3 3v4h4v-4z',
  diamond: 'M5 .2L9.8 5L5 9.8L.2 5z',
  down: 'M.8 1.4h8.4L5 9.2z',
  up: 'M.8 8.6h8.4L5 .8z',
  cross: 'M2 .6L5 3.6L8 .6L9.4 2L6.4 5L9.4 8L8 9.4L5 6.4L2 9.4L.6 8L3.6 5L.6 2z',
  tick: 'M.6 5.4L2 4L4 6L8 1.6L9.4 3L4 8.8z',
  chevron: 'M2.4 .8L7.4 5L2.4 9.2V6.8L4.6 5L2.4 3.2z',
  flag: 'M1.8 .6h1.2v.6h5.6L7 3.6l1.6 2.4H3v3.4H1.8z',
  speech: 'M1 1h8v6H5.4L3 9.4V7H1z',
  bar: 'M.4 3h9.2v4H.4z',
  broken: 'M.4 3h2.4v4H.4zM3.8 3h2.4v4H3.8zM7.2 3h2.4v4H7.2z',
}

export const KINDS: Record<Kind, { path: string; tone: Tone; lane: Lane }> = {
  fault: { path: SHAPE.down, tone: 'bad', lane: 'actions' },
  step: { path: SHAPE.flag, tone: 'accent', lane: 'actions' },
  pass: { path: SHAPE.tick, tone: 'good', lane: 'actions' },
  answer: { path: SHAPE.frame, tone: 'accent', lane: 'actions' },
  command: { path: SHAPE.chevron, tone: 'ink-quiet', lane: 'actions' },
  leader: { path: SHAPE.diamond, tone: 'accent', lane: 'cluster' },
  node: { path: SHAPE.circle, tone: 'ink-soft', lane: 'cluster' },
  broker: { path: SHAPE.ring, tone: 'ink-soft', lane: 'cluster' },
  isr: { path: SHAPE.up, tone: 'warn', lane: 'cluster' },
  topic: { path: SHAPE.square, tone: 'ink-quiet', lane: 'cluster' },
  network: { path: SHAPE.cross, tone: 'bad', lane: 'cluster' },
  class: { path: SHAPE.speech, tone: 'accent', lane: 'actions' },
  room: { path: SHAPE.frame, tone: 'ink-quiet', lane: 'actions' },
  outage: { path: SHAPE.bar, tone: 'bad', lane: 'outages' },
  gap: { path: SHAPE.broken, tone: 'ink-quiet', lane: 'outages' },
}
export const ALL_KINDS = Object.keys(KINDS) as Kind[]

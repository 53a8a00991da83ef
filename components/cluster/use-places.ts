'use client'
import { type RefObject, useEffect, useState } from 'react'

/** `upper`: on the controllers' side of the bridge. */
export type Box = { left: number; right: number; top: number; bottom: number; upper: boolean }
export type Places = {
  width: number
  height: number
  boxes: Map<string, Box>
  /** the cards of one side do not all stand side by side: between two of them may be a third */
  wrapped: boolean
}

/** Where the cards stand, measured again when anything there changes its size. */
export function usePlaces(ground: RefObject<HTMLElement | null>, hosts: string): Places | null {
  const [places, setPlaces] = useState<Places | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: other hosts are other cards
  useEffect(() => {
    const element = ground.current
    if (!element) return
    const measure = () => setPlaces(measured(element))
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    for (const card of element.querySelectorAll('[data-host]')) observer.observe(card)
    return () => observer.disconnect()
  }, [ground, hosts])
  return places
}

function measured(element: HTMLElement): Places {
  const base = element.getBoundingClientRect()
  const boxes = new Map<string, Box>()
  for (const card of element.querySelectorAll<HTMLElement>('[data-host]')) {
    const { left, right, top, bottom } = card.getBoundingClientRect()
    boxes.set(card.dataset.host ?? '', {
      left: left - base.left,
      right: right - base.left,
      top: top - base.top,
      bottom: bottom - base.top,
      upper: card.closest('[data-row="upper"]') !== null,
    })
  }
  const all = [...boxes.values()]
  const wrapped = all.some((one) => all.some((other) => one.upper === other.upper && other.top >= one.bottom))
  return { width: base.width, height: base.height, boxes, wrapped }
}

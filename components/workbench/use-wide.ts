'use client'
import { useSyncExternalStore } from 'react'

/** From here on what is learnt and what is done stand side by side. */
const WIDE = '(min-width: 1024px)'

export const useWide = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => matchMedia(WIDE).matches,
    () => true,
  )

function subscribe(listener: () => void): () => void {
  const query = matchMedia(WIDE)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

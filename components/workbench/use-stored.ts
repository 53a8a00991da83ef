'use client'
import { useCallback, useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** A small preference of this browser, kept in localStorage; `fallback` until one was chosen. */
export function useStoredFlag(key: string, fallback = false): [boolean, (on: boolean) => void] {
  const text = useSyncExternalStore(
    subscribe,
    () => localStorage.getItem(key),
    () => null,
  )
  const set = useCallback(
    (on: boolean) => {
      localStorage.setItem(key, String(on))
      for (const listener of listeners) listener()
    },
    [key],
  )
  return [text === null ? fallback : text === 'true', set]
}

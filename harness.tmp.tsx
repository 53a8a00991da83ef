import { createRoot } from 'react-dom/client'
import { RaftSimulator } from '#components/raft-simulator/raft-simulator.tsx'
import { TextProvider } from '#messages/provider.tsx'
import en from './messages/en.json'

const q = new URLSearchParams(location.search)
if (q.get('dark')) document.documentElement.classList.add('dark')
createRoot(document.getElementById('root')!).render(
  <TextProvider locale="en" messages={en as any}>
    <div className="prose" style={{ maxWidth: '44rem', margin: '0 auto', padding: 16 }}>
      <p>A paragraph of the lesson before it, to see how it sits.</p>
      <RaftSimulator scenario={q.get('s') as any} />
    </div>
  </TextProvider>,
)

// Says back what was said: the only proof of a microphone that its owner believes.
export interface Echo {
  /** Resolves when it has been played; rejects where the browser cannot record or play. */
  done: Promise<void>
  /** Called when the recording is over and the playing begins. */
  onPlaying(listener: () => void): void
  stop(): void
}

export const ECHO_MS = 4000

export function createEcho(track: MediaStreamTrack): Echo | null {
  if (typeof MediaRecorder === 'undefined') return null
  let recorder: MediaRecorder
  try {
    recorder = new MediaRecorder(new MediaStream([track]))
  } catch {
    return null
  }
  const parts: Blob[] = []
  const player = new Audio()
  let tellPlaying: () => void = () => undefined
  let url = ''
  let timer: ReturnType<typeof setTimeout> | undefined

  const done = new Promise<void>((resolve, reject) => {
    const end = (error?: unknown) => {
      if (url !== '') URL.revokeObjectURL(url)
      if (error === undefined) resolve()
      else reject(error instanceof Error ? error : new Error('no echo'))
    }
    recorder.ondataavailable = ({ data }) => parts.push(data)
    recorder.onerror = () => end(new Error('not recorded'))
    recorder.onstop = () => {
      if (parts.length === 0) return end(new Error('not recorded'))
      url = URL.createObjectURL(new Blob(parts, { type: recorder.mimeType }))
      player.src = url
      player.onended = () => end()
      player.onerror = () => end(new Error('not played'))
      tellPlaying()
      player.play().catch(end)
    }
    recorder.start()
    timer = setTimeout(() => recorder.state === 'recording' && recorder.stop(), ECHO_MS)
    player.onpause = () => player.ended || end()
  })

  return {
    done,
    onPlaying(listener) {
      tellPlaying = listener
    },
    stop() {
      clearTimeout(timer)
      player.pause()
      if (recorder.state === 'recording') {
        recorder.ondataavailable = null
        recorder.stop()
      }
    },
  }
}

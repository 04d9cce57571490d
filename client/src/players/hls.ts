/** HLS streams in our own video element: by the browser where it can, by hls.js, loaded only then, where it cannot. */
import type Hls from 'hls.js'

export type HlsClass = typeof Hls
export type LoadHls = () => Promise<HlsClass>

/** Wide enough for the ordinary stream; a stream that ends early is noticed by the picture standing still. */
const TYPE = 'application/vnd.apple.mpegurl'

export const loadHls: LoadHls = async () => (await import('hls.js/light')).default

/** Returns what takes the stream off the element again. */
export function attachHls(video: HTMLVideoElement, url: string, failed: () => void, load: LoadHls): () => void {
  if (video.canPlayType(TYPE)) {
    video.src = url
    return () => undefined
  }
  let hls: Hls | null = null
  let gone = false
  load()
    .then((Class) => {
      if (gone) return
      if (!Class.isSupported()) return failed()
      // No worker: the page's policy would have to allow scripts from blobs.
      hls = new Class({ enableWorker: false, backBufferLength: 30 })
      let recovered = false
      hls.on(Class.Events.ERROR, (_event, data) => {
        if (!data.fatal) return
        if (data.type === Class.ErrorTypes.MEDIA_ERROR && !recovered) {
          recovered = true
          hls?.recoverMediaError()
        } else failed()
      })
      hls.loadSource(url)
      hls.attachMedia(video)
    })
    .catch(failed)
  return () => {
    gone = true
    hls?.destroy()
  }
}

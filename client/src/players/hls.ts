/** HLS streams in our own video element: by hls.js, loaded only then, and on Apple's devices by the browser itself. */
import type Hls from 'hls.js'

export type HlsClass = typeof Hls
export type LoadHls = () => Promise<HlsClass>

export interface Attached {
  /** The instant that the picture shows, UTC seconds, by the stream's own EXT-X-PROGRAM-DATE-TIME; null where it has none. */
  date_s(): number | null
  detach(): void
}

/** The video element of WebKit, the one browser that has told streams' own time from the beginning. */
type Dated = HTMLVideoElement & { getStartDate?(): Date }

const TYPE = 'application/vnd.apple.mpegurl'

/** The whole library: its light build is mute where a stream has its sound in a playlist of its own. */
export const loadHls: LoadHls = async () => (await import('hls.js')).default

/** `from_s`: where it will be begun; what lies before is not fetched. null: where the stream likes. */
export function attachHls(
  video: Dated,
  url: string,
  from_s: number | null,
  failed: () => void,
  load: LoadHls,
): Attached {
  // Chromium says that it plays HLS too, since 2025, and tells no dates; hls.js is the same wherever it runs.
  if (video.getStartDate && video.canPlayType(TYPE)) {
    video.src = url
    return {
      date_s() {
        const start_ms = video.getStartDate?.().getTime() ?? NaN
        return Number.isFinite(start_ms) ? start_ms / 1000 + video.currentTime : null
      },
      detach: () => undefined,
    }
  }
  let hls: Hls | null = null
  let gone = false
  load()
    .then((Class) => {
      if (gone) return
      if (!Class.isSupported()) {
        if (!video.canPlayType(TYPE)) return failed()
        video.src = url
        return video.load()
      }
      hls = new Class({
        // The page's policy would have to allow scripts from blobs.
        enableWorker: false,
        backBufferLength: 30,
        ...(from_s === null ? {} : { startPosition: from_s }),
        // The speed is ours to change: two that steer would fight.
        maxLiveSyncPlaybackRate: 1,
      })
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
  return {
    date_s() {
      const ms = hls?.playingDate?.getTime() ?? NaN
      return Number.isFinite(ms) ? ms / 1000 : null
    },
    detach() {
      gone = true
      hls?.destroy()
    },
  }
}

// The light build (no DRM, no alternative sound tracks) has the same shape and no types of its own.
declare module 'hls.js/light' {
  export { default } from 'hls.js'
}

// What client/build/po.ts makes of a catalogue: all of it, or a share.
declare module '*.po' {
  const catalogue: import('./text/messages').Catalogue
  export default catalogue
}
declare module '*.po?first' {
  const catalogue: import('./text/messages').Catalogue
  export default catalogue
}
declare module '*.po?further' {
  const catalogue: import('./text/messages').Catalogue
  export default catalogue
}

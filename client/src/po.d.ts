// What client/build/po.ts makes of a catalogue: all of it, or what the pages of the audience say.
declare module '*.po' {
  const catalogue: import('./text/messages').Catalogue
  export default catalogue
}
declare module '*.po?audience' {
  const catalogue: import('./text/messages').Catalogue
  export default catalogue
}

// What client/build/po.ts makes of a catalogue.
declare module '*.po' {
  const catalogue: import('./text/messages').Catalogue
  export default catalogue
}

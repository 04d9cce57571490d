declare module '@ircam/sync/client/index.js' {
  interface Options {
    pingSeriesIterations?: number
    pingSeriesPeriod?: number
    pingSeriesDelay?: { min: number; max: number }
    longTermDataTrainingDuration?: number
    longTermDataDuration?: number
    estimationStability?: number
  }
  class SyncClient {
    constructor(time: () => number, options?: Options)
    start(
      send: (id: number, sent: number) => void,
      receive: (take: (id: number, sent: number, received: number, answered: number) => void) => void,
      report: (report: { status: string }) => void,
    ): void
    stop(): void
    getSyncTime(local?: number): number
  }
  const published: { default: typeof SyncClient }
  export default published
}

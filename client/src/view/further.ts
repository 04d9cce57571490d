// What is not needed for the first picture of a ceremony: fetched in one piece, once that picture or the door is drawn.
export { Closed } from './closing'
export { DetailsFields } from './fields'
export { Erased, HelpPage } from './helppage'
export { Rarer } from './rarer'
export { SeatLine } from './seatline'
export { Speak } from './speak'
export { RecordingMark, staged } from './stage/staged'
export { Turn } from './turn'

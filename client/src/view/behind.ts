// What lies behind the door of a participant's page: fetched in one piece, once the door has been drawn.
export { Inside } from './inside'

// What a hall with a camera of its own needs beside the picture: fetched by its page alone.
import '../../style/hall.css'
export { HallCheck } from './hallcheck'
export { HallStrip } from './hallstrip'

// What somebody on the stage is called.
import type { OnStage } from '../../wire'
import type { Text } from '../live'
import { programmeOf, type Page } from '../page'

/** A hall is called what the programme calls it; a person what they call themselves. */
export function whoOf(page: Page, person: OnStage): { name: Text | string; community: Text | string } {
  const hall = programmeOf(page)?.halls.find(({ id }) => person.key === `hall-${id}`)
  if (hall === undefined) return { name: person.name, community: person.community }
  return { name: hall.place, community: hall.community }
}

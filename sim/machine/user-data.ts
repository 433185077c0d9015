/**
 * Files of the user's, written long before the update and durable since: whoever updates an OS has no business with them. A few stand
 * for all, below /home and /var, on the file system that a system keeps its data on, else on its root.
 *
 * `lost-data`: one of them is missing or has other bytes, at an `up` or where the machine has nothing left to do. Source: FHS 3.0, 3.8
 * and 5.8, home folders and state in /var/lib belong to users and applications and stay valid over a reboot. Owners, times and
 * permissions are not modelled, and no measure of space counts these files.
 *
 * Nobody but the judge asks for them, as one group: where a strategy never touches them the answer is settled.
 */
import type { StoreId } from '../disk/call'
import type { Body } from '../disk/content'
import { type Group, damaged, isSame, parseClasses } from '../explore/group'
import type { InitialNode } from './initial-disk'
import type { PowerOn } from './power-on'

const files: readonly { readonly path: string; readonly body: Extract<Body, { kind: 'blob' }> }[] = [
  { path: '/home/ada/letter.odt', body: { kind: 'blob', blob: 'user:letter.odt', sizeBytes: 24_576 } },
  { path: '/home/ada/photos/lovelace.jpg', body: { kind: 'blob', blob: 'user:lovelace.jpg', sizeBytes: 3_145_728 } },
  { path: '/var/lib/diary/entries.db', body: { kind: 'blob', blob: 'user:entries.db', sizeBytes: 131_072 } },
]

export const userGroupId = 'user files'

/** One release only: a member agrees with it, or it is lost. */
export function userGroup(store: StoreId): Group {
  return {
    id: userGroupId, store, title: 'files of the user', releases: 1, of: 'paths',
    members: files.map(({ path, body: { blob, sizeBytes } }) => ({ path, expected: [{ type: 'file', blob, sizeBytes }] })),
  }
}

export function userNodes(): readonly (readonly [path: string, node: InitialNode])[] {
  return files.map(({ path, body }) => [path, { type: 'file', body }])
}

/** As this power-on found them. */
export function isUserDataLost(on: PowerOn): boolean {
  return parseClasses(on.disk.answer({ kind: 'group', group: userGroupId, view: 'kernel' })).includes(damaged)
}

/** Whether this power-on has done something to one of them. Asks nothing as long as it has not. */
export function hasSpoiledUserData(on: PowerOn, store: StoreId): boolean {
  const volume = on.volume(store)
  return files.some(({ path, body }) => {
    const found = volume.peek(path)
    if (found.kind === 'absent') return true
    const inode = found.kind === 'below' ? `@${found.path}` : found.inode
    if (inode === `@${path}` && volume.isAsAtPowerOn(inode)) return false
    if (volume.type(inode).type !== 'file') return true
    return !isSame({ type: 'file', blob: body.blob, sizeBytes: body.sizeBytes }, volume.body(inode))
  })
}

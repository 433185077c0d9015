import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseGrubConfig, renderGrubConfig, type GrubConfigInput, type GrubConfigKernel } from '../../../sim/boot/grub-config'

const rootUuid = '11111111-2222-3333-4444-555555555555'

function kernel(kernelVersion: string): GrubConfigKernel {
  return {
    kernelVersion,
    linuxPath: `/boot/vmlinuz-${kernelVersion}`,
    initrdPath: `/boot/initrd.img-${kernelVersion}`,
    rootArgument: `UUID=${rootUuid}`,
  }
}

const twoKernels: GrubConfigInput = { rootUuid, entries: [kernel('6.1.0-18-amd64'), kernel('6.1.0-20-amd64')] }

describe('renderGrubConfig', () => {
  // Measured: grub.d/10_linux of 2.06-13+deb12u2 with a stand-in grub-probe, /boot holding these files and no by-uuid link.
  test('the 10_linux section is the one that Debian writes', () => {
    const byDevice = (version: string): GrubConfigKernel => ({ ...kernel(version), rootArgument: '/dev/sda2' })
    const text = renderGrubConfig({
      rootUuid,
      entries: [
        ...['6.1.0-18-amd64', '6.1.0-20-amd64', '6.1.0-9-amd64'].map(byDevice),
        { ...byDevice('6.5.0~rc1'), initrdPath: null },
      ],
    })
    const begin = '### BEGIN /etc/grub.d/10_linux ###\n'
    const section = text.slice(text.indexOf(begin) + begin.length, text.indexOf('### END /etc/grub.d/10_linux ###'))
    expect(createHash('sha256').update(section).digest('hex')).toBe(
      '372c9f8ef00f40ae2ca86f74ddf7e56f328e11abc2f3f168d10cc21ca02393c5',
    )
  })

  test('what is written is read back: newest kernel first, then every kernel with its recovery entry', () => {
    const { entries, complete } = parseGrubConfig(renderGrubConfig(twoKernels))
    expect(complete).toBe(true)
    expect(entries.map(({ title, within }) => [...within, title].join(' > '))).toEqual([
      'Debian GNU/Linux',
      'Advanced options for Debian GNU/Linux > Debian GNU/Linux, with Linux 6.1.0-20-amd64',
      'Advanced options for Debian GNU/Linux > Debian GNU/Linux, with Linux 6.1.0-20-amd64 (recovery mode)',
      'Advanced options for Debian GNU/Linux > Debian GNU/Linux, with Linux 6.1.0-18-amd64',
      'Advanced options for Debian GNU/Linux > Debian GNU/Linux, with Linux 6.1.0-18-amd64 (recovery mode)',
    ])
    expect(entries[0]).toEqual({
      title: 'Debian GNU/Linux',
      within: [],
      linux: '/boot/vmlinuz-6.1.0-20-amd64',
      linuxArguments: [`root=UUID=${rootUuid}`, 'ro', 'quiet'],
      initrd: ['/boot/initrd.img-6.1.0-20-amd64'],
    })
  })

  test('a kernel without initramfs is listed without one, and first if it is the newest', () => {
    const bare = { ...kernel('6.2.0-1-amd64'), initrdPath: null, rootArgument: '/dev/sda2' }
    const first = parseGrubConfig(renderGrubConfig({ rootUuid, entries: [kernel('6.1.0-18-amd64'), bare] })).entries[0]
    expect(first).toMatchObject({ linux: '/boot/vmlinuz-6.2.0-1-amd64' })
    expect(first).not.toHaveProperty('initrd')
  })

  test('no kernels: a valid file without entries', () => {
    expect(parseGrubConfig(renderGrubConfig({ rootUuid, entries: [] }))).toEqual({ entries: [], complete: true })
  })
})

describe('parseGrubConfig', () => {
  const text = renderGrubConfig(twoKernels)
  const endOfSimpleEntry = text.indexOf('\n}\n', text.indexOf('menuentry ')) + 2
  const endOfSubmenu = text.indexOf('\n}\n', endOfSimpleEntry) + 2

  const cuts = [
    { name: 'empty file: no entries', keptBytes: 0, entries: 0, complete: true },
    { name: 'cut before the first entry closes: no entries', keptBytes: endOfSimpleEntry - 1, entries: 0, complete: false },
    { name: 'cut behind the first entry: that entry', keptBytes: endOfSimpleEntry, entries: 1, complete: true },
    { name: 'cut inside the submenu: the whole submenu is lost', keptBytes: endOfSubmenu - 1, entries: 1, complete: false },
    { name: 'cut behind the submenu: all entries', keptBytes: endOfSubmenu, entries: 5, complete: true },
  ]
  for (const cut of cuts)
    test(cut.name, () => {
      const config = parseGrubConfig(text.slice(0, cut.keptBytes))
      expect({ entries: config.entries.length, complete: config.complete }).toEqual({ entries: cut.entries, complete: cut.complete })
    })

  test('a file of NUL bytes, as delayed allocation leaves it, has no entries', () => {
    expect(parseGrubConfig('\0'.repeat(4096)).entries).toEqual([])
  })

  test('NUL bytes behind a cut change nothing', () => {
    const kept = text.slice(0, endOfSubmenu - 100)
    expect(parseGrubConfig(kept + '\0'.repeat(4096))).toEqual(parseGrubConfig(kept))
  })

  test('each cut keeps a prefix of the entries', () => {
    const whole = parseGrubConfig(text).entries
    for (let keptBytes = 0; keptBytes <= text.length; keptBytes++) {
      const kept = parseGrubConfig(text.slice(0, keptBytes)).entries
      expect(kept).toEqual(whole.slice(0, kept.length))
    }
  })

  const words = [
    { name: 'quotes and escapes', text: `menuentry 'It'\\''s' --class a {\n linux "/v \\"x\\"" a\\ b $c\${d}\n}\n`, title: "It's", linux: '/v "x"', args: ['a b', '$c${d}'] },
    { name: 'options before the title', text: 'menuentry --id x --unrestricted T { linux /v; initrd /i }\n', title: 'T', linux: '/v', args: [] },
    { name: 'a quote over two lines', text: "menuentry 'a\nb' {\n linux /v\n}", title: 'a\nb', linux: '/v', args: [] },
    { name: 'a line joined by a backslash', text: 'menuentry T {\n linux /v \\\n more\n}', title: 'T', linux: '/v', args: ['more'] },
    { name: 'kernel inside if', text: 'menuentry T {\n if [ a ]; then\n linux /v\n else\n true\n fi\n}', title: 'T', linux: '/v', args: [] },
  ]
  for (const word of words)
    test(`words: ${word.name}`, () => {
      expect(parseGrubConfig(word.text).entries).toMatchObject([{ title: word.title, linux: word.linux, linuxArguments: word.args }])
    })

  test('after a syntax error GRUB goes on with the next line', () => {
    expect(parseGrubConfig('}\nmenuentry T {\n linux /v\n}\n')).toMatchObject({ complete: false, entries: [{ title: 'T' }] })
  })

  test('never throws', () => {
    const piece = fc.constantFrom('menuentry ', "'", '"', '{', '}', '\n', '\\', '$', ';', 'if ', 'then ', 'fi', 'for x in ', 'do', 'done', 'elif', '#', ' ', 'T', '\0', '&', 'function f ')
    fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => parseGrubConfig(pieces.join('')).entries.length >= 0), { numRuns: 2000 })
  })
})

const hasScriptCheck = spawnSync('grub-script-check', ['--version']).status === 0

describe('grub-script-check (grub-common)', () => {
  // It also refuses a script without any command, which GRUB itself does not mind.
  const accepts = (text: string): boolean => spawnSync('grub-script-check', { input: `true\n${text}` }).status === 0

  test.skipIf(!hasScriptCheck)('accepts what renderGrubConfig writes', () => {
    expect(execFileSync('grub-script-check', { input: renderGrubConfig(twoKernels) }).length).toBe(0)
  })

  test.skipIf(!hasScriptCheck)('agrees about cuts', { timeout: 60_000 }, () => {
    const text = renderGrubConfig(twoKernels)
    for (let keptBytes = 0; keptBytes <= text.length; keptBytes += 61) {
      const cut = text.slice(0, keptBytes)
      expect({ keptBytes, complete: parseGrubConfig(cut).complete }).toEqual({ keptBytes, complete: accepts(cut) })
    }
  })

  test.skipIf(!hasScriptCheck)('agrees about made-up scripts', { timeout: 60_000 }, () => {
    const line = fc.constantFrom('menuentry T {', 'linux /v', '}', 'if true; then', 'fi', 'else', 'elif true; then', 'true', 'set a="b', '"', 'for x in 1 2; do', 'done', 'while true; do', 'function f {', '# c', '', 'a;b', 'a; ;b', 'x }', 'menuentry T { }', "echo 'a", "'", 'echo \\', 'a & b', 'echo $', 'echo ${a}b', 'menuentry A { linux /v }', 'submenu S {', ';', 'then', 'fi fi')
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const text = lines.join('\n')
        expect(parseGrubConfig(text).complete).toBe(accepts(text))
      }),
      { numRuns: 150, seed: 1 },
    )
  })
})

/**
 * Two slots: write the idle one, make it durable, then switch to it.
 *
 *   powercut sweep --system rauc-slots --releases small --strategy my-strategy.ts
 *   powercut sweep --system rauc-slots --releases small --strategy my-strategy.ts --set my-slots.sync=false
 */
import { defineStrategy } from 'powercut'

const source = { title: 'install()', where: 'https://example.org/my-updater/install.c' }

export const mySlots = defineStrategy<{ readonly sync: boolean }>({
  facts: {
    name: 'my-slots',
    title: 'Two slots, by hand',
    follows: 'my-updater 1.0',
    sources: [source],
    needs: ['slot', 'loader-env'],
    options: { sync: { default: true, means: 'fsync of the slot after it was written', source } },
    vows: ['no-brick', 'fallback-until-confirmed', 'retry-completes'],
    notModelled: ['signatures'],
  },
  program: ({ sync }) => ({
    update(os, release) {
      if (os.running === release) return 'done'
      const { booted, slots } = os.disk
      const idle = slots.find((slot) => slot !== booted) ?? booted
      const image = os.disk.imageOf(release)
      os.net.fetch('image', image.sizeBytes)
      os.boot.store({ BOOT_ORDER: booted }) // nobody boots a slot that is being written
      os.disk.slot(idle).writeImage(image, 1_048_576)
      if (sync) os.disk.slot(idle).flush()
      os.boot.store({ [`BOOT_${idle}_LEFT`]: '3', BOOT_ORDER: `${idle} ${booted}` })
      os.report('installed', release)
      return 'reboot'
    },
    confirm(os) {
      os.boot.store({ [`BOOT_${os.disk.booted}_LEFT`]: '3' })
    },
  }),
})

/**
 * What a board's environment holds besides RAUC's variables: the default that is compiled into U-Boot, of addresses, devices and
 * a boot command. It decides nothing here, but it is why the variables lie in several sectors: a value that changes its length
 * moves all that is sorted behind it, and then a store can be torn.
 *
 * The names and what they are for follow u-boot include/env_default.h, include/config_distro_bootcmd.h and rauc contrib/uboot.sh; the
 * values are those of no real board. It is a small environment, of a board that starts one script and nothing else: two sectors. With
 * the scripts of distro boot it would be 4 KB and more; a copy is bad as soon as one sector is of another save, two or nine.
 * Not modelled: what U-Boot sets while it runs and a later save keeps (fileaddr, filesize, ethaddr from fuses).
 */
export const boardVariables: ReadonlyMap<string, string> = new Map([
  ['arch', 'arm'],
  ['baudrate', '115200'],
  ['board', 'twoslots'],
  ['board_name', 'twoslots-emmc'],
  ['bootcmd', 'if load mmc 0:1 ${scriptaddr} boot.scr; then source ${scriptaddr}; fi; echo no slot was started'],
  ['bootdelay', '2'],
  ['bootm_size', '0x10000000'],
  ['console', 'ttymxc0,115200n8'],
  ['cpu', 'armv8'],
  ['default_bootargs', 'console=ttymxc0,115200n8 rootwait ro panic=5 quiet'],
  ['dfu_alt_info', 'loader raw 0x42 0x1000; slot-a part 0 2; slot-b part 0 3; environment raw 0x2000 0x40'],
  ['fdt_addr_r', '0x43000000'],
  ['fdt_high', '0xffffffffffffffff'],
  ['fdtfile', 'twoslots-emmc.dtb'],
  ['initrd_high', '0xffffffffffffffff'],
  ['kernel_addr_r', '0x40480000'],
  ['loadaddr', '0x40480000'],
  ['netretry', 'once'],
  ['partitions', 'name=boot,size=64MiB;name=slot-a,size=512MiB;name=slot-b,size=512MiB;name=data,size=-'],
  ['ramdisk_addr_r', '0x43800000'],
  ['scriptaddr', '0x43400000'],
  ['serverip', '192.0.2.1'],
  ['soc', 'imx8m'],
  ['stderr', 'serial'],
  ['stdin', 'serial'],
  ['stdout', 'serial'],
  ['vendor', 'powercut'],
])

/** What the script sets for the slot it starts before it saves the environment, in which it stays. */
export function slotVariables(slot: string, index: number): ReadonlyMap<string, string> {
  const part = index + 2
  return new Map([
    ['bootargs', `${boardVariables.get('default_bootargs') ?? ''} root=/dev/mmcblk0p${part} rauc.slot=${slot}`],
    ['load_kernel', `load mmc 0:${part} ${boardVariables.get('kernel_addr_r') ?? ''} boot/Image`],
  ])
}

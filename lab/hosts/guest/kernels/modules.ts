/** Modules without which a guest cannot talk to the lab. */

/**
 * What a virtio-serial port on PCI needs, in the order in which modules can be inserted, with the
 * kernel's option for each (drivers/virtio/Kconfig, drivers/char/Kconfig).
 */
const MODULES: readonly { readonly name: string; readonly option: string }[] = [
  { name: "virtio", option: "CONFIG_VIRTIO" },
  { name: "virtio_ring", option: "CONFIG_VIRTIO" },
  { name: "virtio_pci_legacy_dev", option: "CONFIG_VIRTIO_PCI_LIB_LEGACY" },
  { name: "virtio_pci_modern_dev", option: "CONFIG_VIRTIO_PCI_LIB" },
  { name: "virtio_pci", option: "CONFIG_VIRTIO_PCI" },
  { name: "virtio_console", option: "CONFIG_VIRTIO_CONSOLE" },
];

/** The ones that a kernel must have one way or the other. */
const REQUIRED = ["CONFIG_VIRTIO_PCI", "CONFIG_VIRTIO_CONSOLE"] as const;

/** What a kernel's configuration says about its modules. */
export interface ModuleNeeds {
  /** Names of the modules to insert, in order. */
  readonly modules: readonly string[];
  /** Options that are switched off although a guest needs them. */
  readonly lacking: readonly string[];
}

/** @param config Text of `/boot/config-*`. */
export function moduleNeeds(config: string): ModuleNeeds {
  const values = new Map(
    [...config.matchAll(/^(CONFIG_\w+)=([ym])$/gm)].map(([, option, value]) => [option!, value!]),
  );
  return {
    modules: MODULES.filter(({ option }) => values.get(option) === "m").map(({ name }) => name),
    lacking: REQUIRED.filter((option) => !values.has(option)),
  };
}

import { assertEquals } from "@std/assert";

import { moduleNeeds } from "./modules.ts";

Deno.test("moduleNeeds() lists what is a module, in the order of insertion", () => {
  const config = `CONFIG_VIRTIO_CONSOLE=m
CONFIG_VIRTIO=m
CONFIG_VIRTIO_PCI_LIB=m
CONFIG_VIRTIO_PCI_LIB_LEGACY=m
CONFIG_VIRTIO_PCI=m
`;
  assertEquals(moduleNeeds(config), {
    modules: [
      "virtio",
      "virtio_ring",
      "virtio_pci_legacy_dev",
      "virtio_pci_modern_dev",
      "virtio_pci",
      "virtio_console",
    ],
    lacking: [],
  });
  // Debian's 6.1 for arm64 with PREEMPT_RT
  const mixed = config.replace("CONFIG_VIRTIO=m", "CONFIG_VIRTIO=y");
  assertEquals(moduleNeeds(mixed).modules[0], "virtio_pci_legacy_dev");
});

Deno.test("moduleNeeds() names what is switched off", () => {
  const config = "CONFIG_VIRTIO=y\nCONFIG_VIRTIO_PCI=y\n# CONFIG_VIRTIO_CONSOLE is not set\n";
  assertEquals(moduleNeeds(config), { modules: [], lacking: ["CONFIG_VIRTIO_CONSOLE"] });
});

import { assertEquals } from "@std/assert";
import { cgroupLimits } from "./cgroup.ts";
import { factsOf, withFiles } from "./testdata/fixtures.ts";

const NO_LIMITS = {
  cpuQuota: null,
  memoryMaxBytes: null,
  pidsMax: null,
  rtRuntimeUs: null,
};

Deno.test("cgroupLimits() takes the tightest limit of a v2 group and its parents", () => {
  assertEquals(cgroupLimits(factsOf("epyc")), {
    version: "v2",
    path: "/system.slice/lab.service",
    cpuQuota: { quotaUs: 400000, periodUs: 100000, cpus: 4 },
    cpuset: "0-7",
    memoryMaxBytes: 8589934592,
    pidsMax: null,
    rtRuntimeUs: null,
  });
});

Deno.test("cgroupLimits() reads the root of a container's own view", () => {
  assertEquals(cgroupLimits(factsOf("hyperv")), {
    version: "v2",
    path: "/",
    cpuQuota: { quotaUs: 150000, periodUs: 100000, cpus: 1.5 },
    cpuset: "0-1",
    memoryMaxBytes: 2147483648,
    pidsMax: 512,
    rtRuntimeUs: null,
  });
});

Deno.test("cgroupLimits() takes 'max' as no limit", () => {
  const limits = cgroupLimits(factsOf("xeon"));
  assertEquals([limits.cpuQuota, limits.memoryMaxBytes, limits.pidsMax], [null, null, 84733]);
});

Deno.test("cgroupLimits() knows hybrid set-ups and v1's way to say no limit", () => {
  const quiet = { ...NO_LIMITS, version: "hybrid", path: "/", cpuset: "0-1" } as const;
  assertEquals(cgroupLimits(factsOf("kvm")), quiet);
  const folder = "/sys/fs/cgroup/cpu/";
  const unlimited = withFiles(factsOf("kvm"), {
    [`${folder}cpu.cfs_quota_us`]: "-1\n",
    [`${folder}cpu.cfs_period_us`]: "100000\n",
    [`${folder}cpu.rt_runtime_us`]: "-1\n",
  });
  assertEquals(cgroupLimits(unlimited), quiet);
  const halfRead = withFiles(unlimited, {
    "/proc/self/cgroup": "nonsense\n0::/\n",
    [`${folder}cpu.cfs_quota_us`]: "0\n",
    "/sys/fs/cgroup/cpuset/cpuset.cpus": "?\n",
    "/sys/fs/cgroup/unified/cpu.max": "100000 0\n",
  });
  assertEquals(cgroupLimits(halfRead), { ...quiet, cpuset: null });
});

Deno.test("cgroupLimits() reads v1's quota, period and real-time share", () => {
  const folder = "/sys/fs/cgroup/cpu,cpuacct/docker/abc/";
  const limits = cgroupLimits(withFiles(factsOf("kvm"), {
    "/proc/self/mountinfo": "31 23 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n",
    "/proc/self/cgroup": "5:memory:/\n4:cpu,cpuacct:/docker/abc\n",
    [`${folder}cpu.cfs_quota_us`]: "50000\n",
    [`${folder}cpu.cfs_period_us`]: "100000\n",
    [`${folder}cpu.rt_runtime_us`]: "0\n",
  }));
  assertEquals(limits.version, "v1");
  assertEquals(limits.path, "/docker/abc");
  assertEquals(limits.cpuQuota?.cpus, 0.5);
  assertEquals(limits.rtRuntimeUs, 0);
});

Deno.test("cgroupLimits() of a host that hides its groups knows nothing", () => {
  assertEquals(cgroupLimits({ ...factsOf("kvm"), files: {} }), {
    ...NO_LIMITS,
    version: null,
    path: null,
    cpuset: null,
  });
});

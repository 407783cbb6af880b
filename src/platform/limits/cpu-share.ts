/** MB at which a function has one whole vCPU (AWS Lambda developer guide, "Configure Lambda function memory"). */
const MB_PER_CPU = 1769;
/** Microseconds: the kernel's default (Linux Documentation/admin-guide/cgroup-v2.rst, cpu.max). */
const PERIOD = 100_000;
/** Microseconds: the kernel takes no smaller quota (kernel/sched/core.c, min_cfs_quota_period). */
const LEAST_QUOTA = 1000;

/** Processors that a function of this memory size has in a cloud; in proportion to it, and not whole. */
export function cpuShare(memoryMb: number): number {
  return memoryMb / MB_PER_CPU;
}

/** The same as the content of a cgroup's `cpu.max`: microseconds of processor time in each period. */
export function cpuMax(memoryMb: number): string {
  return `${Math.max(LEAST_QUOTA, Math.round(cpuShare(memoryMb) * PERIOD))} ${PERIOD}`;
}

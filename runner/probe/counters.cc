// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/counters.h"

#include <errno.h>
#include <glob.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner/probe/measures.h"
#include "runner/probe/system.h"

namespace roxlab::probe {
namespace {

// By the names that drivers/perf/arm_pmuv3.c gives them in sysfs, where it shows only those that
// the CPU says it has (PMCEID). One that it has not would count, too: nothing.
struct Event {
  const char* name;
  const char* sysfs;
};
constexpr Event kEvents[] = {
    {"perf.cycles", "cpu_cycles"},
    {"perf.instructions", "inst_retired"},
    {"perf.l1d_tlb_refill", "l1d_tlb_refill"},
    {"perf.l2d_tlb_refill", "l2d_tlb_refill"},
    {"perf.dtlb_walk", "dtlb_walk"},
    {"perf.itlb_walk", "itlb_walk"},
};
constexpr size_t kEventCount = sizeof kEvents / sizeof *kEvents;
constexpr int kMaxCpus = 512;

// One event on one CPU.
struct Counter {
  size_t event;
  int fd;
};
Counter g_counters[kEventCount * kMaxCpus];
size_t g_counter_count = 0;
// Why an event is not counted on every CPU of the board; empty: it is.
char g_missing[kEventCount][200];

bool ReadLine(const char* path, char* line, size_t size) {
  static Buffer text;
  if (!text.ReadFile(path).ok) return false;
  std::string_view rest = text.view();
  const std::string_view first = CutAt(&rest, '\n');
  if (first.size() >= size) return false;
  memcpy(line, first.data(), first.size());
  line[first.size()] = 0;
  return true;
}

void Miss(size_t event, const char* why, int error) {
  if (g_missing[event][0] != 0) return;
  snprintf(g_missing[event], sizeof g_missing[event], "%s%s%s", why, error == 0 ? "" : ": ",
           error == 0 ? "" : strerror(error));
}

// Counts `event` on the CPUs of a list such as "0-3,6".
void OpenOn(size_t event, uint32_t type, uint64_t config, const char* cpus) {
  perf_event_attr attr = {};
  attr.size = sizeof attr;
  attr.type = type;
  attr.config = config;
  attr.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  for (char* rest = const_cast<char*>(cpus); *rest != 0;) {
    const long first = strtol(rest, &rest, 10);
    const long last = *rest == '-' ? strtol(rest + 1, &rest, 10) : first;
    if (*rest == ',')
      ++rest;
    else if (*rest != 0)
      return;
    for (long cpu = first; cpu <= last && g_counter_count < kEventCount * kMaxCpus; ++cpu) {
      const long fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
      if (fd < 0)
        Miss(event, "the kernel refuses to count it", errno);
      else
        g_counters[g_counter_count++] = {event, static_cast<int>(fd)};
    }
  }
}

// All events that the PMU in a folder of /sys/bus/event_source/devices has; one of CPUs has `cpus`.
void OpenPmu(const char* folder) {
  char path[400], line[200], cpus[200];
  snprintf(path, sizeof path, "%s/type", folder);
  if (!ReadLine(path, line, sizeof line)) return;
  const auto type = static_cast<uint32_t>(strtoul(line, nullptr, 10));
  snprintf(path, sizeof path, "%s/cpus", folder);
  if (!ReadLine(path, cpus, sizeof cpus)) return;
  for (size_t i = 0; i < kEventCount; ++i) {
    snprintf(path, sizeof path, "%s/events/%s", folder, kEvents[i].sysfs);
    if (!ReadLine(path, line, sizeof line) || strncmp(line, "event=", 6) != 0)
      Miss(i, "the CPU has no such event", 0);
    else
      OpenOn(i, type, strtoull(line + 6, nullptr, 0), cpus);
  }
}

struct Total {
  double value = 0;
  bool counted = false;
};

// Adds up the CPUs and lets go of the counters.
void Collect(Total* totals) {
  for (size_t i = 0; i < g_counter_count; ++i) {
    struct {
      uint64_t value, enabled, running;  // ns.
    } read_out = {};
    const Counter& counter = g_counters[i];
    Total& total = totals[counter.event];
    if (read(counter.fd, &read_out, sizeof read_out) != sizeof read_out)
      Miss(counter.event, "cannot be read", errno);
    else if (read_out.running == 0)
      Miss(counter.event, "got no counter of the PMU", 0);
    else
      total.value += static_cast<double>(read_out.value) * static_cast<double>(read_out.enabled) /
                     static_cast<double>(read_out.running);
    total.counted = true;
    close(counter.fd);
  }
  g_counter_count = 0;
}

}  // namespace

void StartCounters() {
  memset(g_missing, 0, sizeof g_missing);
  glob_t found = {};
  if (glob("/sys/bus/event_source/devices/armv*", 0, nullptr, &found) == 0)
    for (size_t i = 0; i < found.gl_pathc; ++i) OpenPmu(found.gl_pathv[i]);
  globfree(&found);
}

void TellCounters() {
  Total totals[kEventCount];
  Collect(totals);
  for (size_t i = 0; i < kEventCount; ++i) {
    if (!totals[i].counted) Miss(i, "the kernel shows no PMU (CONFIG_ARM_PMUV3)", 0);
    if (g_missing[i][0] != 0)
      AddMissing(kEvents[i].name, g_missing[i]);
    else
      AddMeasure(kEvents[i].name, "events", totals[i].value);
  }
}

}  // namespace roxlab::probe

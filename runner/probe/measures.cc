// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/measures.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "runner/probe/counters.h"
#include "runner/probe/modules.h"
#include "runner/probe/stream_format.h"
#include "runner/probe/system.h"

namespace roxlab::probe {
namespace {

Buffer g_lines;

constexpr size_t kMaxLoads = 20'000;
uint64_t g_loads[kMaxLoads];  // ns.
size_t g_load_count = 0;

void NoteLoad(uint64_t ns) {
  if (g_load_count < kMaxLoads) g_loads[g_load_count++] = ns;
}

int Ascending(const void* left, const void* right) {
  const uint64_t a = *static_cast<const uint64_t*>(left), b = *static_cast<const uint64_t*>(right);
  return a < b ? -1 : a > b;
}

// The nearest rank: the smallest value that `percent` of all do not exceed.
double QuantileUs(size_t percent) {
  return static_cast<double>(g_loads[(g_load_count * percent + 99) / 100 - 1]) / 1000;
}

void TellLoads() {
  if (g_load_count == 0) return;
  qsort(g_loads, g_load_count, sizeof *g_loads, Ascending);
  AddMeasure("module_load.count", "modules", static_cast<double>(g_load_count));
  AddMeasure("module_load.p50", "us", QuantileUs(50));
  AddMeasure("module_load.p99", "us", QuantileUs(99));
}

// Numbers from all files of a pattern: their largest and their mean.
struct Gathered {
  size_t count = 0;
  double largest = 0, sum = 0;
};

Gathered Gather(const char* pattern) {
  Gathered all;
  glob_t found = {};
  if (glob(pattern, 0, nullptr, &found) != 0) return all;
  static Buffer text;
  for (size_t i = 0; i < found.gl_pathc; ++i) {
    uint64_t number = 0;
    // A sensor may be there and not answer; one below zero is none that matters here.
    if (!text.ReadFile(found.gl_pathv[i]).ok) continue;
    std::string_view rest = text.view();
    if (!ParseNumber(CutAt(&rest, '\n'), &number)) continue;
    const auto value = static_cast<double>(number);
    if (all.count == 0 || value > all.largest) all.largest = value;
    all.sum += value;
    ++all.count;
  }
  globfree(&found);
  return all;
}

// So that a drift of the board is seen, and not taken for an effect.
void TellConditions() {
  const Gathered temperature = Gather("/sys/class/thermal/thermal_zone*/temp");
  if (temperature.count > 0)
    AddMeasure("board.temperature", "degC", temperature.largest / 1000);
  else
    AddMissing("board.temperature", "no thermal zone answers");
  const Gathered frequency = Gather("/sys/devices/system/cpu/cpu*/cpufreq/scaling_cur_freq");
  if (frequency.count > 0)
    AddMeasure("board.frequency", "MHz",
               frequency.sum / static_cast<double>(frequency.count) / 1000);
  else
    AddMissing("board.frequency", "the kernel does not control it (cpufreq)");
}

}  // namespace

void AddMeasure(std::string_view name, std::string_view unit, double value) {
  char line[400];
  const int size = snprintf(line, sizeof line, "%.*s %.*s %.6f\n", static_cast<int>(name.size()),
                            name.data(), static_cast<int>(unit.size()), unit.data(), value);
  if (size > 0 && static_cast<size_t>(size) < sizeof line)
    g_lines.Append({line, static_cast<size_t>(size)});
}

void AddMissing(std::string_view name, std::string_view why) {
  g_lines.Append("missing ");
  g_lines.Append(name);
  g_lines.Append(" ");
  g_lines.Append(why);
  g_lines.Append("\n");
}

void BeginMeasures() {
  g_lines.Clear();
  g_load_count = 0;
  TimeLoads(NoteLoad);
  StartCounters();
}

void EndMeasures(Stream& out, std::string_view phase) {
  TellCounters();
  TellLoads();
  TellConditions();
  out.Write(RecordType::kMeasures, phase, g_lines.view());
}

}  // namespace roxlab::probe

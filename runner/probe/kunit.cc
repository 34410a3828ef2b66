// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/kunit.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

namespace roxlab::probe {
namespace {

// Every built-in suite runs when the kernel comes up; each has a directory here, made before.
constexpr char kSuites[] = "/sys/kernel/debug/kunit";

Result TellSuite(Stream& out, const char* suite) {
  static Buffer results;
  char path[400];
  snprintf(path, sizeof path, "%s/%s/results", kSuites, suite);
  Result result = results.ReadFile(path);
  if (!result.ok) return Result::Fail("no results of KUnit suite '%s': %s", suite, result.reason);
  out.Write(RecordType::kTests, suite, results.view());
  return {};
}

int NotHidden(const dirent* entry) { return entry->d_name[0] != '.'; }

}  // namespace

Result TellTests(Stream& out, std::string_view suite) {
  dirent** entries = nullptr;
  const int count = scandir(kSuites, &entries, NotHidden, alphasort);
  if (count < 0)
    return Result::Fail("cannot read %s: %s (is CONFIG_KUNIT_DEBUGFS on?)", kSuites,
                        strerror(errno));
  Result result;
  int told = 0;
  for (int i = 0; i < count; ++i) {
    if (result.ok && (suite == "all" || suite == entries[i]->d_name)) {
      result = TellSuite(out, entries[i]->d_name);
      ++told;
    }
    free(entries[i]);
  }
  free(entries);
  if (result.ok && told == 0)
    return Result::Fail("the kernel has no KUnit suite '%.*s' among its %d",
                        static_cast<int>(suite.size()), suite.data(), count);
  return result;
}

}  // namespace roxlab::probe

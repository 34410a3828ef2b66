// SPDX-License-Identifier: Apache-2.0
#include "tests/support/e2e_run.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/files.h"

namespace roxlab {
using nlohmann::json;

bool FullTests() {
  const char* full = std::getenv("ROXLAB_FULL");
  return full != nullptr && *full != '\0';
}

json RunOnce(const LabProcess& lab, const std::string& variant, const std::string& workload,
             const std::string& machine) {
  lab.Cli({"submit", "--watch",
           lab.Write("experiment.yaml",
                     absl::StrCat("name: one\nvariants: ", variant, "\nmachines: ", machine,
                                  "\nworkloads: ", workload, "\nseeds: 1\n"))});
  const json newest = json::parse(lab.Cli({"show", "--json"}).output)["experiments"][0];
  const json state = json::parse(lab.Cli({"show", newest["id"], "--json"}).output);
  const json run = json::parse(lab.Cli({"show", state["runs"][0]["id"], "--json"}).output);
  if (run.value("verdict", "") != "PASS") ADD_FAILURE() << run.dump(1);
  return run;
}

std::string StoredText(const LabProcess& lab, const json& run, const std::string& name) {
  for (const json& artifact : run["artifacts"])
    if (artifact["name"] == name)
      return *ReadFile(lab.home() / "runner/agent/artifacts" /
                       artifact["sha256"].get<std::string>());
  ADD_FAILURE() << "no " << name;
  return "";
}

double Metric(const json& run, const std::string& phase, const std::string& metric) {
  for (const json& snapshot : run["snapshots"]) {
    if (snapshot["phase"] != phase) continue;
    for (const json& element : snapshot["metrics"])
      if (element["name"] == metric) return element.value("value", 0.0);
  }
  ADD_FAILURE() << "no " << metric << " after " << phase;
  return -1;
}

int ExecutableBlocks(const LabProcess& lab, const json& run, const std::string& phase) {
  const std::string dump = StoredText(lab, run, absl::StrCat("ptdump.", phase, ".txt"));
  int found = 0;
  for (absl::string_view line : absl::StrSplit(dump, '\n'))
    found += absl::StrContains(line, " ro x ") && !absl::StrContains(line, " CON ") &&
             absl::StrContains(line, " PMD ");
  return found;
}

int PassedTests(const json& run) {
  int passed = 0;
  for (const json& test : run["tests"]) passed += test["status"] == "TEST_PASSED";
  return passed;
}

}  // namespace roxlab

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/e2e_lab.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/files.h"

namespace roxlab {
namespace fs = std::filesystem;
using nlohmann::json;
namespace {

fs::path E2eHome() {
  const char* home = std::getenv("ROXLAB_HOME");
  return (home != nullptr ? fs::path(home) : fs::path(ROXLAB_SOURCE_DIR) / ".roxlab") / "e2e";
}

}  // namespace

LabProcess MakeE2eLab() {
  const fs::path kernels = E2eHome() / "kernels";
  fs::remove_all(kernels);
  fs::create_directories(E2eHome());
  fs::copy(ROXLAB_SOURCE_DIR "/kernels", kernels, fs::copy_options::recursive);
  absl::StatusOr<std::string> machine = ReadFile(kernels / "machines/qemu-bbml3.yaml");
  EXPECT_TRUE(
      WriteFileAtomically(
          kernels / "machines/impatient.yaml",
          absl::StrCat(absl::StrReplaceAll(*machine, {{"name: qemu-bbml3", "name: impatient"}}),
                       "timeout_seconds: 15\n"))
          .ok());
  return LabProcess(E2eHome(), kernels);
}

namespace {

// The artifacts of one variant, by the key of an experiment that names or defines it.
std::map<std::string, fs::path> BuiltKernel(absl::string_view variant) {
  LabProcess lab = MakeE2eLab();
  lab.StartServer();
  lab.StartRunner();
  CliResult built =
      lab.Cli({"submit", "--watch",
               lab.Write("kernel.yaml", absl::StrCat("name: kernel\n", variant,
                                                     "\nmachines: qemu-bbml3\n"
                                                     "workloads: boot\nseeds: 1\n"))});
  EXPECT_EQ(built.status, 0) << built.output;
  if (built.status != 0) return {};
  json newest = json::parse(lab.Cli({"show", "--json"}).output)["experiments"][0];
  json state = json::parse(lab.Cli({"show", newest["id"], "--json"}).output);
  std::map<std::string, fs::path> files;
  for (const json& artifact : state["builds"][0]["artifacts"]) {
    const std::string name = artifact["name"];
    if (name == "Image" || name == "modules.cpio")
      files[name] = lab.home() / "runner/agent/artifacts" / artifact["sha256"].get<std::string>();
  }
  return files;
}

}  // namespace

std::map<std::string, fs::path> StockKernel() { return BuiltKernel("variants: stock"); }

std::map<std::string, fs::path> BoardKernel() {
  return BuiltKernel(
      "define:\n"
      "  - {name: stock-board, base: linux-7.3, configs: [lab, modules, board-virt]}");
}

}  // namespace roxlab

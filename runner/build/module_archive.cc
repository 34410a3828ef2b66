// SPDX-License-Identifier: Apache-2.0
#include "runner/build/module_archive.h"

#include <functional>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/beneath.h"
#include "runner/cpio/cpio.h"

namespace roxlab {
namespace fs = std::filesystem;

std::vector<BuiltModule> ParseModinfo(absl::string_view text) {
  std::vector<BuiltModule> modules;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    std::pair<absl::string_view, absl::string_view> field =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    absl::string_view value = absl::StripAsciiWhitespace(field.second);
    if (field.first == "filename") {
      absl::ConsumePrefix(&value, "/build/");
      BuiltModule& module = modules.emplace_back();
      module.file = std::string(value);
      // The kernel knows a module by this form of its name.
      module.name = absl::StrReplaceAll(module.file.stem().string(), {{"-", "_"}});
    } else if (field.first == "depends" && !modules.empty()) {
      for (absl::string_view name : absl::StrSplit(value, ',', absl::SkipEmpty()))
        modules.back().depends.push_back(absl::StrReplaceAll(name, {{"-", "_"}}));
    }
  }
  return modules;
}

std::vector<BuiltModule> LoadOrder(const std::vector<BuiltModule>& modules) {
  std::map<std::string, const BuiltModule*> by_name;
  for (const BuiltModule& module : modules) by_name[module.name] = &module;
  std::vector<BuiltModule> order;
  std::set<std::string> placed;
  std::function<void(const BuiltModule&)> place = [&](const BuiltModule& module) {
    if (!placed.insert(module.name).second) return;
    for (const std::string& name : module.depends)
      if (auto found = by_name.find(name); found != by_name.end()) place(*found->second);
    order.push_back(module);
  };
  for (const BuiltModule& module : modules) place(module);
  return order;
}

absl::StatusOr<size_t> WriteModuleArchive(const Sandbox& sandbox, const fs::path& file,
                                          const StopToken& stop) {
  absl::StatusOr<CpioWriter> writer = CpioWriter::Create(file);
  if (!writer.ok()) return writer.status();
  std::vector<BuiltModule> modules;
  absl::StatusOr<std::string> objects = ReadBeneath(sandbox.build, "modules.order", 1 << 24);
  if (!objects.ok() && !absl::IsNotFound(objects.status())) return objects.status();
  if (objects.ok()) {
    std::vector<std::string> argv = {"modinfo"};
    for (absl::string_view object : absl::StrSplit(*objects, '\n', absl::SkipEmpty()))
      argv.push_back(absl::StrCat("/build/", absl::StripSuffix(object, ".o"), ".ko"));
    if (argv.size() > 1) {
      absl::StatusOr<std::string> text = RunAndRead(sandbox.Wrap(argv), stop);
      if (!text.ok()) return text.status();
      modules = LoadOrder(ParseModinfo(*text));
    }
  }
  absl::Status status = writer->AddDirectory("modules");
  std::string load_order;
  for (const BuiltModule& module : modules) {
    const std::string name = module.file.filename().string();
    absl::StrAppend(&load_order, name, "\n");
    absl::StatusOr<std::string> content = ReadBeneath(sandbox.build, module.file);
    if (!content.ok()) return content.status();
    if (status.ok()) status = writer->AddFile(absl::StrCat("modules/", name), *content);
  }
  if (status.ok()) status = writer->AddFile("modules/load-order", load_order);
  if (status.ok()) status = writer->Finish();
  if (!status.ok()) return status;
  return modules.size();
}

}  // namespace roxlab

// SPDX-License-Identifier: Apache-2.0
#include "spec/catalog.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/files.h"
#include "common/names.h"
#include "common/status_macros.h"
#include "spec/yaml.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

constexpr uint64_t kMaxFileBytes = 64 << 20;

template <typename Message>
absl::Status ReadNamed(const fs::path& file, const std::string& expected_name, Message* message) {
  absl::StatusOr<std::string> text = ReadFile(file, kMaxFileBytes);
  if (!text.ok()) return text.status();
  absl::Status status = ReadYaml(*text, file.string(), message);
  if (!status.ok()) return status;
  if (message->name() != expected_name || !IsValidName(expected_name)) {
    return absl::InvalidArgumentError(absl::StrCat(file.string(), ":1: the name inside is '",
                                                   message->name(), "', expected '", expected_name,
                                                   "'"));
  }
  return absl::OkStatus();
}

template <typename Message>
absl::Status ReadAll(const fs::path& directory, google::protobuf::RepeatedPtrField<Message>* out) {
  ROXLAB_ASSIGN_OR_RETURN(const std::vector<fs::path> files, FilesIn(directory, ".yaml"));
  for (const fs::path& file : files) {
    absl::Status status = ReadNamed(file, file.stem().string(), out->Add());
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ReadSeries(const fs::path& directory,
                        google::protobuf::RepeatedPtrField<v1::Series>* out) {
  ROXLAB_ASSIGN_OR_RETURN(const std::vector<fs::path> folders, EntriesIn(directory));
  for (const fs::path& folder : folders) {
    if (!fs::is_directory(folder)) continue;
    v1::Series* series = out->Add();
    absl::Status status = ReadNamed(folder / "series.yaml", folder.filename().string(), series);
    if (!status.ok()) return status;
    ROXLAB_ASSIGN_OR_RETURN(const std::vector<fs::path> files, FilesIn(folder, ".patch"));
    for (const fs::path& file : files) {
      absl::StatusOr<std::vector<v1::Patch>> patches = ReadPatches(file);
      if (!patches.ok()) return patches.status();
      for (v1::Patch& patch : *patches) *series->add_patches() = std::move(patch);
    }
  }
  return absl::OkStatus();
}

absl::Status ReadConfigs(const fs::path& directory,
                         google::protobuf::RepeatedPtrField<v1::ConfigFragment>* out) {
  ROXLAB_ASSIGN_OR_RETURN(const std::vector<fs::path> files, FilesIn(directory, ".config"));
  for (const fs::path& file : files) {
    absl::StatusOr<std::string> text = ReadFile(file, kMaxFileBytes);
    if (!text.ok()) return text.status();
    v1::ConfigFragment* fragment = out->Add();
    fragment->set_name(file.stem().string());
    fragment->set_content(*std::move(text));
  }
  return absl::OkStatus();
}

// An mbox separates its mails by lines that git-format-patch and mail programs write as
// "From <word> <weekday> ...".
bool IsMboxSeparator(absl::string_view line) {
  if (!absl::ConsumePrefix(&line, "From ")) return false;
  std::vector<absl::string_view> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
  constexpr absl::string_view kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  return words.size() >= 6 &&
         std::find(std::begin(kDays), std::end(kDays), words[1]) != std::end(kDays);
}

}  // namespace

absl::StatusOr<std::vector<v1::Patch>> ReadPatches(const fs::path& file) {
  absl::StatusOr<std::string> text = ReadFile(file, kMaxFileBytes);
  if (!text.ok()) return text.status();
  return ParsePatches(*text, file);
}

std::string NameFromFile(const fs::path& file) {
  std::string name = file.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !IsValidName(std::string("x") + c); }, '-');
  return IsValidName(name) ? name : "series";
}

absl::StatusOr<std::vector<v1::Patch>> ParsePatches(absl::string_view text, const fs::path& file) {
  std::vector<std::string> mails(1);
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (IsMboxSeparator(line) && !mails.back().empty()) mails.emplace_back();
    absl::StrAppend(&mails.back(), line, "\n");
  }
  mails.back().pop_back();  // StrSplit gives one more line than there are line ends.

  std::vector<v1::Patch> patches;
  for (std::string& mail : mails) {
    // A cover letter has no diff; git-am would stop at it. A rename or a mode has no lines of text.
    if (!absl::StrContains(mail, "\ndiff --git ") &&
        (!absl::StrContains(mail, "\n--- ") || !absl::StrContains(mail, "\n+++ ")))
      continue;
    v1::Patch patch;
    patch.set_content(std::move(mail));
    patches.push_back(std::move(patch));
  }
  if (patches.empty())
    return absl::InvalidArgumentError(absl::StrCat(file.string(), " holds no patch"));
  for (size_t i = 0; i < patches.size(); ++i) {
    std::string name = file.filename().string();
    patches[i].set_name(patches.size() == 1 ? name : absl::StrCat(name, "#", i + 1));
  }
  return patches;
}

absl::StatusOr<v1::Catalog> LoadCatalog(const fs::path& kernels) {
  if (!fs::is_directory(kernels))
    return absl::NotFoundError(absl::StrCat("no kernels directory at ", kernels.string()));
  v1::Catalog catalog;
  absl::Status status = ReadAll(kernels / "bases", catalog.mutable_bases());
  if (status.ok()) status = ReadSeries(kernels / "series", catalog.mutable_series());
  if (status.ok()) status = ReadConfigs(kernels / "configs", catalog.mutable_configs());
  if (status.ok()) status = ReadAll(kernels / "variants", catalog.mutable_variants());
  if (status.ok()) status = ReadAll(kernels / "machines", catalog.mutable_machines());
  if (status.ok()) status = ReadAll(kernels / "workloads", catalog.mutable_workloads());
  if (status.ok()) status = ReadAll(kernels / "experiments", catalog.mutable_experiments());
  if (!status.ok()) return status;
  return catalog;
}

}  // namespace roxlab

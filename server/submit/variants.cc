// SPDX-License-Identifier: Apache-2.0
#include "server/submit/variants.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/printable.h"
#include "common/status_macros.h"
#include "server/submit/cmdline.h"
#include "server/submit/limits.h"
#include "server/submit/lookup.h"
#include "server/submit/series.h"

namespace roxlab {
namespace {

constexpr absl::string_view kDefaultToolchain = "aarch64-linux-gnu-gcc";

absl::Status Invalid(absl::string_view message) { return absl::InvalidArgumentError(message); }

// Patches and fragments may be called what their files were called, but a name is shown on
// terminals and must be one line.
absl::Status CheckFileName(absl::string_view kind, absl::string_view name) {
  if (!name.empty() && name.size() <= kMaxFileName && !HasControl(name)) return absl::OkStatus();
  return Invalid(absl::StrCat(kind, " names have 1 to ", kMaxFileName, " printable characters"));
}

absl::Status CheckFields(const v1::Variant& variant) {
  if (!IsValidName(variant.name())) {
    return Invalid(absl::StrCat("'", variant.name(),
                                "' is no valid name: 1 to 100 of A-Z a-z 0-9 "
                                "'.' '_' '-', with a letter or digit first"));
  }
  if (variant.base().empty()) return Invalid("base is missing");
  if (variant.title().size() > kMaxTitle)
    return Invalid(absl::StrCat("title: more than ", kMaxTitle, " characters"));
  if (!variant.toolchain().empty() && !IsValidName(variant.toolchain()))
    return Invalid(absl::StrCat("toolchain: '", variant.toolchain(), "' is not a program's name"));
  return CheckCmdline(variant.cmdline());
}

absl::Status AddPatches(const v1::Variant& variant, const v1::Catalog& catalog,
                        v1::BuildSpec& build) {
  for (const std::string& name : variant.series())
    ROXLAB_RETURN_IF_ERROR(AddSeries(name, catalog, build));
  build.mutable_patches()->MergeFrom(variant.patches());
  if (build.patches_size() > kMaxPatches)
    return Invalid(absl::StrCat("more than ", kMaxPatches, " patches"));
  size_t bytes = 0;
  for (const v1::Patch& patch : build.patches()) {
    ROXLAB_RETURN_IF_ERROR(CheckFileName("patch", patch.name()));
    if (patch.content().empty())
      return Invalid(absl::StrCat("patch '", patch.name(), "' is empty"));
    bytes += patch.content().size();
  }
  if (bytes > kMaxPatchBytes)
    return Invalid(absl::StrCat("patches of more than ", kMaxPatchBytes >> 20, " MiB"));
  return absl::OkStatus();
}

template <typename Names>
absl::Status AddNamedConfigs(const Names& names, const v1::Catalog& catalog, v1::BuildSpec& build) {
  for (const std::string& name : names) {
    ROXLAB_ASSIGN_OR_RETURN(const v1::ConfigFragment* config,
                            FindNamed("config", name, catalog.configs()));
    *build.add_configs() = *config;
  }
  return absl::OkStatus();
}

absl::Status AddConfigs(const v1::Variant& variant, const v1::Catalog& catalog,
                        v1::BuildSpec& build) {
  ROXLAB_RETURN_IF_ERROR(AddNamedConfigs(variant.configs(), catalog, build));
  build.mutable_configs()->MergeFrom(variant.fragments());
  if (build.configs_size() > kMaxPatches)
    return Invalid(absl::StrCat("more than ", kMaxPatches, " configuration fragments"));
  for (const v1::ConfigFragment& config : build.configs()) {
    ROXLAB_RETURN_IF_ERROR(CheckFileName("fragment", config.name()));
    if (config.content().size() > kMaxFragmentBytes) {
      return Invalid(absl::StrCat("fragment '", config.name(), "' has more than ",
                                  kMaxFragmentBytes >> 20, " MiB"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<ResolvedVariant> Resolve(const v1::Variant& variant, const v1::Catalog& catalog) {
  ROXLAB_RETURN_IF_ERROR(CheckFields(variant));
  ResolvedVariant planned;
  planned.name = variant.name();
  planned.cmdline = variant.cmdline();
  ROXLAB_ASSIGN_OR_RETURN(const v1::Base* base, FindNamed("base", variant.base(), catalog.bases()));
  *planned.build.mutable_base() = *base;
  ROXLAB_RETURN_IF_ERROR(AddPatches(variant, catalog, planned.build));
  ROXLAB_RETURN_IF_ERROR(AddConfigs(variant, catalog, planned.build));
  planned.build.set_toolchain(variant.toolchain().empty() ? std::string(kDefaultToolchain)
                                                          : variant.toolchain());
  return planned;
}

}  // namespace

absl::StatusOr<std::vector<ResolvedVariant>> ResolveVariants(const v1::ExperimentSpec& spec,
                                                             const v1::Catalog& catalog) {
  if (spec.variants_size() + spec.define_size() == 0)
    return Invalid("variants: at least one is needed");
  if (spec.variants_size() + spec.define_size() > kMaxVariants)
    return Invalid(absl::StrCat("variants: more than ", kMaxVariants));
  std::vector<const v1::Variant*> variants;
  for (const std::string& name : spec.variants()) {
    ROXLAB_ASSIGN_OR_RETURN(const v1::Variant* variant,
                            FindNamed("variant", name, catalog.variants()));
    variants.push_back(variant);
  }
  for (const v1::Variant& variant : spec.define()) {
    if (FindNamed("variant", variant.name(), catalog.variants()).ok()) {
      return Invalid(absl::StrCat("define: the lab has a variant '", variant.name(),
                                  "' already; give yours another name"));
    }
    variants.push_back(&variant);
  }
  std::set<std::string> names;
  std::vector<ResolvedVariant> planned;
  for (const v1::Variant* variant : variants) {
    absl::StatusOr<ResolvedVariant> resolved = Resolve(*variant, catalog);
    if (!resolved.ok())
      return In(absl::StrCat("variant '", variant->name(), "'"), resolved.status());
    if (!names.insert(variant->name()).second)
      return Invalid(absl::StrCat("variant '", variant->name(), "' comes twice"));
    planned.push_back(*std::move(resolved));
  }
  return planned;
}

absl::StatusOr<v1::BuildSpec> BuildFor(const ResolvedVariant& variant, const v1::Machine& machine,
                                       const v1::Catalog& catalog) {
  v1::BuildSpec build = variant.build;
  absl::Status added = AddNamedConfigs(machine.configs(), catalog, build);
  if (!added.ok()) return In(absl::StrCat("machine '", machine.name(), "'"), added);
  return build;
}

}  // namespace roxlab

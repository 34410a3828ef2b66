// SPDX-License-Identifier: Apache-2.0
#include "runner/build/execute_build.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/beneath.h"
#include "common/files.h"
#include "common/hash.h"
#include "common/status_macros.h"
#include "runner/build/base_store.h"
#include "runner/build/configure.h"
#include "runner/build/kconfig.h"
#include "runner/build/make_runner.h"
#include "runner/build/module_archive.h"
#include "runner/build/sandbox.h"
#include "runner/build/series.h"
#include "runner/build/tree.h"
#include "runner/errors.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

constexpr char kUsualCompiler[] = "aarch64-linux-gnu-gcc";

absl::Status RequireTools(const std::string& compiler) {
  const std::pair<std::string, std::string> tools[] = {{compiler, "gcc-aarch64-linux-gnu"},
                                                       {"gcc", "gcc"},
                                                       {"git", "git"},
                                                       {"make", "make"},
                                                       {"bwrap", "bubblewrap"},
                                                       {"flex", "flex"},
                                                       {"bison", "bison"},
                                                       {"bc", "bc"},
                                                       {"modinfo", "kmod"}};
  for (const auto& [program, package] : tools)
    ROXLAB_RETURN_IF_ERROR(InfraError(RequireProgram(program, package), "tool"));
  return absl::OkStatus();
}

absl::Status RequireSpace(const BuildSettings& settings) {
  std::error_code error;
  fs::create_directories(settings.cache, error);
  const fs::space_info space = fs::space(settings.cache, error);
  if (error || space.available >= settings.min_free_bytes) return absl::OkStatus();
  return InfraError("disk", absl::StrCat("no disk space: ", space.available >> 20, " MiB free in ",
                                         settings.cache.string(), ", ",
                                         settings.min_free_bytes >> 20, " MiB needed"));
}

absl::StatusOr<ImportedTree> GetBase(const v1::BuildJob& job, const BuildSettings& settings,
                                     JobContext& context) {
  const v1::Base& wanted = job.spec().base();
  absl::StatusOr<ImportedTree> base = BaseStore(settings.cache / "bases").Get(wanted, context);
  if (!base.ok()) return InfraError(base.status(), "base");
  if (!job.base_tree().empty() && job.base_tree() != base->tree)
    return InfraError("base", absl::StrCat("base ", wanted.name(), " is tree ", base->tree,
                                           " here, but the lab works with ", job.base_tree()));
  return base;
}

absl::Status Compile(const Tree& tree, const fs::path& steps_file, MakeRunner& make) {
  // How many steps a whole build takes is known from the one before; a hint for people only.
  MakeRunner::Target target = {
      .names = {"Image", "modules"}, .stage = "compile", .kind = "build", .expected = 0};
  const bool whole = !fs::exists(tree.build() / "vmlinux");
  if (absl::StatusOr<std::string> text = ReadFile(steps_file, 100); whole && text.ok())
    (void)absl::SimpleAtoi(*text, &target.expected);
  ROXLAB_ASSIGN_OR_RETURN(uint64_t steps, make.Make(target));
  if (whole) WriteFileAtomically(steps_file, absl::StrCat(steps)).IgnoreError();
  return absl::OkStatus();
}

// What make left is the variant's: a link out of the build directory is its fault, and not
// followed.
absl::Status Refused(const absl::Status& status) {
  return absl::IsPermissionDenied(status) || absl::IsNotFound(status)
             ? VariantError("build", status.message())
             : status;
}

absl::Status Package(const Sandbox& sandbox, const std::string& compiler, JobContext& context,
                     JobResult* result) {
  ReportStage(context, "package");
  const fs::path archive = context.scratch() / "modules.cpio";
  absl::StatusOr<size_t> modules = WriteModuleArchive(sandbox, archive, context.stop());
  if (!modules.ok()) return Refused(modules.status());
  ROXLAB_ASSIGN_OR_RETURN(std::string version, RunAndRead(sandbox.Wrap({compiler, "--version"})));
  result->set_compiler(version.substr(0, version.find('\n')));
  ROXLAB_ASSIGN_OR_RETURN(*result->add_artifacts(), context.Store("modules.cpio", archive));
  const std::pair<const char*, const char*> outputs[] = {
      {"Image", "arch/arm64/boot/Image"}, {"System.map", "System.map"}, {"config", ".config"}};
  for (const auto& [name, file] : outputs) {
    const fs::path copy = context.scratch() / name;
    ROXLAB_RETURN_IF_ERROR(Refused(CopyBeneath(sandbox.build, file, copy)));
    ROXLAB_ASSIGN_OR_RETURN(*result->add_artifacts(), context.Store(name, copy));
  }
  context.Log(absl::StrCat("built Image and ", *modules, " modules\n"));
  return absl::OkStatus();
}

absl::Status Build(const v1::BuildJob& job, const BuildSettings& settings, JobContext& context,
                   JobResult* result) {
  const absl::Time deadline = absl::Now() + settings.timeout;
  const v1::BuildSpec& spec = job.spec();
  const std::string compiler = spec.toolchain().empty() ? kUsualCompiler : spec.toolchain();
  ROXLAB_RETURN_IF_ERROR(RequireTools(compiler));
  ROXLAB_RETURN_IF_ERROR(RequireSpace(settings));
  ROXLAB_ASSIGN_OR_RETURN(ImportedTree base, GetBase(job, settings, context));
  result->set_base_tree(base.tree);

  ReportStage(context, "apply");
  ROXLAB_ASSIGN_OR_RETURN(std::string commit, ApplySeries(base, spec.patches(), context));

  const std::string fragments = MergeFragments(spec.configs());
  const std::string key = Sha256Hex(absl::StrCat(compiler, "\n", fragments));
  ROXLAB_ASSIGN_OR_RETURN(Tree tree,
                          Tree::Take(settings.cache / "trees", base, spec.base().name(), key));
  ReportStage(context, "checkout");
  ROXLAB_ASSIGN_OR_RETURN(std::vector<std::string> changed, tree.Checkout(commit, context.stop()));

  Sandbox sandbox = {tree.source(), tree.build(), settings.cache / "ccache", settings.ccache_size};
  ROXLAB_RETURN_IF_ERROR(MakeDirectories(sandbox.ccache));
  MakeRunner make(sandbox, compiler, settings, deadline, context);
  ROXLAB_RETURN_IF_ERROR(make.CheckSandbox());
  ROXLAB_RETURN_IF_ERROR(tree.BeginMake());
  ROXLAB_RETURN_IF_ERROR(Configure(tree, commit, changed, fragments, make, context));
  ROXLAB_RETURN_IF_ERROR(
      Compile(tree, settings.cache / "bases" / (spec.base().name() + ".steps"), make));
  ROXLAB_RETURN_IF_ERROR(tree.EndMake());
  return Package(sandbox, compiler, context, result);
}

}  // namespace

absl::Status CheckBuilder(const BuildSettings& settings) {
  ROXLAB_RETURN_IF_ERROR(RequireTools(kUsualCompiler));
  ROXLAB_RETURN_IF_ERROR(RequireSpace(settings));
  ROXLAB_ASSIGN_OR_RETURN(const TempDir place, TempDir::Make(settings.cache, "check-"));
  const Sandbox sandbox = {place.path(), place.path(), place.path(), settings.ccache_size};
  return InfraError(RunAndRead(sandbox.Wrap({"true"})).status(), "tool");
}

JobResult ExecuteBuild(const v1::BuildJob& job, const BuildSettings& settings,
                       JobContext& context) {
  JobResult result;
  absl::Status status = Build(job, settings, context, &result);
  if (context.stop().stopped()) status = absl::CancelledError("cancelled");
  return EndedBy(status, std::move(result));
}

}  // namespace roxlab

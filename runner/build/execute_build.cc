// SPDX-License-Identifier: Apache-2.0
#include "runner/build/execute_build.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/files.h"
#include "common/hash.h"
#include "runner/build/base_store.h"
#include "runner/build/kconfig.h"
#include "runner/build/make.h"
#include "runner/build/module_archive.h"
#include "runner/build/sandbox.h"
#include "runner/build/series.h"
#include "runner/build/tree.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

// The way out of a build that has ended early: the result that says so.
using Step = absl::StatusOr<std::optional<JobResult>>;

absl::Status RequireTools(const std::string& compiler) {
  const std::pair<std::string, std::string> tools[] = {{compiler, "gcc-aarch64-linux-gnu"},
                                                       {"git", "git"},
                                                       {"make", "make"},
                                                       {"bwrap", "bubblewrap"},
                                                       {"flex", "flex"},
                                                       {"bison", "bison"},
                                                       {"bc", "bc"},
                                                       {"modinfo", "kmod"}};
  for (const auto& [program, package] : tools) {
    absl::Status status = RequireProgram(program, package);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

class BuildRun {
 public:
  BuildRun(const v1::BuildJob& job, const BuildSettings& settings, JobContext& context)
      : spec_(job.spec()),
        job_(job),
        settings_(settings),
        context_(context),
        deadline_(absl::Now() + settings.timeout) {}

  JobResult Execute() {
    compiler_ = spec_.toolchain().empty() ? "aarch64-linux-gnu-gcc" : spec_.toolchain();
    if (absl::Status status = RequireTools(compiler_); !status.ok()) return Broken("tool", status);
    if (std::optional<JobResult> full = CheckSpace()) return *full;
    absl::StatusOr<ImportedTree> base =
        BaseStore(settings_.cache / "bases").Get(spec_.base(), context_);
    if (!base.ok()) return Error("base", base.status());
    if (!job_.base_tree().empty() && job_.base_tree() != base->tree) {
      return Broken("base", absl::FailedPreconditionError(
                                absl::StrCat("base ", spec_.base().name(), " is tree ", base->tree,
                                             " here, but the lab works with ", job_.base_tree())));
    }
    Report("apply");
    absl::StatusOr<AppliedSeries> series = ApplySeries(*base, spec_.patches(), context_);
    if (!series.ok()) return Error("infrastructure", series.status());
    if (series->failure) {
      return Failed(series->failure->kind(), series->failure->summary(),
                    series->failure->excerpt());
    }
    JobResult result = Build(*base, series->commit);
    result.set_base_tree(base->tree);
    return result;
  }

 private:
  JobResult Build(const ImportedTree& base, const std::string& commit) {
    const std::string fragments = MergeFragments(spec_.configs());
    const std::string key = Sha256Hex(absl::StrCat(compiler_, "\n", fragments));
    absl::StatusOr<Tree> tree =
        Tree::Take(settings_.cache / "trees", base, spec_.base().name(), key);
    if (!tree.ok()) return Error("infrastructure", tree.status());
    sandbox_ = {tree->source(), tree->build(), settings_.cache / "ccache", settings_.ccache_size};
    Report("checkout");
    absl::StatusOr<std::vector<std::string>> changed = tree->Checkout(commit, context_.stop());
    absl::Status status = changed.ok() ? MakeDirectories(sandbox_.ccache) : changed.status();
    if (!status.ok()) return Error("infrastructure", status);

    Step step = Configure(*tree, commit, *changed, fragments);
    if (step.ok() && !*step) step = Compile(*tree);
    if (!step.ok()) return Error("infrastructure", step.status());
    return *step ? **step : Package();
  }

  // make's configuration step costs seconds, so it is done again only when something that Kconfig
  // reads may have changed.
  Step Configure(const Tree& tree, const std::string& commit,
                 const std::vector<std::string>& changed, const std::string& fragments) {
    const bool again = std::any_of(changed.begin(), changed.end(), [](const std::string& file) {
      return absl::StrContains(file, "Kconfig") || absl::StrContains(file, "Makefile") ||
             absl::StartsWith(file, "scripts/");
    });
    if (again || !fs::exists(tree.build() / ".config")) {
      Report("configure");
      absl::Status status = tree.SetNote("configured", "");
      if (status.ok()) status = WriteFileAtomically(tree.build() / ".fragments", fragments);
      if (!status.ok()) return status;
      std::vector<std::string> argv = {"env", "KCONFIG_ALLCONFIG=/build/.fragments"};
      std::vector<std::string> make =
          MakeArgv(compiler_, settings_.make_jobs, Ccache(), {"allnoconfig"});
      argv.insert(argv.end(), make.begin(), make.end());
      MakeWatcher watcher;
      absl::StatusOr<ProcessResult> result = Run(argv, watcher, 0);
      if (!result.ok()) return result.status();
      if (!result->ok()) return Ending("config", "the configuration step failed", *result, watcher);
    }
    absl::StatusOr<std::string> config = ReadFile(tree.build() / ".config");
    if (!config.ok()) return config.status();
    std::vector<LostSymbol> lost = FindLostSymbols(fragments, *config);
    if (!lost.empty()) {
      std::string lines = absl::StrJoin(lost, "\n", [](std::string* out, const LostSymbol& symbol) {
        absl::StrAppend(out, symbol.name, ": wanted ", symbol.wanted, ", got ", symbol.got);
      });
      context_.Log(absl::StrCat(lines, "\n"));
      return Failed("config",
                    absl::StrCat(lost.size(), " requested symbol", lost.size() == 1 ? "" : "s",
                                 " did not survive: ", lines.substr(0, lines.find('\n'))),
                    lines);
    }
    absl::Status status = tree.SetNote("configured", commit);
    if (!status.ok()) return status;
    return std::nullopt;
  }

  Step Compile(const Tree& tree) {
    Report("compile");
    // How many steps a whole build takes is known from the one before; a hint for people only.
    const fs::path steps_file = settings_.cache / "bases" / (spec_.base().name() + ".steps");
    uint64_t expected = 0;
    const bool whole = !fs::exists(tree.build() / "vmlinux");
    if (absl::StatusOr<std::string> text = ReadFile(steps_file, 100); whole && text.ok())
      (void)absl::SimpleAtoi(*text, &expected);
    MakeWatcher watcher;
    absl::StatusOr<ProcessResult> result =
        Run(MakeArgv(compiler_, settings_.make_jobs, Ccache(), {"Image", "modules"}), watcher,
            expected);
    if (!result.ok()) return result.status();
    if (!result->ok()) return Ending("build", "make failed", *result, watcher);
    if (whole) WriteFileAtomically(steps_file, absl::StrCat(watcher.steps())).IgnoreError();
    return std::nullopt;
  }

  JobResult Package() {
    Report("package");
    const fs::path archive = context_.scratch() / "modules.cpio";
    absl::StatusOr<size_t> modules = WriteModuleArchive(sandbox_, archive, context_.stop());
    if (!modules.ok()) return Error("infrastructure", modules.status());
    absl::StatusOr<std::string> version = RunAndRead(sandbox_.Wrap({compiler_, "--version"}));
    if (!version.ok()) return Error("infrastructure", version.status());
    JobResult result;
    result.set_verdict(v1::PASS);
    result.set_compiler(version->substr(0, version->find('\n')));
    const std::pair<std::string, fs::path> outputs[] = {
        {"Image", sandbox_.build / "arch/arm64/boot/Image"},
        {"modules.cpio", archive},
        {"System.map", sandbox_.build / "System.map"},
        {"config", sandbox_.build / ".config"}};
    for (const auto& [name, file] : outputs) {
      absl::StatusOr<v1::Artifact> artifact = context_.Store(name, file);
      if (!artifact.ok()) return Error("infrastructure", artifact.status());
      *result.add_artifacts() = *std::move(artifact);
    }
    context_.Log(absl::StrCat("built Image and ", *modules, " modules\n"));
    return result;
  }

  absl::StatusOr<ProcessResult> Run(const std::vector<std::string>& argv, MakeWatcher& watcher,
                                    uint64_t expected_steps) {
    Command command = sandbox_.Wrap(argv);
    command.timeout = deadline_ - absl::Now();
    command.on_output = [&, expected_steps](absl::string_view bytes) {
      context_.Log(bytes);
      watcher.Feed(bytes);
      Report("compile", watcher.steps(), expected_steps);
    };
    return RunProcess(command, context_.stop());
  }

  // How a make that did not succeed ends the job.
  std::optional<JobResult> Ending(absl::string_view kind, absl::string_view what,
                                  const ProcessResult& result, const MakeWatcher& watcher) {
    if (result.stopped) return Ended(v1::CANCELLED, "cancelled", "cancelled");
    if (watcher.disk_full())
      return Broken("disk", absl::ResourceExhaustedError("the runner's disk filled up"));
    if (result.timed_out) {
      return Failed("timeout", absl::StrCat("the build took longer than ",
                                            absl::FormatDuration(settings_.timeout)));
    }
    return Failed(kind,
                  watcher.first_error().empty() ? absl::StrCat(what, ", ", result.Describe())
                                                : watcher.first_error(),
                  watcher.excerpt());
  }

  std::optional<JobResult> CheckSpace() {
    std::error_code error;
    fs::create_directories(settings_.cache, error);
    const fs::space_info space = fs::space(settings_.cache, error);
    if (error || space.available >= settings_.min_free_bytes) return std::nullopt;
    return Broken("disk", absl::ResourceExhaustedError(
                              absl::StrCat("no disk space: ", space.available >> 20,
                                           " MiB free in ", settings_.cache.string(), ", ",
                                           settings_.min_free_bytes >> 20, " MiB needed")));
  }

  // ERROR, unless the job was told to stop.
  JobResult Error(absl::string_view kind, const absl::Status& status) {
    if (context_.stop().stopped()) return Ended(v1::CANCELLED, "cancelled", "cancelled");
    if (absl::IsResourceExhausted(status)) return Broken("disk", status);
    return Broken(kind, status);
  }

  void Report(absl::string_view stage, uint64_t done = 0, uint64_t total = 0) {
    v1::Progress progress;
    progress.set_stage(std::string(stage));
    progress.set_done(done);
    progress.set_total(std::max(total, total == 0 ? 0 : done));
    context_.Report(progress);
  }

  bool Ccache() const { return !FindProgram("ccache").empty(); }

  const v1::BuildSpec& spec_;
  const v1::BuildJob& job_;
  const BuildSettings& settings_;
  JobContext& context_;
  const absl::Time deadline_;
  std::string compiler_;
  Sandbox sandbox_;
};

}  // namespace

JobResult ExecuteBuild(const v1::BuildJob& job, const BuildSettings& settings,
                       JobContext& context) {
  return BuildRun(job, settings, context).Execute();
}

}  // namespace roxlab

// SPDX-License-Identifier: Apache-2.0
#include "runner/build/origins.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/files.h"
#include "common/hash.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

class Fetcher {
 public:
  Fetcher(const fs::path& destination, const fs::path& scratch,
          const std::function<void(absl::string_view)>& log, const StopToken& stop)
      : destination_(destination), scratch_(scratch), log_(log), stop_(stop) {}

  absl::Status Debian(const v1::DebianSource& source) {
    absl::Status status;
    for (const std::string& suite : source.suites()) {
      status = DebianSuite(source.package(), suite);
      if (status.ok() || absl::IsCancelled(status)) return status;
    }
    return status.ok() ? absl::InvalidArgumentError("no suites are given") : status;
  }

  absl::Status Local(const fs::path& path) {
    if (!path.is_absolute())
      return absl::InvalidArgumentError(absl::StrCat("'", path.string(), "' is not absolute"));
    if (fs::is_directory(path))
      return Run({"cp", "-a", path.string() + "/.", destination_.string()});
    return Unpack(path);
  }

  absl::Status Git(const v1::GitSource& source) {
    const std::string repo = (scratch_ / "fetched.git").string();
    const std::string tarball = (scratch_ / "fetched.tar").string();
    absl::Status status = Run({"git", "init", "-q", "--bare", repo});
    if (status.ok())
      status = Run(
          {"git", "-C", repo, "fetch", "--depth=1", "--no-tags", "--", source.url(), source.ref()});
    if (status.ok())
      status = Run({"git", "-C", repo, "archive", "--format=tar", "-o", tarball, "FETCH_HEAD"});
    if (!status.ok()) return status;
    return Run({"tar", "-xf", tarball, "-C", destination_.string()});
  }

  absl::Status Tarball(const v1::TarballSource& source) {
    if (!IsSha256Hex(source.sha256()))
      return absl::InvalidArgumentError("a tarball needs its SHA-256, in lower-case hex");
    const fs::path file = scratch_ / "tarball";
    absl::Status status =
        Run({"curl", "-fsSL", "--proto", "=http,https,file", "-o", file.string(), source.url()});
    if (!status.ok()) return status;
    absl::StatusOr<std::string> hash = Sha256HexOfFile(file);
    if (!hash.ok()) return hash.status();
    if (*hash != source.sha256())
      return absl::DataLossError(absl::StrCat("SHA-256 is ", *hash, ", not ", source.sha256()));
    return Unpack(file);
  }

 private:
  // apt with a state of its own: the machine's packages and sources stay as they are, yet the
  // download is verified with the archive's keyring.
  absl::Status DebianSuite(const std::string& package, const std::string& suite) {
    absl::StatusOr<std::string> mirror = DebianMirror();
    if (!mirror.ok()) return mirror.status();
    const fs::path apt = scratch_ / "apt";
    for (const char* directory : {"lists/partial", "cache/archives/partial"}) {
      absl::Status status = MakeDirectories(apt / directory);
      if (!status.ok()) return status;
    }
    absl::Status status = WriteFileAtomically(
        apt / "sources.list",
        absl::StrCat("deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ", *mirror,
                     " ", suite, " main\n"));
    const std::vector<std::string> options = {
        "-q", "-o", absl::StrCat("Dir::Etc::sourcelist=", (apt / "sources.list").string()), "-o",
        "Dir::Etc::sourceparts=/dev/null", "-o",
        absl::StrCat("Dir::State::Lists=", (apt / "lists").string()), "-o",
        absl::StrCat("Dir::Cache=", (apt / "cache").string()),
        // The download lands in a directory that apt's own user may not write to.
        "-o", "APT::Sandbox::User=root"};
    if (status.ok()) status = Apt(options, {"update"});
    if (status.ok()) status = Apt(options, {"download", package});
    if (!status.ok())
      return absl::Status(status.code(), absl::StrCat("package ", package, ", suite ", suite, ": ",
                                                      status.message()));
    for (const auto& entry : fs::directory_iterator(scratch_)) {
      if (entry.path().extension() != ".deb") continue;
      status = Run({"dpkg-deb", "-x", entry.path().string(), (scratch_ / "deb").string()});
      if (!status.ok()) return status;
      return Unpack(scratch_ / "deb/usr/src" / (package + ".tar.xz"));
    }
    return absl::NotFoundError(absl::StrCat("apt downloaded no file for ", package));
  }

  // The mirror that the machine's own sources use.
  absl::StatusOr<std::string> DebianMirror() {
    absl::StatusOr<std::string> targets = RunAndRead(
        {.argv = {"apt-get", "indextargets", "--format", "$(LABEL) $(REPO_URI)"}}, stop_);
    if (!targets.ok()) return targets.status();
    for (absl::string_view line : absl::StrSplit(*targets, '\n')) {
      if (absl::ConsumePrefix(&line, "Debian ")) return std::string(line);
    }
    return absl::NotFoundError("apt has no Debian archive among its sources; run apt-get update");
  }

  absl::Status Apt(std::vector<std::string> options, const std::vector<std::string>& words) {
    options.insert(options.begin(), "apt-get");
    options.insert(options.end(), words.begin(), words.end());
    return Run(std::move(options));
  }

  absl::Status Unpack(const fs::path& tarball) {
    return Run({"tar", "-xf", tarball.string(), "-C", destination_.string(), "--strip-components=1",
                "--no-same-owner"});
  }

  absl::Status Run(std::vector<std::string> argv) {
    std::string last;
    Command command{.argv = std::move(argv), .directory = scratch_};
    command.on_output = [&](absl::string_view bytes) {
      log_(bytes);
      absl::StrAppend(&last, bytes);
      if (last.size() > 4000) last.erase(0, last.size() - 2000);
    };
    absl::StatusOr<ProcessResult> result = RunProcess(command, stop_);
    if (!result.ok()) return result.status();
    if (result->stopped) return absl::CancelledError("stopped");
    if (result->ok()) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat(command.argv[0], ": ", result->Describe(), ": ",
                                               absl::StripTrailingAsciiWhitespace(last)));
  }

  const fs::path& destination_;
  const fs::path& scratch_;
  const std::function<void(absl::string_view)>& log_;
  const StopToken& stop_;
};

}  // namespace

absl::Status FetchOrigin(const v1::Origin& origin, const fs::path& destination,
                         const fs::path& scratch, const std::function<void(absl::string_view)>& log,
                         const StopToken& stop) {
  Fetcher fetcher(destination, scratch, log, stop);
  switch (origin.from_case()) {
    case v1::Origin::kDebian:
      return fetcher.Debian(origin.debian());
    case v1::Origin::kLocal:
      return fetcher.Local(origin.local());
    case v1::Origin::kGit:
      return fetcher.Git(origin.git());
    case v1::Origin::kTarball:
      return fetcher.Tarball(origin.tarball());
    case v1::Origin::FROM_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("an origin without a kind");
}

std::string DescribeOrigin(const v1::Origin& origin) {
  switch (origin.from_case()) {
    case v1::Origin::kDebian:
      return absl::StrCat("Debian package ", origin.debian().package());
    case v1::Origin::kLocal:
      return origin.local();
    case v1::Origin::kGit:
      return absl::StrCat(origin.git().url(), " ", origin.git().ref());
    case v1::Origin::kTarball:
      return origin.tarball().url();
    case v1::Origin::FROM_NOT_SET:
      break;
  }
  return "nothing";
}

}  // namespace roxlab

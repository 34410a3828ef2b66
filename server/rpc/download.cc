// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "server/rpc/streams.h"

namespace roxlab {
namespace {

constexpr size_t kChunk = 256u << 10;

using Stream = PullStream<v1::DownloadResponse>;

class DownloadSource : public Stream::Source {
 public:
  DownloadSource(Lab& lab, const v1::DownloadRequest& request)
      : lab_(lab), sha256_(request.sha256()), offset_(request.offset()) {}

  absl::StatusOr<Stream::Step> Next(v1::DownloadResponse* response) override {
    if (!fd_.valid()) {
      ROXLAB_ASSIGN_OR_RETURN(const uint64_t size, lab_.store().Size(sha256_));
      if (offset_ > size) {
        return absl::OutOfRangeError(
            absl::StrCat("artifact ", sha256_, " has only ", size, " bytes"));
      }
      ROXLAB_ASSIGN_OR_RETURN(fd_, lab_.store().OpenForReading(sha256_));
    }
    std::string& data = *response->mutable_data();
    data.resize(kChunk);
    const ssize_t n = pread(fd_.get(), data.data(), data.size(), static_cast<off_t>(offset_));
    if (n < 0) return absl::ErrnoToStatus(errno, absl::StrCat("artifact ", sha256_));
    data.resize(static_cast<size_t>(n));
    offset_ += static_cast<uint64_t>(n);
    return n == 0 ? Stream::Step::kEnd : Stream::Step::kMessage;
  }

 private:
  Lab& lab_;
  const std::string sha256_;
  uint64_t offset_;
  UniqueFd fd_;
};

}  // namespace

Stream* StartDownload(Lab& lab, const v1::DownloadRequest& request) {
  return Stream::Start(lab.events(), lab.pool(), std::make_unique<DownloadSource>(lab, request));
}

}  // namespace roxlab

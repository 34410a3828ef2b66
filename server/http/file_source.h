// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_HTTP_FILE_SOURCE_H_
#define ROXLAB_SERVER_HTTP_FILE_SOURCE_H_

#include <cstdint>

#include "common/files.h"
#include "server/http/message.h"
#include "server/lab/worker_pool.h"

namespace roxlab {

// `length` bytes of a file from `offset` on, read in pieces in the pool's threads. A file that has
// become shorter ends in an abort.
class FileSource : public BodySource, public std::enable_shared_from_this<FileSource> {
 public:
  FileSource(WorkerPool& pool, UniqueFd fd, uint64_t offset, uint64_t length)
      : pool_(pool), fd_(std::move(fd)), offset_(offset), left_(length) {}

  void Next(Take take) override;

 private:
  Piece Read();

  WorkerPool& pool_;
  const UniqueFd fd_;
  uint64_t offset_;
  uint64_t left_;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_HTTP_FILE_SOURCE_H_

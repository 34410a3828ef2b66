// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_HTTP_STATIC_FILES_H_
#define ROXLAB_SERVER_HTTP_STATIC_FILES_H_

#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "server/http/message.h"

namespace roxlab {

// The dashboard's files. What is opened is a file that a listing of the directory has shown, never
// a path that was asked for; the directory is listed at each request, so that a new build counts at
// once. A path without a file extension that is no file is one of the page's own and gets
// index.html. Where a file FILE.gz lies beside FILE, it is sent to those who take gzip.
class StaticFiles {
 public:
  explicit StaticFiles(std::filesystem::path directory) : directory_(std::move(directory)) {}

  // Blocks on the disk.
  HttpResponse Get(const HttpRequest& request) const;

 private:
  // By path from the directory, with "/" in front; no symbolic links.
  std::map<std::string, std::filesystem::path> List() const;
  HttpResponse Missing() const;

  const std::filesystem::path directory_;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_HTTP_STATIC_FILES_H_
